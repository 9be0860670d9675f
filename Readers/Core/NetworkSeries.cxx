#include "NetworkSeries.h"

#include <algorithm>
#include <limits>
#include <map>

#include <sys/stat.h>

namespace tensorview
{
namespace
{

constexpr std::size_t mostOpen = 8;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
/// Of a history: values that are read together.
constexpr std::int64_t pieceValues = std::int64_t{ 1 } << 20;

std::string shapeText(const TensorShape& shape)
{
  return "[" + std::to_string(shape.filters) + ", " + std::to_string(shape.channels) + ", " +
         std::to_string(shape.rows) + ", " + std::to_string(shape.columns) + "]";
}

/// The weights of a layer over the files.
class SeriesHistory : public LayerHistory
{
public:
  SeriesHistory(std::shared_ptr<NetworkSeries> series, std::size_t tensor)
    : series_(std::move(series))
    , tensor_(tensor)
  {
    const TensorShape& shape = this->series_->network().model.tensors[tensor].shape;
    this->description_.shape = shape;
    this->description_.step = this->series_->files().steps;
    for (std::int64_t slot = 0; slot < shape.filters; ++slot)
    {
      this->description_.slot.push_back(static_cast<std::int32_t>(slot));
    }
    for (std::int64_t slot = 0; slot < shape.channels; ++slot)
    {
      this->description_.channelSlot.push_back(static_cast<std::int32_t>(slot));
    }
    const std::int64_t filters = std::clamp<std::int64_t>(
      pieceValues / std::max<std::int64_t>(1, shape.perFilter()), 1, shape.filters);
    this->description_.piece = { filters, shape.channels, shape.rows, shape.columns };
  }

  const LayerHistoryDescription& description() const override { return this->description_; }

  void read(const TensorBox& box, const std::vector<std::size_t>& snapshots, float* values) override
  {
    for (const std::size_t snapshot : snapshots)
    {
      const TensorValues part =
        this->series_->read(this->tensor_, snapshot, box.start[0], box.count[0]);
      if (part.data)
      {
        cut(part, box, values);
      }
      else
      {
        std::fill_n(values, box.size(), nan);
      }
      values += box.size();
    }
  }

private:
  /// Copies channels, rows and columns of a box whose filters are all of `part`.
  static void cut(const TensorValues& part, const TensorBox& box, float* to)
  {
    const TensorShape& shape = part.shape;
    for (std::int64_t filter = 0; filter < box.count[0]; ++filter)
    {
      for (std::int64_t channel = 0; channel < box.count[1]; ++channel)
      {
        for (std::int64_t row = 0; row < box.count[2]; ++row)
        {
          const std::int64_t line =
            (filter * shape.channels + box.start[1] + channel) * shape.rows + box.start[2] + row;
          to = std::copy_n(part.data.get() + line * shape.columns + box.start[3], box.count[3], to);
        }
      }
    }
  }

