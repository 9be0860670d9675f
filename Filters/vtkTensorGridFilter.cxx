#include "vtkTensorGridFilter.h"

#include "Core/FilterOrder.h"
#include "Core/GridFrame.h"
#include "Core/GridLayout.h"
#include "Core/SlotSet.h"
#include "GridLabels.h"
#include "GridLayer.h"
#include "LayerTensor.h"
#include "RankExchange.h"
#include "RemovedPlaces.h"
#include "SmpParallelFor.h"
#include "SnapshotSum.h"

#include "vtkAlgorithm.h"
#include "vtkExecutive.h"
#include "vtkInformation.h"
#include "vtkInformationExecutivePortKey.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

namespace
{
/// Pieces of a layer that is as large as can be read together.
constexpr std::int64_t piecesOfLayer = 8;
/// Half the height of a filter's cell as a view sees it: weights are about that high.
constexpr double cellHeight = 0.5;

/// Does what is connected make its data itself, so that nothing between changes them? (ParaView
/// puts a filter behind everything that only derives arrays on demand.)
bool IsSource(vtkInformation* inputInformation)
{
  vtkExecutive* executive = nullptr;
  int port = 0;
  vtkExecutive::PRODUCER()->Get(inputInformation, executive, port);
  vtkAlgorithm* algorithm = executive ? executive->GetAlgorithm() : nullptr;
  while (algorithm && algorithm->IsA("vtkPVPostFilter"))
  {
    algorithm =
      algorithm->GetNumberOfInputConnections(0) == 1 ? algorithm->GetInputAlgorithm(0, 0) : nullptr;
  }
  return algorithm && algorithm->GetNumberOfInputPorts() == 0;
}

/// Adds keys by which filters can be ordered.
void AddNorms(const std::vector<vtkTensorCollection::Part>& parts, std::vector<double>& keys)
{
  for (const vtkTensorCollection::Part& part : parts)
  {
    const tensorview::FilterValues filters = ViewOf(part);
    const std::vector<double> norms =
      tensorview::filterNorms(filters, SmpParallelFor(filters.filters * filters.filterSize()));
    for (std::size_t i = 0; i < norms.size(); ++i)
    {
      const auto slot = static_cast<std::size_t>(filters.slot[i]);
      if (slot < keys.size())
      {
        keys[slot] = 1.0 + norms[i];
      }
    }
  }
}

void AddGroups(const std::vector<vtkTensorCollection::Part>& parts, std::vector<double>& keys)
{
  for (const vtkTensorCollection::Part& part : parts)
  {
    for (std::size_t i = 0; i < part.group.size(); ++i)
    {
      keys[static_cast<std::size_t>(part.values.slot[i])] = 2.0 + part.group[i];
    }
  }
}
}

struct vtkTensorGridFilter::Internals
{
  bool beside = false; ///< values are read from the provider, not taken from the input
  std::size_t summed = 1;
  std::map<std::string, SnapshotSum::Passing> passing; ///< by layer

  tensorview::GridLayout layout; ///< that was drawn
  std::vector<std::int64_t> slotOfPlace;
  double planes[24] = {};
  std::string slotsInView;
};

vtkTensorGridFilter::vtkTensorGridFilter(const char* defaultKind)
  : vtkTensorFilter(defaultKind)
  , Internal(new Internals)
{
}

vtkTensorGridFilter::~vtkTensorGridFilter() = default;

void vtkTensorGridFilter::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Columns: " << this->Columns << "\n";
  os << indent << "Gap: " << this->Gap << "\n";
  os << indent << "WindowGap: " << this->WindowGap << "\n";
  os << indent << "Order: " << this->Order << "\n";
  os << indent << "AccumulateSnapshots: " << this->AccumulateSnapshots << "\n";
  os << indent << "Focus: " << this->Focus << "\n";
  os << indent << "FocusOnly: " << this->FocusOnly << "\n";
  os << indent << "ValuesReadTogether: " << this->ValuesReadTogether << "\n";
}

void vtkTensorGridFilter::SetViewFrustum(int plane, double a, double b, double c, double d)
{
  if (plane >= 0 && plane < 6)
  {
    const double coefficients[] = { a, b, c, d };
    std::copy_n(coefficients, 4, this->Internal->planes + 4 * plane);
  }
}

