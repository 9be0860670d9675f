// A run file whose parts are exchanged through HDF5 itself: counters, values, data sets of other
// types and extents, attributes, bytes of the layout, marks of a writer. The input is the list of
// changes; HDF5's own descriptions stay good, so that every finding is one in our code.

#include "FileInMemory.h"
#include "Hdf5.h"
#include "LimitWatch.h"
#include "Lookup3.h"
#include "RunCheck.h"
#include "RunFilePlan.h"
#include "RunFormat.h"
#include "RunJson.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace
{
using namespace tensorview;
using hdf5::Handle;

/// The input, taken from the front; zeros when it has ended.
class Input
{
public:
  Input(const std::uint8_t* data, std::size_t size)
    : at_(data)
    , end_(data + size)
  {
  }

  bool ended() const { return this->at_ == this->end_; }
  std::uint8_t byte() { return this->ended() ? std::uint8_t(0) : *this->at_++; }
  /// A number of any size: the first byte tells how many follow.
  std::int64_t number()
  {
    std::uint64_t value = 0;
    for (int count = this->byte() % 9; count > 0; --count)
    {
      value = value << 8 | this->byte();
    }
    return static_cast<std::int64_t>(value);
  }

private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

RunLayout smallLayout()
{
  RunLayout layout;
  layout.model.name = "small";
  layout.model.layers = { { 1, "conv", "convolution", { { 0, 0, -1, -1 }, { 1, 0, 2, -1 } } },
    { 2, "fc", "dense", {} } };
  layout.model.tensors = { { 1, "conv", "weight", { 2, 1, 3, 3 }, -1 },
    { 1, "conv", "bias", { 2, 1, 1, 1 }, -1, true }, { 2, "fc", "weight", { 3, 2, 1, 1 }, 1 } };
  layout.probe = { { 2, "fc", "activation", { 3, 1, 1, 4 }, -1 } };
  layout.gram = { { 1, "conv", 2, 10 } };
  layout.metricColumns = { "loss", "accuracy" };
  layout.statisticTensors = { { "conv", "weight" } };
  layout.tracked = { { 1, 0 }, { 1, 4 } };
  layout.filterSeries = { { "conv/weight_norm", 1, 2 } };
  layout.changeBandLayers = { "conv" };
  layout.classNames = { "a", "b" };
  layout.validationLabels = { 0, 1, 1 };
  layout.validationIndices = { 7, 8, 9 };
  layout.clock.stepsPerEpoch = 2;
  return layout;
}

/// A run with a few rows of everything.
std::string goodRun()
{
  const std::string path = fuzz::memoryFolder() + "/good.tvr";
  const RunLayout layout = smallLayout();
  const auto writer = RunWriter::create(path, layout);
  const std::vector<float> values(64, 0.5F);
  const std::vector<double> products(9, 1.0);
  for (std::int64_t step = 0; step < 3; ++step)
  {
    if (step > 0)
    {
      StepBlock block;
      block.step = { step };
      block.epoch = { double(step) / 2 };
      block.metrics = { 1.0F, 0.5F };
      block.statistics.assign(statisticCount, 1.0F);
      block.histogram.assign(histogramBins, 1);
      block.histogramRange = { 0.0F, 1.0F };
      block.exact = { 1 };
      block.tracked = { 1.0F, 2.0F };
      writer->appendSteps(block);
    }
    writer->appendSnapshot(step, double(step) / 2, { values.data(), values.data(), values.data() },
      { values.data() }, { products.data() });
  }
  FilterBlock filters;
  filters.step = { 2 };
  filters.series = { { 1.0F, 2.0F } };
  filters.changeBands.assign(changeBandCount, 1);
  writer->appendFilters(filters);
  writer->appendEvaluation({ 2, 1.0, 0.5F, 0.5F, { 0, 1, 0 } });
  writer->appendJsonLine("edits", R"({"step":1})");
  writer->appendJsonLine("events", R"({"step":2})");
  writer->close();
  std::ifstream file(path, std::ios::binary);
  return { std::istreambuf_iterator<char>(file), {} };
}

std::vector<std::string> datasetNames()
{
  std::vector<std::string> names;
  for (const DatasetPlan& plan : planRunFile(smallLayout()))
  {
    names.push_back(plan.path);
  }
  return names;
}

void replaceDataset(hid_t file, const std::string& name, Input& input)
{
  const hid_t types[] = { H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_I64LE, H5T_STD_U8LE,
    H5T_STD_U16LE, H5T_STD_U32LE, H5T_C_S1, H5T_STD_REF_OBJ };
  const hid_t type = types[input.byte() % std::size(types)];
  hdf5::Extents size(1 + input.byte() % 6);
  hdf5::Extents chunk(size.size());
  for (std::size_t i = 0; i < size.size(); ++i)
  {
    size[i] = static_cast<hsize_t>(input.number()) & ((hsize_t(1) << 50) - 1);
    chunk[i] = 1 + input.byte() % 8;
  }
  const std::uint8_t make = input.byte();
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_INCR);
  H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  if (make & 1)
  {
    H5Pset_deflate(creation, 1);
  }
  const hdf5::Extents most(size.size(), H5S_UNLIMITED);
  const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), most.data()));
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const Handle made(
    H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
}