  std::shared_ptr<NetworkSeries> series_;
  std::size_t tensor_;
  LayerHistoryDescription description_;
};

} // namespace

bool NetworkSeries::Stamp::operator==(const Stamp& o) const
{
  return this->device == o.device && this->inode == o.inode && this->size == o.size &&
         this->seconds == o.seconds && this->nanoseconds == o.nanoseconds;
}

NetworkSeries::Stamp NetworkSeries::stampOf(const std::string& path)
{
  struct stat information = {};
  if (::stat(path.c_str(), &information) != 0)
  {
    return {};
  }
  return { information.st_dev, information.st_ino, information.st_size, information.st_mtim.tv_sec,
    information.st_mtim.tv_nsec };
}

NetworkSeries::NetworkSeries(
  FileSeries files, const NetworkOptions& options, std::uint64_t mostTensorBytes)
  : files_(std::move(files))
  , options_(options)
  , mostTensorBytes_(mostTensorBytes)
{
}

std::shared_ptr<NetworkSeries> NetworkSeries::open(const std::vector<std::string>& paths,
  const NetworkOptions& options, std::uint64_t mostTensorBytes)
{
  const std::shared_ptr<NetworkSeries> series(
    new NetworkSeries(fileSeriesOf(paths), options, mostTensorBytes));
  while (!series->network_ && !series->files_.paths.empty())
  {
    try
    {
      series->network_ = series->open(0);
    }
    catch (const TensorFileError& problem)
    {
      series->problems_.emplace_back(problem.what());
      series->files_.paths.erase(series->files_.paths.begin());
      series->files_.steps.erase(series->files_.steps.begin());
    }
  }
  if (!series->network_)
  {
    throw TensorFileError(series->problems_.empty() ? "no file is named" : series->problems_[0]);
  }
  return series;
}

std::shared_ptr<const NetworkTensors> NetworkSeries::open(std::size_t file)
{
  const auto found = std::find_if(this->open_.begin(), this->open_.end(),
    [&](const OpenFile& candidate) { return candidate.file == file; });
  if (found != this->open_.end())
  {
    this->open_.splice(this->open_.begin(), this->open_, found);
    return found->network;
  }
  const std::string& path = this->files_.paths.at(file);
  const Stamp stamp = stampOf(path);
  TensorCatalogue catalogue = openTensorFile(path, { this->mostTensorBytes_ });
  if (catalogue.format == "NumPy" && catalogue.tensors.size() == 1)
  {
    catalogue.tensors.front().name = this->files_.name; // it has none but that of its file
  }
  auto network = std::make_shared<NetworkTensors>(networkOf(catalogue, this->options_));
  network->model.name = this->files_.name;
  if (this->open_.size() == mostOpen)
  {
    this->open_.pop_back();
  }
  this->open_.push_front({ file, stamp, std::move(network) });
  return this->open_.front().network;
}

TensorValues NetworkSeries::read(std::size_t tensor, std::size_t file, std::int64_t firstFilter,
  std::int64_t filterCount, const ReadProgress& progress)
{
  const std::shared_ptr<const NetworkTensors> network = this->open(file);
  const TensorDescription& wanted = this->network_->model.tensors.at(tensor);
  std::size_t index = tensor;
  const auto& tensors = network->model.tensors;
  const bool samePlace = index < tensors.size() && tensors[index].layer == wanted.layer &&
                         tensors[index].kind == wanted.kind;
  if (!samePlace)
  {
    const std::ptrdiff_t found = network->model.find(wanted.layer, wanted.kind);
    if (found < 0)
    {
      TensorValues none;
      none.description = wanted;
      return none;
    }
    index = static_cast<std::size_t>(found);
  }
  if (tensors[index].shape != wanted.shape)
  {
    throw TensorFileError("the tensor " + quotedText(network->catalogue.tensors[index].name) +
                          " is " + shapeText(tensors[index].shape) + " in " +
                          network->catalogue.path + " and " + shapeText(wanted.shape) + " in " +
                          this->network_->catalogue.path +
                          "; the files of a series are states of one network");
  }
  ++this->reads_;
  TensorValues values = readFilters(*network, index, firstFilter, filterCount, progress);
  values.description = wanted;
  return values;
}

CoordinateHistory NetworkSeries::coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep)
{
  CoordinateHistory history;
  const std::ptrdiff_t tensor = this->network_->model.find(layer, kinds::weight);
  if (tensor < 0)
  {
    return history;
  }
  const TensorShape& shape = this->network_->model.tensors[static_cast<std::size_t>(tensor)].shape;
  for (std::size_t file = 0; file < this->files_.paths.size(); ++file)
  {
    const std::int64_t step = this->files_.steps[file];
    if (step < firstStep || step > lastStep)
    {
      continue;
    }
    history.step.push_back(step);
    std::map<std::int64_t, TensorValues> filters;
    for (const std::int64_t coordinate : coordinates)
    {
      if (coordinate < 0 || coordinate >= shape.size())
      {
        history.values.push_back(nan);
        continue;
      }
      const std::int64_t filter = coordinate / shape.perFilter();
      const auto [found, fresh] = filters.try_emplace(filter);
      if (fresh)
      {
        found->second = this->read(static_cast<std::size_t>(tensor), file, filter, 1);
      }
      const float* data = found->second.data.get();
      history.values.push_back(data ? data[coordinate % shape.perFilter()] : nan);
    }
  }
  return history;
}

std::unique_ptr<LayerHistory> NetworkSeries::history(const std::string& layer)
{
  const std::ptrdiff_t tensor = this->network_->model.find(layer, kinds::weight);
  if (tensor < 0)
  {
    return nullptr;
  }
  return std::make_unique<SeriesHistory>(
    this->shared_from_this(), static_cast<std::size_t>(tensor));
}

bool NetworkSeries::changed() const
{
  return std::any_of(this->open_.begin(), this->open_.end(),
    [this](const OpenFile& file)
    { return !(stampOf(this->files_.paths[file.file]) == file.stamp); });
}

} // namespace tensorview
