#ifndef TENSORVIEW_FILE_SERIES_H
#define TENSORVIEW_FILE_SERIES_H

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Files of the same kind as steps of time.
struct FileSeries
{
  std::vector<std::string> paths;
  std::vector<std::int64_t> steps; ///< of each, ascending; 0 of a single file
  /// What the files are called without the number, "epoch.weight" of "epoch.weight.0010.npy".
  std::string name;
};

/// Orders files by the numbers in their names: of "net-3x3-step100.pt", "net-3x3-step20.pt" the
/// step is 20, then 100: the last number that is different in all of them. Where there is none they
/// keep their order and count 0, 1, 2, ...
FileSeries fileSeriesOf(const std::vector<std::string>& paths);

} // namespace tensorview

#endif
