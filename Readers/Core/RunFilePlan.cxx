#include "RunFilePlan.h"

#include "RunFormat.h"
#include "RunJson.h"

#include <algorithm>
#include <set>
#include <string>

namespace tensorview
{
namespace
{

constexpr std::uint64_t largestChunk = 1 << 20; ///< bytes, of tensors

/// The newest rows of all filter series are kept in memory until their chunks are full.
constexpr std::uint64_t filterMemory = 8 << 20;

std::uint64_t divideUp(std::uint64_t a, std::uint64_t b)
{
  return (a + b - 1) / b;
}

/// Size of the pieces when `extent` is cut into as few equal ones of at most `most` as possible.
std::uint64_t evenPiece(std::uint64_t extent, std::uint64_t most)
{
  extent = std::max<std::uint64_t>(1, extent);
  return divideUp(extent, divideUp(extent, std::max<std::uint64_t>(1, most)));
}

template <typename List>
std::uint64_t count(const List& list)
{
  return static_cast<std::uint64_t>(list.size());
}

/// Gathers plans; those without values are left out.
class Plans
{
public:
  void add(std::string path, Element element, RowKind rows, std::vector<std::uint64_t> row,
    std::vector<std::uint64_t> chunk)
  {
    DatasetPlan plan;
    plan.path = std::move(path);
    plan.element = element;
    plan.rows = rows;
    plan.row = std::move(row);
    plan.chunk = std::move(chunk);
    this->add(std::move(plan));
  }

  void add(DatasetPlan plan)
  {
    for (std::size_t i = 0; i < plan.row.size(); ++i)
    {
      if (plan.row[i] == 0)
      {
        return;
      }
      plan.chunk[i + 1] = std::min(plan.chunk[i + 1], plan.row[i]);
    }
    this->plans_.push_back(std::move(plan));
  }