/// Overwrites values, some bytes of them, in the data set's own type.
void writeValues(hid_t file, const std::string& name, Input& input)
{
  const Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT));
  const Handle type(H5Dget_type(dataset));
  const Handle space(H5Dget_space(dataset));
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const std::size_t bytes = H5Tget_size(type);
  if (!dataset || count <= 0 || count > (1 << 16) || H5Tget_class(type) > H5T_FLOAT)
  {
    return;
  }
  std::vector<char> values(static_cast<std::size_t>(count) * bytes);
  H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  std::size_t at = static_cast<std::size_t>(input.number()) % values.size();
  for (int n = 1 + input.byte() % 32; n > 0; --n)
  {
    values[at] = static_cast<char>(input.byte());
    at = (at + 1) % values.size();
  }
  H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

void setCounter(hid_t file, Input& input)
{
  const Handle dataset(H5Dopen2(file, runformat::counters, H5P_DEFAULT));
  std::array<std::int64_t, runformat::CounterCount> counts{};
  if (!dataset || hdf5::extents(dataset) != hdf5::Extents{ runformat::CounterCount } ||
      H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, counts.data()) < 0)
  {
    return;
  }
  counts[input.byte() % counts.size()] = input.number();
  H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, counts.data());
}

void setAttribute(hid_t file, Input& input)
{
  const char* const names[] = { runformat::majorAttribute, runformat::minorAttribute,
    runformat::formatAttribute };
  const char* const name = names[input.byte() % std::size(names)];
  H5Adelete(file, name);
  const hsize_t size = input.byte() % 3;
  const Handle space(size == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, nullptr));
  const Handle type(H5Tcopy(input.byte() % 2 ? H5T_C_S1 : H5T_STD_I32LE));
  const Handle attribute(H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
  const std::array<std::int64_t, 2> values = { input.number(), 0 };
  H5Awrite(attribute, type, values.data());
}

void change(hid_t file, Input& input)
{
  static const std::vector<std::string> names = datasetNames();
  const std::uint8_t kind = input.byte() % 8;
  const std::string& name = names[input.byte() % names.size()];
  switch (kind)
  {
    case 0:
      H5Ldelete(file, name.c_str(), H5P_DEFAULT);
      return;
    case 1:
      replaceDataset(file, name, input);
      return;
    case 2:
      setAttribute(file, input);
      return;
    case 3:
    case 4:
      setCounter(file, input);
      return;
    case 5:
      writeValues(file, runformat::layout, input);
      return;
    default:
      writeValues(file, name, input);
  }
}

/// Sets the marks of a writer.
void mark(const std::string& path, std::uint8_t flags)
{
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  std::array<unsigned char, 48> start{};
  file.read(reinterpret_cast<char*>(start.data()), start.size());
  start[11] = flags;
  const std::uint32_t sum = lookup3(start.data(), 44);
  for (std::size_t i = 0; i < 4; ++i)
  {
    start[44 + i] = static_cast<unsigned char>(sum >> (8 * i));
  }
  file.seekp(0);
  file.write(reinterpret_cast<const char*>(start.data()), start.size());
}

template <typename Action>
void tryTo(Action&& action)
{
  try
  {
    action();
  }
  catch (const RunFileError&)
  {
    return; // refused, and goes on
  }
}

void readEverything(const std::string& path)
{
  const auto reader = RunReader::open(path);
  for (std::size_t snapshot = 0;
       snapshot < std::min<std::size_t>(reader->snapshotSteps().size(), 4); ++snapshot)
  {
    for (std::size_t i = 0; i < reader->model().tensors.size(); ++i)
    {
      tryTo([&] { reader->readTensor(i, snapshot); });
    }
    for (std::size_t i = 0; i < reader->layout().probe.size(); ++i)
    {
      tryTo([&] { reader->readProbe(i, snapshot); });
    }
    for (const GramDescription& gram : reader->layout().gram)
    {
      tryTo([&] { reader->readGram(gram.layer, snapshot); });
    }
  }
  tryTo([&] { reader->metrics(); });
  tryTo([&] { reader->changeBands(); });
  tryTo([&] { reader->evaluations(true); });
  tryTo([&] { reader->jsonLines("edits"); });
  tryTo([&] { reader->jsonLines("events"); });
  for (std::size_t i = 0; i < reader->layout().statisticTensors.size(); ++i)
  {
    tryTo([&] { reader->statistics(i); });
    tryTo([&] { reader->histogram(i, 0); });
  }
  for (const FilterSeriesDescription& series : reader->layout().filterSeries)
  {
    tryTo([&] { reader->filterSeries(series.name); });
  }
  for (const LayerDescription& layer : reader->model().layers)
  {
    tryTo([&] { reader->coordinates(layer.name, { 0, 4 }); });
    tryTo([&] { reader->coordinates(layer.name, { 1 }); });
    tryTo([&] { reader->layerHistory(layer.name); });
  }
  tryTo([&] { reader->refresh(); });
}
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const std::string good = goodRun();
  const std::string path = fuzz::writeInMemory("run.tvr", good.data(), good.size());
  Input input(data, size);
  const std::uint8_t flags = input.byte();
  {
    const hdf5::Silence silence;
    const Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access));
    for (int changes = 0; changes < 8 && !input.ended(); ++changes)
    {
      change(file, input);
    }
  }
  if (flags != 0)
  {
    mark(path, flags);
  }
  const fuzz::LimitWatch watch;
  tryTo([&] { checkRun(path); });
  tryTo([&] { readEverything(path); });
  return 0;
}
