#ifndef TENSORVIEW_RUN_TIME_AXIS_H
#define TENSORVIEW_RUN_TIME_AXIS_H

#include "SegmentTree.h"

#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// Rows [first, first + count) of one segment, which are rows [position, position + count) of the
/// whole run.
struct RowSlice
{
  std::shared_ptr<SegmentFile> file;
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t position = 0;
};

/// The rows of one series (steps, snapshots, ...) along a path of segments. Of a segment those
/// belong to the path that come neither after the step from which the next one goes on nor at or
/// after the next one's first row.
class RunTimeAxis
{
public:
  RunTimeAxis() = default;
  /// @param stepName data set with the step of each row
  RunTimeAxis(
    const std::vector<PathSegment>& path, const char* stepName, runformat::Counter counter);

  std::int64_t rows() const;
  const std::vector<RowSlice>& slices() const { return this->slices_; } ///< all, without empty ones
  /// Rows [first, first + count) clamped to those that are there; count < 0 = all that follow.
  std::vector<RowSlice> slices(std::size_t first, std::ptrdiff_t count) const;
  /// The part of `slice` whose steps lie in [firstStep, lastStep], and those steps.
  RowSlice within(const RowSlice& slice, std::int64_t firstStep, std::int64_t lastStep,
    std::vector<std::int64_t>& steps) const;
  std::vector<std::int64_t> steps(const RowSlice& slice) const;

private:
  const char* stepName_ = nullptr;
  std::vector<RowSlice> slices_;
};

} // namespace tensorview

#endif