  std::vector<DatasetPlan> take() { return std::move(this->plans_); }

private:
  std::vector<DatasetPlan> plans_;
};

void addFixed(const RunLayout& layout, std::uint64_t layoutBytes, Plans& plans)
{
  plans.add(runformat::layout, Element::UInt8, RowKind::Fixed, {},
    { std::clamp<std::uint64_t>(layoutBytes, 64, 1 << 16) });
  if (const std::uint64_t images = count(layout.validationLabels))
  {
    const std::uint64_t piece = std::min<std::uint64_t>(images, 1 << 16);
    plans.add(runformat::validationLabels, Element::UInt16, RowKind::Fixed, {}, { piece });
    plans.add(runformat::validationIndices, Element::Int64, RowKind::Fixed, {}, { piece });
  }
  for (const LayerDescription& layer : layout.model.layers)
  {
    if (!layer.slots.empty())
    {
      plans.add(slotTablePath(layer), Element::Int64, RowKind::Fixed, { runformat::slotColumns },
        { std::min<std::uint64_t>(count(layer.slots), 4096), runformat::slotColumns });
    }
  }
}

void addSteps(const RunLayout& layout, Plans& plans)
{
  // Columns of different tensors lie in different chunks: a view asks for one tensor's history.
  const std::uint64_t described = count(layout.statisticTensors);
  const auto add = [&](const char* path, Element element, std::vector<std::uint64_t> row,
                     std::vector<std::uint64_t> chunk)
  { plans.add(path, element, RowKind::Step, std::move(row), std::move(chunk)); };
  add(runformat::stepStep, Element::Int64, {}, { 1024 });
  add(runformat::stepEpoch, Element::Float64, {}, { 1024 });
  add(runformat::metrics, Element::Float32, { count(layout.metricColumns) }, { 1024, 16 });
  add(runformat::statistics, Element::Float32, { described, statisticCount },
    { 512, 1, statisticCount });
  add(
    runformat::histogram, Element::UInt32, { described, histogramBins }, { 256, 1, histogramBins });
  add(runformat::histogramRange, Element::Float32, { described, 2 }, { 1024, 1, 2 });
  add(runformat::exact, Element::UInt8, { described }, { 1024, 16 });
  add(runformat::tracked, Element::Float32, { count(layout.tracked) }, { 1024, 16 });
}

void addFilterRows(const RunLayout& layout, Plans& plans)
{
  std::uint64_t rowBytes = 1;
  for (const FilterSeriesDescription& series : layout.filterSeries)
  {
    rowBytes += static_cast<std::uint64_t>(series.slots) * sizeOf(Element::Float32);
  }
  std::uint64_t rows = 128;
  while (rows > 16 && rows * rowBytes > filterMemory)
  {
    rows /= 2;
  }
  plans.add(runformat::filterStep, Element::Int64, RowKind::FilterRow, {}, { 128 });
  plans.add(runformat::changeBands, Element::UInt32, RowKind::FilterRow,
    { count(layout.changeBandLayers), changeBandCount }, { 128, 16, changeBandCount });
  for (const FilterSeriesDescription& series : layout.filterSeries)
  {
    plans.add(filterSeriesPath(series), Element::Float32, RowKind::FilterRow,
      { static_cast<std::uint64_t>(series.slots) }, { rows, 256 });
  }
}

void addTensors(const char* group, const std::vector<TensorDescription>& tensors, Plans& plans)
{
  for (const TensorDescription& tensor : tensors)
  {
    DatasetPlan plan;
    plan.path = tensorPath(group, tensor);
    plan.rows = RowKind::Snapshot;
    plan.row = tensorRow(tensor.shape);
    plan.chunk = tensorChunk(tensor.shape);
    plan.unlimited = 3;
    plan.cached = false;
    plans.add(std::move(plan));
  }
}

void addGram(const std::vector<GramDescription>& matrices, Plans& plans)
{
  for (const GramDescription& gram : matrices)
  {
    const auto rows = static_cast<std::uint64_t>(gram.slots) + 1;
    DatasetPlan plan;
    plan.path = gramPath(gram);
    plan.element = Element::Float64;
    plan.rows = RowKind::Snapshot;
    plan.row = { rows, rows };
    plan.chunk = { 1, evenPiece(rows, largestChunk / sizeOf(Element::Float64) / rows), rows };
    plan.cached = false;
    plans.add(std::move(plan));
  }
}

void addSnapshots(const RunLayout& layout, Plans& plans)
{
  plans.add(runformat::snapshotStep, Element::Int64, RowKind::Snapshot, {}, { 512 });
  plans.add(runformat::snapshotEpoch, Element::Float64, RowKind::Snapshot, {}, { 512 });
  plans.add(runformat::snapshotRecorded, Element::UInt8, RowKind::Snapshot,
    { count(layout.model.tensors) + count(layout.probe) }, { 64, 1024 });
  addTensors(runformat::tensorGroup, layout.model.tensors, plans);
  addTensors(runformat::probeGroup, layout.probe, plans);
  addGram(layout.gram, plans);
}

void addEvaluations(const RunLayout& layout, Plans& plans)
{
  const auto add = [&](const char* path, Element element)
  { plans.add(path, element, RowKind::Evaluation, {}, { 256 }); };
  add(runformat::evaluationStep, Element::Int64);
  add(runformat::evaluationEpoch, Element::Float64);
  add(runformat::evaluationLoss, Element::Float32);
  add(runformat::evaluationAccuracy, Element::Float32);
  plans.add(runformat::evaluationPredicted, Element::UInt16, RowKind::Evaluation,
    { count(layout.validationLabels) }, { 1, 1 << 16 });
}

void addText(Plans& plans)
{
  for (const char* stream : runformat::textStreams)
  {
    plans.add(textPath(stream), Element::UInt8, RowKind::Text, {}, { 4096 });
    plans.add(textEndPath(stream), Element::Int64, RowKind::Text, {}, { 512 });
  }
}

} // namespace

std::uint64_t sizeOf(Element element)
{
  switch (element)
  {
    case Element::Float64:
    case Element::Int64:
      return 8;
    case Element::Float32:
    case Element::UInt32:
      return 4;
    case Element::UInt16:
      return 2;
    case Element::UInt8:
      break;
  }
  return 1;
}

std::uint64_t DatasetPlan::frontBytes() const
{
  std::uint64_t bytes = sizeOf(this->element) * this->chunk[0];
  for (std::size_t i = 0; i < this->row.size(); ++i)
  {
    bytes *= divideUp(this->row[i], this->chunk[i + 1]) * this->chunk[i + 1];
  }
  return bytes;
}

std::uint64_t DatasetPlan::bytes(std::uint64_t count) const
{
  return divideUp(count, this->chunk[0]) * this->frontBytes();
}

std::vector<std::uint64_t> tensorRow(const TensorShape& shape)
{
  return { static_cast<std::uint64_t>(shape.filters), static_cast<std::uint64_t>(shape.channels),
    static_cast<std::uint64_t>(shape.rows), static_cast<std::uint64_t>(shape.columns) };
}

std::vector<std::uint64_t> tensorChunk(const TensorShape& shape)
{
  std::vector<std::uint64_t> chunk = tensorRow(shape);
  std::uint64_t left = largestChunk / sizeOf(Element::Float32);
  // From the fastest extent on: a piece of the next one is as large as the inner ones leave room.
  for (std::size_t i = chunk.size(); i-- > 0;)
  {
    chunk[i] = evenPiece(chunk[i], left);
    left /= chunk[i];
  }
  chunk.insert(chunk.begin(), 1);
  return chunk;
}

std::vector<DatasetPlan> planRunFile(const RunLayout& layout)
{
  Plans plans;
  addFixed(layout, runLayoutToJson(layout).size(), plans);
  addSteps(layout, plans);
  addFilterRows(layout, plans);
  addSnapshots(layout, plans);
  addEvaluations(layout, plans);
  addText(plans);
  plans.add(runformat::counters, Element::Int64, RowKind::Counter, {}, { runformat::CounterCount });
  return plans.take();
}

std::int64_t RunLayout::expectedBytes(
  std::int64_t steps, std::int64_t snapshots, std::int64_t evaluations) const
{
  // What HDF5 needs for itself: a description for each data set, an index entry for each chunk.
  constexpr std::uint64_t perDataset = 1024;
  constexpr std::uint64_t perChunk = 32;
  const auto positive = [](std::int64_t n)
  { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, n)); };
  std::uint64_t bytes = runLayoutToJson(*this).size();
  std::set<std::string> once;
  for (const TensorDescription& tensor : this->model.tensors)
  {
    if (tensor.constant)
    {
      once.insert(tensorPath(runformat::tensorGroup, tensor));
    }
  }
  for (const DatasetPlan& plan : planRunFile(*this))
  {
    std::uint64_t rows = 0;
    switch (plan.rows)
    {
      case RowKind::Step:
        rows = positive(steps);
        break;
      case RowKind::FilterRow:
        rows = this->filterInterval > 0 ? positive(steps / this->filterInterval) : 0;
        break;
      case RowKind::Snapshot:
        rows = once.count(plan.path) > 0 ? std::min(positive(1), positive(snapshots))
                                         : positive(snapshots);
        break;
      case RowKind::Evaluation:
        rows = positive(evaluations);
        break;
      case RowKind::Text:
      case RowKind::Counter:
        rows = 1;
        break;
      case RowKind::Fixed:
        rows = plan.row.empty() ? count(this->validationLabels) : plan.chunk[0];
        break;
    }
    std::uint64_t chunkBytes = sizeOf(plan.element);
    for (const std::uint64_t extent : plan.chunk)
    {
      chunkBytes *= extent;
    }
    const std::uint64_t stored = plan.bytes(rows);
    bytes += perDataset + stored + stored / chunkBytes * perChunk;
  }
  return static_cast<std::int64_t>(bytes);
}

} // namespace tensorview
