#include "vtkTrajectory.h"

#include "CoordinateCurves.h"
#include "Core/GridLayout.h"
#include "HistoryProjection.h"
#include "RankExchange.h"
#include "SeenWeights.h"
#include "TrajectoryLines.h"
#include "TrajectoryRuns.h"

#include "vtkDoubleArray.h"
#include "vtkFieldData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <stdexcept>

vtkStandardNewMacro(vtkTrajectory);

namespace
{
using HistoryProjection::dimensions;
using tensorview::CoordinateHistory;
using tensorview::LayerHistory;

constexpr int linesPort = 0;
constexpr int nowPort = 1;

/// Fitting what is not more than this takes little: it is done whenever there is something new.
constexpr double quickBytes = 64.0 * 1024 * 1024;
constexpr std::size_t quickSnapshots = 300;
/// Else when one in so many snapshots is new.
constexpr std::size_t refitShare = 10;

std::int64_t LastOf(vtkIdType lastStep)
{
  return lastStep < 0 ? std::numeric_limits<std::int64_t>::max() : lastStep;
}

std::string Percent(double part)
{
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %%", 100.0 * part);
  return text;
}

/// Curves and what is to be said of them.
struct Made
{
  std::vector<TrajectoryCurve> curves;
  std::vector<std::string> notes;
  std::vector<double> explained; ///< empty: no principal components
};

/// Does something on rank 0. Collective: what goes wrong there is thrown on all ranks.
void OnRoot(const std::function<void()>& work)
{
  std::string problem;
  try
  {
    if (RankExchange::IsRoot())
    {
      work();
    }
  }
  catch (const std::exception& error)
  {
    problem = error.what();
  }
  if (RankExchange::Maximum(problem.empty() ? 0.0 : 1.0) > 0.0)
  {
    throw std::runtime_error(
      problem.empty() ? "rank 0 could not read the history of the weights" : problem);
  }
}

std::size_t CountSnapshots(const std::vector<LayerHistory*>& histories)
{
  std::size_t snapshots = 0;
  for (const LayerHistory* history : histories)
  {
    snapshots += history->description().step.size();
  }
  return snapshots;
}

/// Tensor of the layer that costs least to read, for those who need to know of its filters only.
const tensorview::TensorDescription* SmallestTensor(
  const tensorview::ModelDescription& model, const std::string& layer)
{
  const tensorview::TensorDescription* smallest = nullptr;
  for (const tensorview::TensorDescription& tensor : model.tensors)
  {
    if (tensor.layer == layer && (!smallest || tensor.shape.size() < smallest->shape.size()))
    {
      smallest = &tensor;
    }
  }
  return smallest;
}

bool KeepsCoordinates(vtkModelProvider* provider, const std::string& layer)
{
  CoordinateHistory none;
  return provider && provider->ReadCoordinates(layer, {}, 0, 0, none);
}

bool IsLive(const TrajectoryRun& run)
{
  return !run.information->Has(vtkStreamingDemandDrivenPipeline::TIME_STEPS());
}

/// A source that says which history it keeps keeps all of it.
bool KeepsAll(vtkModelProvider* provider)
{
  return provider && !provider->GetHistoryVersion().empty();
}
}

struct vtkTrajectory::Internals
{
  explicit Internals(vtkTrajectory* filter)
    : self(filter)
  {
  }

  bool wantsHistories() const
  {
    return self->Projection == PRINCIPAL_COMPONENTS || self->Curves == OF_FILTERS;
  }

  std::string identityOf(const std::vector<TrajectoryRun>& runs) const;
  static std::string versionOf(const std::vector<TrajectoryRun>& runs);

  Made makeOfCoordinates(const std::vector<TrajectoryRun>& runs);
  void makeOfHistories(const std::vector<TrajectoryRun>& runs, const std::string& identity);

  LayerHistory* openHistory(
    const TrajectoryRun& run, std::vector<std::unique_ptr<LayerHistory>>& opened);
  bool isRecentEnough(
    const std::string& identity, const std::vector<LayerHistory*>& histories, std::size_t weights);
  std::vector<std::int32_t> chooseSlots(
    const std::vector<LayerHistory*>& histories, std::vector<std::string>& notes) const;
  HistoryProjection::Result project(
    const std::vector<LayerHistory*>& histories, const std::vector<std::int32_t>& slots);
  void describe(const HistoryProjection::Result& result, const std::vector<TrajectoryRun>& runs,
    Made& fitted) const;

