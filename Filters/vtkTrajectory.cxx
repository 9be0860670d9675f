#include "vtkTrajectory.h"

#include "CoordinateCurves.h"
#include "HistoryCurves.h"
#include "RankExchange.h"

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
#include <limits>

vtkStandardNewMacro(vtkTrajectory);

namespace
{
using tensorview::CoordinateHistory;

constexpr int linesPort = 0;
constexpr int nowPort = 1;
constexpr int editsPort = 2;

std::int64_t LastOf(vtkIdType lastStep)
{
  return lastStep < 0 ? std::numeric_limits<std::int64_t>::max() : lastStep;
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

/// The edits of a run that are to be seen.
std::vector<TrajectoryEvent> EditsOf(vtkModelProvider* provider)
{
  std::vector<TrajectoryEvent> events;
  for (tensorview::EditMark& mark :
    provider ? provider->GetEditMarks() : std::vector<tensorview::EditMark>())
  {
    if (!mark.text.empty())
    {
      events.push_back({ mark.step, std::move(mark.text) });
    }
  }
  return events;
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

  MadeCurves makeOfCoordinates(const std::vector<TrajectoryRun>& runs);
  HistoryCurves::Options historyOptions() const;

  using Groups = std::vector<std::vector<int>>; ///< of each run
  void write(const std::vector<TrajectoryRun>& runs, const Groups& groups,
    vtkInformationVector* outputVector);

  vtkTrajectory* self;
  MadeCurves made;
  std::string madeOf; ///< identity and version of what `made` shows; empty: not to be kept
  HistoryCurves histories;
  std::map<int, CoordinateCurves::Seen> seenCoordinates; ///< by run
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

MadeCurves vtkTrajectory::Internals::makeOfCoordinates(const std::vector<TrajectoryRun>& runs)
{
  MadeCurves result;
  const LayerShape& shape = runs.front().shape;
  std::string note;
  const CoordinateCurves::Triples triples = CoordinateCurves::Choose(self->Coordinates, shape.layer,
    shape.slots * shape.filter.channels * shape.filter.rows * shape.filter.columns, note);
  result.notes.push_back("Axes: " + CoordinateCurves::NameAxes(triples) + ".");
  result.notes.push_back(note);
  bool untracked = false;
  bool withoutHistory = false;
  for (const TrajectoryRun& run : runs)
  {
    std::vector<CoordinateCurves::Piece> pieces;
    OnRootRank(
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

HistoryCurves::Options vtkTrajectory::Internals::historyOptions() const
{
  HistoryCurves::Options options;
  options.principalComponents = self->Projection == PRINCIPAL_COMPONENTS;
  options.ofFilters = self->Curves == OF_FILTERS;
  std::copy_n(
    self->FilterCoordinates, options.filterCoordinates.size(), options.filterCoordinates.begin());
  options.slots = self->Slots;
  options.firstStep = self->FirstStep;
  options.lastStep = LastOf(self->LastStep);
  options.maximumSnapshots = static_cast<std::size_t>(self->MaximumSnapshots);
  options.maximumPoints = static_cast<std::size_t>(self->MaximumPoints);
  return options;
}

void vtkTrajectory::Internals::write(
  const std::vector<TrajectoryRun>& runs, const Groups& groups, vtkInformationVector* outputVector)
{
  bool withGroups = false;
  std::map<int, double> shown; // step by run
  std::map<int, std::vector<TrajectoryEvent>> edits;
  for (std::size_t r = 0; r < runs.size(); ++r)
  {
    withGroups = withGroups || !groups[r].empty();
    shown[runs[r].number] = ShownStep(runs[r]);
    edits[runs[r].number] = EditsOf(runs[r].provider);
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
    vtkPolyData::GetData(outputVector, nowPort), vtkPolyData::GetData(outputVector, editsPort) };
  WriteTrajectoryLines(this->made.curves, placements, withGroups, outputs[linesPort]);
  WriteTrajectoryMarkers(this->made.curves, placements, withGroups, shown, outputs[nowPort]);
  WriteTrajectoryEvents(this->made.curves, placements, withGroups, edits, outputs[editsPort]);
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
  this->SetNumberOfOutputPorts(3);
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
  return static_cast<vtkIdType>(this->Internal->histories.GetNumberOfFits());
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
    for (const int port : { linesPort, editsPort })
    {
      vtkInformation* output = outputVector->GetInformationObject(port);
      output->Remove(vtkStreamingDemandDrivenPipeline::TIME_STEPS());
      output->Remove(vtkStreamingDemandDrivenPipeline::TIME_RANGE());
    }
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
      const auto progress = [this](double part)
      {
        this->UpdateProgress(part);
        return this->GetAbortExecute() == 0;
      };
      if (p.histories.Update(runs, identity, p.historyOptions(), progress, p.made))
      {
        p.madeOf = of;
      }
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
