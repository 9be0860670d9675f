#ifndef TENSORVIEW_NETWORK_SERIES_H
#define TENSORVIEW_NETWORK_SERIES_H

#include "FileSeries.h"
#include "LayerHistory.h"
#include "NetworkTensors.h"

#include <list>
#include <memory>

namespace tensorview
{

/// A network in one file, or in a series of files that are its states over time. Files are opened
/// when something of them is asked for; the last few stay open. Not thread safe.
class NetworkSeries : public std::enable_shared_from_this<NetworkSeries>
{
public:
  /// The first file that can be read describes the network; those before it are problems() and no
  /// part of the series.
  /// @param mostTensorBytes what a tensor may take as float32; larger ones are left out
  /// @throws TensorFileError if none can be read
  static std::shared_ptr<NetworkSeries> open(const std::vector<std::string>& paths,
    const NetworkOptions& options, std::uint64_t mostTensorBytes);

  const FileSeries& files() const { return this->files_; }
  const NetworkTensors& network() const { return *this->network_; }
  const std::vector<std::string>& problems() const { return this->problems_; }

  /// Filters [firstFilter, firstFilter + filterCount) of a tensor of network() in a file of the
  /// series; filterCount < 0: all. No data if that file lacks the tensor, or `progress` stopped it.
  /// @throws TensorFileError if the file cannot be read, or the tensor has other extents there
  TensorValues read(std::size_t tensor, std::size_t file, std::int64_t firstFilter,
    std::int64_t filterCount, const ReadProgress& progress = {});

  /// Of a layer's weights (LayerHistory.h). Empty if it has none.
  CoordinateHistory coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep);
  /// Null if the layer has no weights.
  std::unique_ptr<LayerHistory> history(const std::string& layer);

  /// Is one of the open files another one now, by its identity, size and time?
  bool changed() const;

  /// Tensors, or parts of them, read so far.
  std::int64_t reads() const { return this->reads_; }

private:
  NetworkSeries(FileSeries files, const NetworkOptions& options, std::uint64_t mostTensorBytes);

  /// What tells a file from another one of the same name.
  struct Stamp
  {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    bool operator==(const Stamp& o) const;
  };
  static Stamp stampOf(const std::string& path);

  struct OpenFile
  {
    std::size_t file;
    Stamp stamp;
    std::shared_ptr<const NetworkTensors> network;
  };

  std::shared_ptr<const NetworkTensors> open(std::size_t file);

  FileSeries files_;
  NetworkOptions options_;
  std::uint64_t mostTensorBytes_;
  std::list<OpenFile> open_; ///< the one that was used last first
  std::shared_ptr<const NetworkTensors> network_;
  std::vector<std::string> problems_;
  std::int64_t reads_ = 0;
};

} // namespace tensorview

#endif