  using Groups = std::vector<std::vector<int>>; ///< of each run
  void write(const std::vector<TrajectoryRun>& runs, const Groups& groups,
    vtkInformationVector* outputVector);

  vtkTrajectory* self;
  Made made;
  std::string madeOf; ///< identity and version of what `made` shows; empty: not to be kept
  struct Fit
  {
    std::string identity;
    std::size_t snapshots = 0;
  };
  Fit fit;
  vtkIdType fits = 0;

  std::map<int, CoordinateCurves::Seen> seenCoordinates; ///< by run
  struct Seen
  {
    std::string layer;
    tensorview::TensorShape shape;
    std::unique_ptr<SeenWeights> weights;
  };
  std::map<int, Seen> seenWeights; ///< by run
};

std::string vtkTrajectory::Internals::identityOf(const std::vector<TrajectoryRun>& runs) const
{
  std::string identity = std::to_string(self->GetMTime());
  for (const TrajectoryRun& run : runs)
  {
    char address[32];
    std::snprintf(address, sizeof(address), "%p", static_cast<void*>(run.provider));
    identity += "|" + std::to_string(run.number) + " " + address + " " + run.shape.layer;
  }
  return identity;
}

std::string vtkTrajectory::Internals::versionOf(const std::vector<TrajectoryRun>& runs)
{
  std::string versions;
  for (const TrajectoryRun& run : runs)
  {
    const std::string version = run.provider ? run.provider->GetHistoryVersion() : std::string();
    if (version.empty())
    {
      return {};
    }
    versions += "|" + version;
  }
  return versions;
}

Made vtkTrajectory::Internals::makeOfCoordinates(const std::vector<TrajectoryRun>& runs)
{
  Made result;
  const LayerShape& shape = runs.front().shape;
  std::string note;
  const CoordinateCurves::Triples triples = CoordinateCurves::Choose(self->Coordinates, shape.layer,
    shape.slots * shape.filter.channels * shape.filter.rows * shape.filter.columns, note);
  result.notes.push_back(note);
  bool untracked = false;
  bool withoutHistory = false;
  for (const TrajectoryRun& run : runs)
  {
    std::vector<CoordinateCurves::Piece> pieces;
    OnRoot(
      [&]
      {
        if (run.provider)
        {
          pieces = CoordinateCurves::Read(
            run.provider, shape.layer, triples, self->FirstStep, LastOf(self->LastStep));
        }
      });
    if (RankExchange::Maximum(static_cast<double>(pieces.size())) == 0.0)
    {
      CoordinateCurves::Seen& seen = this->seenCoordinates[run.number];
      if (const std::optional<LayerTensor> tensor = PickCurrent(run))
      {
        seen.add(*tensor, triples.coordinates);
      }
      pieces = { seen.history(shape.layer, triples, self->FirstStep, LastOf(self->LastStep)) };
      withoutHistory = true;
    }
    else
    {
      untracked = untracked || !std::all_of(pieces.begin(), pieces.end(),
                                 [](const auto& piece) { return piece.history.everyStep; });
      if (IsLive(run) &&
          RankExchange::Maximum(CoordinateCurves::HasEmpty(pieces) ? 1.0 : 0.0) > 0.0)
      {
        // Training has not begun: the curves are where the weights are now.
        CoordinateCurves::Seen start;
        if (const std::optional<LayerTensor> tensor = PickCurrent(run))
        {
          start.add(*tensor, triples.coordinates);
        }
        CoordinateCurves::FillEmpty(
          pieces, start.history(shape.layer, triples, self->FirstStep, LastOf(self->LastStep)));
      }
    }
    for (TrajectoryCurve& curve : CoordinateCurves::Make(pieces, shape, triples))
    {
      curve.run = run.number;
      result.curves.push_back(std::move(curve));
    }
  }
  if (withoutHistory)
  {
    result.notes.emplace_back(
      "The source keeps no history: the curves consist of the steps that were shown.");
  }
  if (untracked)
  {
    result.notes.push_back("Some of these weights of layer '" + shape.layer +
                           "' are not tracked at every step: their points are the snapshots.");
  }
  return result;
}