const char* vtkTensorGridFilter::GetSlotsInView()
{
  const Internals& p = *this->Internal;
  std::vector<std::int64_t> slots;
  for (const std::int64_t place : tensorview::placesInView(p.layout, tensorview::GridFrame(),
         static_cast<std::int64_t>(p.slotOfPlace.size()), p.planes, cellHeight))
  {
    const std::int64_t slot = p.slotOfPlace[static_cast<std::size_t>(place)];
    if (slot >= 0)
    {
      slots.push_back(slot);
    }
  }
  std::sort(slots.begin(), slots.end());
  this->Internal->slotsInView = tensorview::describeSlots(slots);
  return this->Internal->slotsInView.c_str();
}

tensorview::GridLayout vtkTensorGridFilter::GetLayout(const LayerShape& shape) const
{
  return tensorview::layoutGrid(
    shape.firstFilters, shape.slots, shape.filter, { this->Gap, this->WindowGap, this->Columns });
}

std::vector<tensorview::GridFrame> vtkTensorGridFilter::GetFrames(
  const std::vector<LayerShape>& shapes) const
{
  std::vector<tensorview::GridLayout> layouts;
  for (const LayerShape& shape : shapes)
  {
    layouts.push_back(this->GetLayout(shape));
  }
  return tensorview::frameGrids(layouts);
}

tensorview::SlotSet vtkTensorGridFilter::GetFocusSlots(std::size_t layers) const
{
  tensorview::SlotSet slots(this->Focus);
  return layers == 1 ? slots : tensorview::SlotSet();
}

bool vtkTensorGridFilter::ReadsBeside(
  vtkInformation* inputInformation, const std::vector<LayerShape>& shapes) const
{
  if (shapes.size() != 1 || this->AccumulateSnapshots > 1 ||
      (this->Order == ORDER_NORM && shapes[0].kind != tensorview::kinds::weight))
  {
    return false;
  }
  const tensorview::FilterExtents& filter = shapes[0].filter;
  vtkModelProvider* provider = vtkModelProvider::Get(inputInformation);
  return shapes[0].slots * filter.channels * filter.rows * filter.columns >
           this->ValuesReadTogether &&
         IsSource(inputInformation) && provider && provider->ReadsOnDemand() &&
         !provider->GetSnapshotSteps().empty() && this->KeepsLittle(shapes[0]);
}

int vtkTensorGridFilter::RequestUpdateExtent(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector*)
{
  vtkInformation* input = inputVector[0]->GetInformationObject(0);
  const std::vector<LayerShape> shapes = DescribeTensors(input, this->GetTensorName());
  this->Internal->beside = this->ReadsBeside(input, shapes);
  if (this->Internal->beside)
  {
    vtkTensorCollection::RequestNothing(input);
    return 1;
  }
  bool first = true;
  for (const LayerShape& shape : shapes)
  {
    first ? vtkTensorCollection::Request(input, shape.layer, shape.kind)
          : vtkTensorCollection::RequestToo(input, shape.layer, shape.kind);
    first = false;
    if (this->Order == ORDER_NORM &&
        DescribeTensor(input, { shape.layer, tensorview::kinds::weight, "" }))
    {
      vtkTensorCollection::RequestToo(input, shape.layer, tensorview::kinds::weight);
    }
  }
  return 1;
}

void vtkTensorGridFilter::Execute(
  vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  this->Internal->slotOfPlace.clear();
  const TensorName name = this->GetTensorName();
  const std::vector<std::string> names =
    ListLayers(vtkDataObject::GetData(inputVector[0], 0), name);
  if (names.empty())
  {
    // Says what there is if this is no network or nothing has the kind.
    LayerTensor first;
    this->Pick(inputVector, { "", name.kind, name.defaultKind }, true, first);
    return;
  }
  std::vector<GridLayer> layers;
  for (const std::string& layerName : names)
  {
    GridLayer layer;
    if (this->Pick(inputVector, { layerName, name.kind, name.defaultKind }, !this->Internal->beside,
          layer.tensor))
    {
      layers.push_back(std::move(layer));
    }
  }
  if (layers.empty())
  {
    return;
  }
  std::vector<LayerShape> shapes;
  for (const GridLayer& layer : layers)
  {
    shapes.push_back(layer.tensor.shape);
  }
  const std::vector<tensorview::GridFrame> frames = this->GetFrames(shapes);
  for (std::size_t i = 0; i < layers.size(); ++i)
  {
    layers[i].frame = frames[i];
    this->LookAt(inputVector, layers[i], shapes);
    if (this->CheckAbort())
    {
      return;
    }
    this->UpdateProgress(0.7 * static_cast<double>(i + 1) / static_cast<double>(layers.size()));
  }
  this->Draw(layers, outputVector);
  const int removedPort = this->GetNumberOfOutputPorts() - 1;
  this->Label(layers, vtkPolyData::GetData(outputVector, removedPort - 1),
    vtkPolyData::GetData(outputVector, removedPort));
}

