#include "vtkTrajectory.h"

#include "LayerTensor.h"
#include "RankExchange.h"
#include "TrajectoryLines.h"

#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkObjectFactory.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

vtkStandardNewMacro(vtkTrajectory);

namespace
{
using tensorview::CoordinateHistory;
constexpr std::size_t dimensions = 3;

std::int64_t LastOf(vtkIdType lastStep)
{
  return lastStep < 0 ? std::numeric_limits<std::int64_t>::max() : lastStep;
}

/// History of some coordinates and where the first of them stands in the list of all.
struct Piece
{
  CoordinateHistory history;
  std::size_t firstTriple = 0;
  std::size_t triples = 0;
};

/// Reads everything at once; where that gives snapshots only, each triple by itself, so that one
/// coordinate that is not tracked does not thin out the others. Nothing if there is no history.
std::vector<Piece> ReadHistory(vtkModelProvider* provider, const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t first, std::int64_t last)
{
  Piece all;
  all.triples = coordinates.size() / dimensions;
  if (!provider->ReadCoordinates(layer, coordinates, first, last, all.history))
  {
    return {};
  }
  if (all.history.everyStep || all.triples == 1)
  {
    return { all };
  }
  std::vector<Piece> pieces;
  for (std::size_t triple = 0; triple < all.triples; ++triple)
  {
    Piece piece;
    piece.firstTriple = triple;
    piece.triples = 1;
    const auto begin = coordinates.begin() + static_cast<std::ptrdiff_t>(triple * dimensions);
    if (!provider->ReadCoordinates(
          layer, { begin, begin + dimensions }, first, last, piece.history))
    {
      return { all };
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

void CheckHistory(const Piece& piece)
{
  if (piece.history.values.size() != piece.history.step.size() * piece.triples * dimensions)
  {
    throw std::runtime_error("the source's history of coordinates has " +
                             std::to_string(piece.history.values.size()) + " values for " +
                             std::to_string(piece.history.step.size()) + " steps of " +
                             std::to_string(piece.triples * dimensions) + " coordinates");
  }
}

std::vector<TrajectoryCurve> MakeCurves(const std::vector<Piece>& pieces, const LayerShape& shape,
  const std::vector<std::int64_t>& coordinates, const std::vector<int>& numbers)
{
  const std::int64_t perFilter = shape.filter.channels * shape.filter.rows * shape.filter.columns;
  std::vector<TrajectoryCurve> curves;
  for (const Piece& piece : pieces)
  {
    CheckHistory(piece);
    for (std::size_t triple = 0; triple < piece.triples; ++triple)
    {
      TrajectoryCurve curve;
      curve.trajectory = numbers[piece.firstTriple + triple];
      curve.slot = static_cast<std::int32_t>(
        coordinates[(piece.firstTriple + triple) * dimensions] / perFilter);
      curve.filterId = FilterId(shape.layerId, curve.slot);
      curve.step = piece.history.step;
      curve.values.reserve(curve.step.size() * dimensions);
      for (std::size_t row = 0; row < curve.step.size(); ++row)
      {
        const float* values =
          piece.history.values.data() + (row * piece.triples + triple) * dimensions;
        curve.values.insert(curve.values.end(), values, values + dimensions);
      }
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}

/// Value of a coordinate in the parts of this rank; false if it is not there.
bool FindWeight(const LayerTensor& tensor, std::int64_t coordinate, float& value)
{
  const tensorview::FilterExtents& extents = tensor.shape.filter;
  const std::int64_t window = extents.rows * extents.columns;
  const std::int64_t slot = coordinate / (extents.channels * window);
  const std::int64_t channel = coordinate / window % extents.channels;
  for (const vtkTensorCollection::Part& part : tensor.parts)
  {
    const auto& slots = part.values.slot;
    const auto& channels = part.values.channelSlot;
    const auto foundSlot = std::find(slots.begin(), slots.end(), slot);
    const auto foundChannel = std::find(channels.begin(), channels.end(), channel);
    if (foundSlot != slots.end() && foundChannel != channels.end())
    {
      const std::int64_t index = ((foundSlot - slots.begin()) * part.values.shape.channels +
                                   (foundChannel - channels.begin())) *
                                   window +
                                 coordinate % window;
      value = part.values.data.get()[index];
      return true;
    }
  }
  return false;
}
}

vtkTrajectory::vtkTrajectory()
  : vtkTensorFilter(tensorview::kinds::weight)
  , Coordinates{ 0, 1, 2, 3, 4, 5, 6, 7, 8 }
{
}

vtkTrajectory::~vtkTrajectory() = default;

void vtkTrajectory::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Coordinates:";
  for (const vtkIdType index : this->Coordinates)
  {
    os << " " << index;
  }
  os << "\n";
  os << indent << "Arrangement: " << this->Arrangement << "\n";
  os << indent << "FirstStep: " << this->FirstStep << "\n";
  os << indent << "LastStep: " << this->LastStep << "\n";
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

int vtkTrajectory::FillOutputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkPolyData");
  return 1;
}

void vtkTrajectory::Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  vtkInformation* input = inputVector[0]->GetInformationObject(0);
  vtkModelProvider* provider = vtkModelProvider::Get(input);
  const std::optional<LayerShape> shape = DescribeTensor(input, this->GetTensorName());
  CoordinateHistory none;
  if (provider && shape && provider->ReadCoordinates(shape->layer, {}, 0, 0, none))
  {
    // The output is the same at every time: no need to run again when it changes.
    vtkInformation* output = outputVector->GetInformationObject(0);
    output->Remove(vtkStreamingDemandDrivenPipeline::TIME_STEPS());
    output->Remove(vtkStreamingDemandDrivenPipeline::TIME_RANGE());
  }
}

std::vector<std::int64_t> vtkTrajectory::CheckCoordinates(
  const std::string& layer, std::int64_t weights, std::vector<int>& numbers)
{
  if (this->Coordinates.empty() || this->Coordinates.size() % dimensions != 0)
  {
    throw std::runtime_error("Coordinates needs three indices for every curve, but has " +
                             std::to_string(this->Coordinates.size()));
  }
  std::vector<std::int64_t> coordinates;
  std::string leftOut;
  for (std::size_t i = 0; i < this->Coordinates.size(); i += dimensions)
  {
    const auto begin = this->Coordinates.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = begin + static_cast<std::ptrdiff_t>(dimensions);
    if (std::all_of(begin, end, [weights](vtkIdType c) { return c >= 0 && c < weights; }))
    {
      coordinates.insert(coordinates.end(), begin, end);
      numbers.push_back(static_cast<int>(i / dimensions));
    }
    else
    {
      leftOut += " (" + std::to_string(begin[0]) + ", " + std::to_string(begin[1]) + ", " +
                 std::to_string(begin[2]) + ")";
    }
  }
  const std::string reason = "layer '" + layer + "' has " + std::to_string(weights) +
                             " weights, so indices go from 0 to " + std::to_string(weights - 1);
  if (coordinates.empty())
  {
    throw std::runtime_error("none of Coordinates exists:" + leftOut + "; " + reason);
  }
  if (!leftOut.empty())
  {
    this->AddNote("Left out of Coordinates:" + leftOut + "; " + reason + ".");
  }
  return coordinates;
}

CoordinateHistory vtkTrajectory::Accumulate(vtkInformationVector** inputVector,
  const std::string& layer, const std::vector<std::int64_t>& coordinates)
{
  if (this->SeenValues.layer != layer || this->SeenValues.coordinates != coordinates)
  {
    this->SeenValues = { layer, coordinates, {} };
  }
  LayerTensor tensor;
  if (this->Pick(inputVector, tensor))
  {
    const std::size_t count = coordinates.size();
    std::vector<double> found(2 * count, 0.0); // values, then how many ranks have them
    for (std::size_t i = 0; i < count; ++i)
    {
      float value = 0.0F;
      if (FindWeight(tensor, coordinates[i], value))
      {
        found[i] = static_cast<double>(value);
        found[count + i] = 1.0;
      }
    }
    RankExchange::Sum(found);
    std::vector<float> values(count, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < count; ++i)
    {
      values[i] = found[count + i] > 0.0 ? static_cast<float>(found[i]) : values[i];
    }
    this->SeenValues.values[static_cast<std::int64_t>(tensor.step)] = values;
  }
  CoordinateHistory history;
  for (const auto& [step, values] : this->SeenValues.values)
  {
    if (step >= this->FirstStep && step <= LastOf(this->LastStep))
    {
      history.step.push_back(step);
      history.values.insert(history.values.end(), values.begin(), values.end());
    }
  }
  return history;
}

void vtkTrajectory::Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  vtkInformation* inputInformation = inputVector[0]->GetInformationObject(0);
  std::optional<LayerShape> shape = DescribeTensor(inputInformation, this->GetTensorName());
  if (!shape)
  {
    LayerTensor tensor;
    if (!this->Pick(inputVector, tensor))
    {
      return;
    }
    shape = tensor.shape;
  }
  std::vector<int> numbers;
  const std::vector<std::int64_t> coordinates = this->CheckCoordinates(shape->layer,
    shape->slots * shape->filter.channels * shape->filter.rows * shape->filter.columns, numbers);

  std::vector<Piece> pieces;
  vtkModelProvider* provider = vtkModelProvider::Get(inputInformation);
  if (provider && RankExchange::IsRoot())
  {
    pieces =
      ReadHistory(provider, shape->layer, coordinates, this->FirstStep, LastOf(this->LastStep));
  }
  if (RankExchange::Maximum(static_cast<double>(pieces.size())) == 0.0)
  {
    Piece seen;
    seen.triples = coordinates.size() / dimensions;
    seen.history = this->Accumulate(inputVector, shape->layer, coordinates);
    pieces = { seen };
    this->AddNote("The source keeps no history: the curves consist of the steps that were shown.");
  }
  else if (!std::all_of(pieces.begin(), pieces.end(),
             [](const Piece& piece) { return piece.history.everyStep; }))
  {
    this->AddNote("Some of these weights of layer '" + shape->layer +
                  "' are not tracked at every step: their points are the snapshots.");
  }
  if (RankExchange::IsRoot())
  {
    WriteTrajectoryLines(MakeCurves(pieces, *shape, coordinates, numbers),
      this->Arrangement == SIDE_BY_SIDE, vtkPolyData::GetData(outputVector, 0));
  }
}