LayerHistory* vtkTrajectory::Internals::openHistory(
  const TrajectoryRun& run, std::vector<std::unique_ptr<LayerHistory>>& opened)
{
  std::unique_ptr<LayerHistory> history;
  OnRoot([&] { history = run.provider ? run.provider->OpenHistory(run.shape.layer) : nullptr; });
  if (RankExchange::Maximum(history ? 1.0 : 0.0) > 0.0)
  {
    opened.push_back(std::move(history));
    return opened.back().get();
  }

  Seen& seen = this->seenWeights[run.number];
  const std::optional<LayerTensor> tensor = PickCurrent(run);
  const tensorview::TensorShape shape{ run.shape.slots, run.shape.filter.channels,
    run.shape.filter.rows, run.shape.filter.columns };
  const bool again = tensor && IsLive(run) && seen.weights &&
                     static_cast<std::int64_t>(tensor->step) < seen.weights->lastStep();
  if (again || !seen.weights || seen.layer != run.shape.layer || seen.shape != shape)
  {
    seen = { run.shape.layer, shape, std::make_unique<SeenWeights>(shape) };
  }
  if (!seen.weights->isPossible())
  {
    throw std::runtime_error("the source keeps no history, and the weights of layer '" +
                             run.shape.layer +
                             "' are too many to keep those that were shown; record the training "
                             "to a file and open it with a TensorRunReader");
  }
  if (tensor)
  {
    const vtkTensorCollection::Part all = RankExchange::Gather(tensor->parts, false);
    if (RankExchange::IsRoot())
    {
      seen.weights->add(static_cast<std::int64_t>(tensor->step), all.values);
    }
  }
  return seen.weights.get();
}

bool vtkTrajectory::Internals::isRecentEnough(
  const std::string& identity, const std::vector<LayerHistory*>& histories, std::size_t weights)
{
  const std::size_t snapshots = CountSnapshots(histories);
  const bool quick = static_cast<double>(snapshots * weights * sizeof(float)) <= quickBytes &&
                     snapshots <= quickSnapshots;
  const bool same = this->fit.identity == identity && snapshots >= this->fit.snapshots &&
                    (snapshots - this->fit.snapshots) * refitShare < this->fit.snapshots;
  if (!quick && same)
  {
    const std::size_t newer = snapshots - this->fit.snapshots;
    const std::string prefix = "Newer snapshots that are not shown yet: ";
    auto& notes = this->made.notes;
    notes.erase(std::remove_if(notes.begin(), notes.end(),
                  [&](const std::string& note) { return note.rfind(prefix, 0) == 0; }),
      notes.end());
    if (newer > 0)
    {
      notes.push_back(
        prefix + std::to_string(newer) + "; the curves are made anew when a tenth of all is new.");
    }
    return true;
  }
  return false;
}