void vtkTensorGridFilter::LookAt(
  vtkInformationVector** inputVector, GridLayer& layer, const std::vector<LayerShape>& shapes)
{
  this->Internal->summed = static_cast<std::size_t>(this->AccumulateSnapshots);
  layer.orderKeys.assign(static_cast<std::size_t>(layer.tensor.shape.slots), 0.0);
  if (this->Internal->beside)
  {
    this->LookBeside(inputVector[0]->GetInformationObject(0), layer);
  }
  else
  {
    this->FindKeys(inputVector, layer);
    if (this->AccumulateSnapshots > 1)
    {
      this->Accumulate(inputVector[0]->GetInformationObject(0), layer.tensor);
    }
    this->Look(layer, shapes);
  }
  layer.tensor.parts.clear();
  this->FindPlaces(layer);
  this->TellAbout(layer, shapes.size());
}

void vtkTensorGridFilter::LookBeside(vtkInformation* inputInformation, GridLayer& layer)
{
  using Pipeline = vtkStreamingDemandDrivenPipeline;
  std::int64_t piece = 0;
  std::int64_t pieces = 1;
  if (inputInformation->Has(Pipeline::UPDATE_NUMBER_OF_PIECES()))
  {
    piece = inputInformation->Get(Pipeline::UPDATE_PIECE_NUMBER());
    pieces = std::max(1, inputInformation->Get(Pipeline::UPDATE_NUMBER_OF_PIECES()));
  }
  const LayerShape& shape = layer.tensor.shape;
  const std::int64_t last = shape.slots * (piece + 1) / pieces;
  const std::int64_t perFilter = shape.filter.channels * shape.filter.rows * shape.filter.columns;
  const std::int64_t most =
    std::max<std::int64_t>(1, this->ValuesReadTogether / piecesOfLayer / perFilter);
  vtkModelProvider* provider = vtkModelProvider::Get(inputInformation);
  for (std::int64_t first = shape.slots * piece / pieces; first < last && !this->CheckAbort();
       first += most)
  {
    vtkTensorCollection::Part part;
    const auto step = static_cast<std::int64_t>(layer.tensor.step);
    if (!provider->ReadSnapshot(
          shape.layer, shape.kind, step, first, std::min(most, last - first), part.values))
    {
      throw std::runtime_error("the '" + shape.kind + "' of layer '" + shape.layer +
                               "' was not recorded at step " + std::to_string(step) +
                               ": choose a step that has it");
    }
    if (part.values.shape.size() == 0)
    {
      break; // filters were removed: there are fewer than slots
    }
    layer.tensor.parts = { std::move(part) };
    if (this->Order == ORDER_NORM)
    {
      AddNorms(layer.tensor.parts, layer.orderKeys);
    }
    this->Look(layer, { shape });
    this->UpdateProgress(0.7 * static_cast<double>(first) / static_cast<double>(last));
  }
}

void vtkTensorGridFilter::FindKeys(vtkInformationVector** inputVector, GridLayer& layer)
{
  const LayerShape& shape = layer.tensor.shape;
  if (this->Order == ORDER_GROUP)
  {
    AddGroups(layer.tensor.parts, layer.orderKeys);
  }
  else if (this->Order == ORDER_NORM && shape.kind == tensorview::kinds::weight)
  {
    AddNorms(layer.tensor.parts, layer.orderKeys);
  }
  else if (this->Order == ORDER_NORM)
  {
    try
    {
      LayerTensor weights;
      this->Pick(inputVector, { shape.layer, tensorview::kinds::weight, "" }, true, weights);
      AddNorms(weights.parts, layer.orderKeys);
    }
    catch (const std::runtime_error&)
    {
      // No weights, no norms: FindPlaces() tells it.
    }
  }
}

