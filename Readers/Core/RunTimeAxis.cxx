#include "RunTimeAxis.h"

#include "SegmentRows.h"

#include <algorithm>
#include <limits>

namespace tensorview
{

RunTimeAxis::RunTimeAxis(
  const std::vector<PathSegment>& path, const char* stepName, runformat::Counter counter)
  : stepName_(stepName)
{
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  for (auto segment = path.rbegin(); segment != path.rend(); ++segment)
  {
    SegmentFile& file = *segment->file;
    limit = std::min(limit, segment->lastStep);
    std::int64_t rows = file.count(counter);
    if (rows > 0 && limit < std::numeric_limits<std::int64_t>::max())
    {
      const auto steps = readRows<std::int64_t>(file, stepName, 0, rows);
      rows = std::upper_bound(steps.begin(), steps.end(), limit) - steps.begin();
    }
    if (rows > 0)
    {
      const std::int64_t firstStep = readRows<std::int64_t>(file, stepName, 0, 1).front();
      limit = std::min(limit, firstStep > 0 ? firstStep - 1 : std::int64_t(-1));
      this->slices_.push_back({ segment->file, 0, rows, 0 });
    }
  }
  std::reverse(this->slices_.begin(), this->slices_.end());
  std::int64_t position = 0;
  for (RowSlice& slice : this->slices_)
  {
    slice.position = position;
    position += slice.count;
  }
}

std::int64_t RunTimeAxis::rows() const
{
  return this->slices_.empty() ? 0 : this->slices_.back().position + this->slices_.back().count;
}

std::vector<RowSlice> RunTimeAxis::slices(std::size_t first, std::ptrdiff_t count) const
{
  const std::int64_t all = this->rows();
  const std::int64_t begin =
    first < static_cast<std::size_t>(all) ? static_cast<std::int64_t>(first) : all;
  const std::int64_t end = count < 0 || count > all - begin ? all : begin + count;
  std::vector<RowSlice> result;
  for (const RowSlice& slice : this->slices_)
  {
    const std::int64_t from = std::max(begin, slice.position);
    const std::int64_t to = std::min(end, slice.position + slice.count);
    if (from < to)
    {
      result.push_back({ slice.file, slice.first + from - slice.position, to - from, from });
    }
  }
  return result;
}

std::vector<std::int64_t> RunTimeAxis::steps(const RowSlice& slice) const
{
  return readRows<std::int64_t>(*slice.file, this->stepName_, slice.first, slice.count);
}

RowSlice RunTimeAxis::within(const RowSlice& slice, std::int64_t firstStep, std::int64_t lastStep,
  std::vector<std::int64_t>& steps) const
{
  steps = this->steps(slice);
  const auto begin = std::lower_bound(steps.begin(), steps.end(), firstStep);
  const auto end = std::upper_bound(begin, steps.end(), lastStep);
  RowSlice part = slice;
  part.first += begin - steps.begin();
  part.position += begin - steps.begin();
  part.count = end - begin;
  steps = std::vector<std::int64_t>(begin, end);
  return part;
}

} // namespace tensorview