std::vector<std::int32_t> vtkTrajectory::Internals::chooseSlots(
  const std::vector<LayerHistory*>& histories, std::vector<std::string>& notes) const
{
  std::int64_t slots = std::numeric_limits<std::int32_t>::max();
  for (const LayerHistory* history : histories)
  {
    slots = std::min(slots, history->description().shape.filters);
  }
  std::vector<std::int32_t> chosen;
  std::string leftOut;
  for (const int slot : self->Slots)
  {
    if (slot >= 0 && slot < slots)
    {
      chosen.push_back(slot);
    }
    else
    {
      leftOut += " " + std::to_string(slot);
    }
  }
  if (!leftOut.empty())
  {
    notes.push_back(
      "Left out of Slots:" + leftOut + "; slots go from 0 to " + std::to_string(slots - 1) + ".");
  }
  for (std::int32_t slot = 0; self->Slots.empty() && slot < slots; ++slot)
  {
    chosen.push_back(slot);
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

HistoryProjection::Result vtkTrajectory::Internals::project(
  const std::vector<LayerHistory*>& histories, const std::vector<std::int32_t>& slots)
{
  const auto progress = [this](double part)
  {
    self->UpdateProgress(part);
    return self->GetAbortExecute() == 0;
  };
  HistoryProjection::Options options;
  options.maximumSnapshots = static_cast<std::size_t>(self->MaximumSnapshots);
  if (self->Curves == OF_LAYER)
  {
    return HistoryProjection::ProjectLayer(histories, options, progress);
  }
  const auto curves = static_cast<vtkIdType>(std::max<std::size_t>(1, slots.size()));
  options.maximumSnapshots = std::min(options.maximumSnapshots,
    static_cast<std::size_t>(std::max<vtkIdType>(2, self->MaximumPoints / curves)));
  if (self->Projection == PRINCIPAL_COMPONENTS)
  {
    return HistoryProjection::ProjectFilters(histories, slots, options, progress);
  }
  const tensorview::TensorShape& shape = histories.front()->description().shape;
  std::array<std::int64_t, dimensions> coordinates{};
  for (std::size_t i = 0; i < dimensions; ++i)
  {
    coordinates[i] = self->FilterCoordinates[i];
    if (coordinates[i] < 0 || coordinates[i] >= shape.perFilter())
    {
      throw std::runtime_error(
        "FilterCoordinates names weight " + std::to_string(coordinates[i]) +
        " of a filter, but the filters of this layer have " + std::to_string(shape.perFilter()) +
        (shape.perFilter() < 3 ? "; principal components need no three" : ", numbered from 0"));
    }
  }
  return HistoryProjection::ReadFilters(histories, slots, coordinates, options, progress);
}

void vtkTrajectory::Internals::describe(const HistoryProjection::Result& result,
  const std::vector<TrajectoryRun>& runs, Made& fitted) const
{
  const std::string layer = "layer '" + runs.front().shape.layer + "'";
  const bool ofFilters = self->Curves == OF_FILTERS;
  if (self->Projection == PRINCIPAL_COMPONENTS)
  {
    fitted.explained.assign(result.explained.begin(), result.explained.end());
    fitted.notes.push_back("Axes: the first three principal components of the " +
                           std::to_string(result.weights) + " weights of " +
                           (ofFilters ? "a filter of " : "") + layer + ", which explain " +
                           Percent(result.explained[0]) + ", " + Percent(result.explained[1]) +
                           " and " + Percent(result.explained[2]) + " of the variance over " +
                           std::to_string(result.snapshots) + " snapshots.");
    if (result.snapshots == 1)
    {
      fitted.notes.emplace_back("One snapshot has no direction: it lies at the origin.");
    }
    const std::int64_t all = runs.front().shape.filter.channels * runs.front().shape.filter.rows *
                             runs.front().shape.filter.columns *
                             (ofFilters ? 1 : runs.front().shape.slots);
    if (result.weights < all)
    {
      fitted.notes.push_back("Weights that do not exist at every snapshot are left out: " +
                             std::to_string(all - result.weights) + ".");
    }
    if (result.leftOut > 0)
    {
      fitted.notes.push_back(std::string(ofFilters ? "Points of filters" : "Snapshots") +
                             " with weights that are not finite or not there, left out: " +
                             std::to_string(result.leftOut) + ".");
    }
  }
  else
  {
    fitted.notes.emplace_back("The points are the snapshots.");
  }
  if (result.snapshots < result.allSnapshots)
  {
    fitted.notes.push_back(
      std::to_string(result.snapshots) + " of " + std::to_string(result.allSnapshots) +
      " snapshots take part, evenly spread (MaximumSnapshots, MaximumPoints).");
  }
}

void vtkTrajectory::Internals::makeOfHistories(
  const std::vector<TrajectoryRun>& allRuns, const std::string& identity)
{
  Made fitted;
  std::vector<std::unique_ptr<LayerHistory>> opened;
  std::vector<LayerHistory*> histories;
  std::vector<TrajectoryRun> runs;
  bool withoutHistory = false;
  for (const TrajectoryRun& run : allRuns)
  {
    const std::size_t before = opened.size();
    LayerHistory* history = this->openHistory(run, opened);
    withoutHistory = withoutHistory || opened.size() == before;
    if (!RankExchange::IsRoot())
    {
      continue;
    }
    if (history->description().step.empty())
    {
      fitted.notes.push_back("Run " + std::to_string(run.number) + " has no snapshots of layer '" +
                             run.shape.layer + "'.");
      continue;
    }
    histories.push_back(history);
    runs.push_back(run);
  }
  if (withoutHistory)
  {
    fitted.notes.emplace_back("The source keeps no weights of earlier steps: the curves consist of "
                              "the steps that were shown, at most 256 MB of weights.");
  }
  if (histories.empty()) // other ranks, or nothing recorded
  {
    this->made = std::move(fitted);
    return;
  }
  const LayerShape& shape = runs.front().shape;
  if (this->isRecentEnough(identity, histories,
        static_cast<std::size_t>(histories.front()->description().shape.size())))
  {
    return;
  }

  const std::vector<std::int32_t> slots = this->chooseSlots(histories, fitted.notes);
  const HistoryProjection::Result result = this->project(histories, slots);
  ++this->fits;
  this->fit = { identity, CountSnapshots(histories) };
  if (!result.finished)
  {
    this->fit = {};
    this->madeOf.clear();
    fitted.notes = { "Reading was stopped before its end; change a property to begin again." };
    this->made = std::move(fitted);
    return;
  }
  const bool ofFilters = self->Curves == OF_FILTERS;
  const auto columns = static_cast<std::int32_t>(tensorview::gridColumns(shape.firstFilters));
  for (std::size_t r = 0; r < result.paths.size(); ++r)
  {
    for (std::size_t c = 0; c < result.paths[r].size(); ++c)
    {
      const HistoryProjection::Path& path = result.paths[r][c];
      TrajectoryCurve curve;
      curve.run = runs[r].number;
      if (ofFilters)
      {
        curve.slot = slots[c];
        curve.filterId = FilterId(runs[r].shape.layerId, curve.slot);
        curve.cube = { curve.slot % columns, curve.slot / columns };
      }
      for (std::size_t row = 0; row < path.step.size(); ++row)
      {
        if (path.step[row] >= self->FirstStep && path.step[row] <= LastOf(self->LastStep))
        {
          const auto point = path.values.begin() + static_cast<std::ptrdiff_t>(row * dimensions);
          curve.step.push_back(path.step[row]);
          curve.values.insert(curve.values.end(), point, point + dimensions);
        }
      }
      fitted.curves.push_back(std::move(curve));
    }
  }
  this->describe(result, runs, fitted);
  this->made = std::move(fitted);
}

void vtkTrajectory::Internals::write(
  const std::vector<TrajectoryRun>& runs, const Groups& groups, vtkInformationVector* outputVector)
{
  bool withGroups = false;
  std::map<int, double> shown; // step by run
  for (std::size_t r = 0; r < runs.size(); ++r)
  {
    withGroups = withGroups || !groups[r].empty();
    shown[runs[r].number] = ShownStep(runs[r]);
    for (TrajectoryCurve& curve : this->made.curves)
    {
      if (curve.run == runs[r].number)
      {
        const bool known =
          curve.slot >= 0 && static_cast<std::size_t>(curve.slot) < groups[r].size();
        curve.group = known ? groups[r][static_cast<std::size_t>(curve.slot)] : -1;
      }
    }
  }
  const auto placements = PlaceTrajectories(this->made.curves, self->Arrangement == SIDE_BY_SIDE);
  vtkPolyData* outputs[] = { vtkPolyData::GetData(outputVector, linesPort),
    vtkPolyData::GetData(outputVector, nowPort) };
  WriteTrajectoryLines(this->made.curves, placements, withGroups, outputs[linesPort]);
  WriteTrajectoryMarkers(this->made.curves, placements, withGroups, shown, outputs[nowPort]);
  if (!this->made.explained.empty())
  {
    vtkNew<vtkDoubleArray> explained;
    explained->SetName("ExplainedVariance");
    for (const double part : this->made.explained)
    {
      explained->InsertNextValue(part);
    }
    for (vtkPolyData* output : outputs)
    {
      output->GetFieldData()->AddArray(explained);
    }
  }
}

vtkTrajectory::vtkTrajectory()
  : vtkTensorFilter(tensorview::kinds::weight)
  , Coordinates{ 0, 1, 2, 3, 4, 5, 6, 7, 8 }
  , Internal(std::make_unique<Internals>(this))
{
  this->SetNumberOfOutputPorts(2);
}

vtkTrajectory::~vtkTrajectory() = default;

void vtkTrajectory::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Projection: " << this->Projection << "\n";
  os << indent << "Curves: " << this->Curves << "\n";
  os << indent << "Coordinates:";
  for (const vtkIdType index : this->Coordinates)
  {
    os << " " << index;
  }
  os << "\n";
  os << indent << "FilterCoordinates: " << this->FilterCoordinates[0] << " "
     << this->FilterCoordinates[1] << " " << this->FilterCoordinates[2] << "\n";
  os << indent << "Slots:";
  for (const int slot : this->Slots)
  {
    os << " " << slot;
  }
  os << "\n";
  os << indent << "Arrangement: " << this->Arrangement << "\n";
  os << indent << "FirstStep: " << this->FirstStep << "\n";
  os << indent << "LastStep: " << this->LastStep << "\n";
  os << indent << "MaximumSnapshots: " << this->MaximumSnapshots << "\n";
  os << indent << "MaximumPoints: " << this->MaximumPoints << "\n";
}

void vtkTrajectory::AddCoordinate(vtkIdType index)
{
  this->Coordinates.push_back(index);
  this->Modified();
}

void vtkTrajectory::RemoveAllCoordinates()
{
  if (!this->Coordinates.empty())
  {
    this->Coordinates.clear();
    this->Modified();
  }
}

vtkIdType vtkTrajectory::GetNumberOfCoordinates() const
{
  return static_cast<vtkIdType>(this->Coordinates.size());
}

vtkIdType vtkTrajectory::GetCoordinate(vtkIdType i) const
{
  return i >= 0 && i < this->GetNumberOfCoordinates()
           ? this->Coordinates[static_cast<std::size_t>(i)]
           : -1;
}

void vtkTrajectory::AddSlot(int slot)
{
  this->Slots.push_back(slot);
  this->Modified();
}

void vtkTrajectory::RemoveAllSlots()
{
  if (!this->Slots.empty())
  {
    this->Slots.clear();
    this->Modified();
  }
}

vtkIdType vtkTrajectory::GetNumberOfFits() const
{
  return this->Internal->fits;
}

int vtkTrajectory::FillInputPortInformation(int port, vtkInformation* info)
{
  info->Set(vtkAlgorithm::INPUT_IS_REPEATABLE(), 1);
  return this->Superclass::FillInputPortInformation(port, info);
}

int vtkTrajectory::FillOutputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkPolyData");
  return 1;
}