void vtkTensorGridFilter::Accumulate(vtkInformation* inputInformation, LayerTensor& tensor)
{
  Internals& p = *this->Internal;
  const auto snapshots = static_cast<std::size_t>(this->AccumulateSnapshots);
  p.summed = SnapshotSum::AddRecorded(vtkModelProvider::Get(inputInformation), tensor.shape.layer,
    tensor.shape.kind, tensor.step, snapshots, tensor.parts);
  if (p.summed == 0)
  {
    p.summed =
      p.passing[tensor.shape.layer].Add(tensor.shape.kind, tensor.step, snapshots, tensor.parts);
  }
}

void vtkTensorGridFilter::FindPlaces(GridLayer& layer)
{
  if (this->Order == ORDER_SLOT)
  {
    return;
  }
  RankExchange::Sum(layer.orderKeys);
  const bool known = std::any_of(
    layer.orderKeys.begin(), layer.orderKeys.end(), [](double key) { return key > 0.0; });
  if (!known)
  {
    this->AddNote("Filters of layer '" + layer.tensor.shape.layer +
                  "' are in the order of slots: " +
                  (this->Order == ORDER_NORM ? "it has no weights."
                                             : "it has no groups (put a PCCGrouping before)."));
    return;
  }
  if (this->Order == ORDER_NORM)
  {
    std::vector<std::optional<double>> norms;
    for (const double key : layer.orderKeys)
    {
      norms.push_back(key > 0.0 ? std::optional<double>(key) : std::nullopt);
    }
    layer.placeOfSlot = tensorview::placesByDescending(norms);
    return;
  }
  std::vector<std::optional<int>> groups;
  for (const double key : layer.orderKeys)
  {
    groups.push_back(key > 0.0 ? std::optional<int>(static_cast<int>(key) - 2) : std::nullopt);
  }
  layer.placeOfSlot = tensorview::placesByGroup(groups);
}

void vtkTensorGridFilter::TellAbout(const GridLayer& layer, std::size_t layers)
{
  const LayerShape& shape = layer.tensor.shape;
  std::vector<double> counts{ static_cast<double>(layer.summary.notFinite) };
  RankExchange::Sum(counts);
  if (counts[0] > 0.0)
  {
    this->AddNote(std::to_string(static_cast<std::int64_t>(counts[0])) + " values of '" +
                  shape.kind + "' of layer '" + shape.layer +
                  "' are not a number or infinite: they take no part in ranges and aggregates.");
  }
  const auto wanted = static_cast<std::size_t>(this->AccumulateSnapshots);
  if (this->Internal->summed < wanted)
  {
    this->AddNote("Only " + std::to_string(this->Internal->summed) + " of " +
                  std::to_string(wanted) + " snapshots are summed: there are no more yet.");
  }
  if (layers > 1 && !tensorview::SlotSet(this->Focus).empty())
  {
    this->AddNote("Focus is not used: it is of one layer, and several are shown.");
    return;
  }
  const std::string missing = this->GetFocusSlots(layers).missing(layer.PresentSlots());
  if (!missing.empty())
  {
    this->AddNote("Focus: layer '" + shape.layer + "' has no filters in the slots " + missing +
                  " (never there, or removed).");
  }
}

void vtkTensorGridFilter::Label(
  const std::vector<GridLayer>& layers, vtkPolyData* labels, vtkPolyData* removed)
{
  std::vector<tensorview::GridLayout> layouts;
  std::vector<std::vector<std::int32_t>> slots;
  for (const GridLayer& layer : layers)
  {
    layouts.push_back(this->GetLayout(layer.tensor.shape));
    slots.push_back(layer.PresentSlots());
  }
  if (layers.size() == 1)
  {
    this->Internal->layout = layouts[0];
    this->Internal->slotOfPlace.assign(static_cast<std::size_t>(layers[0].tensor.shape.slots), -1);
    for (const std::int32_t slot : slots[0])
    {
      this->Internal->slotOfPlace[static_cast<std::size_t>(layers[0].PlaceOf(slot))] = slot;
    }
  }
  if (RankExchange::IsRoot())
  {
    WriteGridLabels(layers, layouts, slots, labels);
    WriteRemovedPlaces(layers, layouts, removed);
  }
}
