#include "GramRead.h"

#include "RunJson.h"
#include "SegmentRows.h"
#include "SlotTable.h"

#include <algorithm>

namespace tensorview
{

GramMatrix readGramAt(
  SegmentFile& file, const std::string& layer, std::int64_t snapshot, std::int64_t step)
{
  const hdf5::Silence silence;
  GramMatrix gram;
  gram.layer = layer;
  const auto& recorded = file.layout().gram;
  const auto found = std::find_if(recorded.begin(), recorded.end(),
    [&](const GramDescription& description) { return description.layer == layer; });
  if (found == recorded.end())
  {
    return gram;
  }
  const auto extent = static_cast<std::size_t>(found->slots) + 1;
  const std::string path = gramPath(*found);
  // The constant's product with itself counts samples; where nothing was recorded it is no number.
  // It is read first: whoever looks for the newest asks many snapshots that have none.
  const std::vector<double> samples = readBlock<double>(
    file, path, { static_cast<hsize_t>(snapshot), extent - 1, extent - 1 }, { 1, 1, 1 });
  if (!(samples.front() > 0.0))
  {
    return gram;
  }
  const std::vector<double> all = readRows<double>(file, path, snapshot, 1, { extent, extent });
  gram.slot = slotsAt(file.layout().model, found->layerId, found->slots, step);
  std::vector<std::size_t> rows(gram.slot.begin(), gram.slot.end());
  rows.push_back(extent - 1);
  for (const std::size_t i : rows)
  {
    for (const std::size_t j : rows)
    {
      gram.values.push_back(all[i * extent + j]);
    }
  }
  return gram;
}

} // namespace tensorview