int vtkTrajectory::RequestUpdateExtent(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector*)
{
  for (int i = 0; i < inputVector[0]->GetNumberOfInformationObjects(); ++i)
  {
    vtkInformation* input = inputVector[0]->GetInformationObject(i);
    const std::optional<LayerShape> shape = DescribeTensor(input, this->GetTensorName());
    vtkModelProvider* provider = vtkModelProvider::Get(input);
    if (shape && KeepsAll(provider))
    {
      // Of the current step nothing is shown but which filters there are, and their groups.
      const auto model = provider->GetModel();
      const tensorview::TensorDescription* tensor = SmallestTensor(*model, shape->layer);
      vtkTensorCollection::Request(input, tensor->layer, tensor->kind);
    }
    else if (shape)
    {
      vtkTensorCollection::Request(input, shape->layer, shape->kind);
    }
  }
  return 1;
}

void vtkTrajectory::Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  bool keepsHistory = true;
  for (int i = 0; i < inputVector[0]->GetNumberOfInformationObjects(); ++i)
  {
    vtkInformation* input = inputVector[0]->GetInformationObject(i);
    vtkModelProvider* provider = vtkModelProvider::Get(input);
    const std::optional<LayerShape> shape = DescribeTensor(input, this->GetTensorName());
    keepsHistory = keepsHistory && shape &&
                   (this->Internal->wantsHistories() ? KeepsAll(provider)
                                                     : KeepsCoordinates(provider, shape->layer));
  }
  if (keepsHistory)
  {
    // The curves are the same at every time: no need to run again for them when it changes.
    vtkInformation* output = outputVector->GetInformationObject(linesPort);
    output->Remove(vtkStreamingDemandDrivenPipeline::TIME_STEPS());
    output->Remove(vtkStreamingDemandDrivenPipeline::TIME_RANGE());
  }
}

void vtkTrajectory::Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  Internals& p = *this->Internal;
  for (int i = 0; i < inputVector[0]->GetNumberOfInformationObjects(); ++i)
  {
    vtkTensorCollection::Release(inputVector[0]->GetInformationObject(i));
  }
  std::vector<std::string> notes;
  const std::vector<TrajectoryRun> runs =
    FindTrajectoryRuns(inputVector[0], this->GetTensorName(), notes);
  if (runs.empty())
  {
    return;
  }
  // From here on rank 0 may find a problem that others do not know of: what all ranks do together
  // comes before what it does alone.
  Internals::Groups groups;
  for (const TrajectoryRun& run : runs)
  {
    groups.push_back(GroupsOf(run));
  }
  const std::string identity = p.identityOf(runs);
  const std::string version = Internals::versionOf(runs);
  const std::string of = version.empty() ? std::string() : identity + version;
  if (RankExchange::Maximum(of.empty() || of != p.madeOf ? 1.0 : 0.0) > 0.0)
  {
    p.madeOf.clear();
    if (p.wantsHistories())
    {
      p.madeOf = of;
      p.makeOfHistories(runs, identity);
    }
    else
    {
      p.made = p.makeOfCoordinates(runs);
      p.madeOf = of;
    }
  }
  for (const std::string& note : notes)
  {
    this->AddNote(note);
  }
  for (const std::string& note : p.made.notes)
  {
    this->AddNote(note);
  }
  if (RankExchange::IsRoot())
  {
    p.write(runs, groups, outputVector);
  }
}
