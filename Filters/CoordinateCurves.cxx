#include "CoordinateCurves.h"

#include "LayerTensor.h"
#include "RankExchange.h"

#include "vtkModelProvider.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace CoordinateCurves
{
namespace
{
constexpr std::size_t dimensions = 3;

void Check(const Piece& piece)
{
  if (piece.history.values.size() != piece.history.step.size() * piece.triples * dimensions)
  {
    throw std::runtime_error("the source's history of coordinates has " +
                             std::to_string(piece.history.values.size()) + " values for " +
                             std::to_string(piece.history.step.size()) + " steps of " +
                             std::to_string(piece.triples * dimensions) + " coordinates");
  }
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

Triples Choose(const std::vector<vtkIdType>& coordinates, const std::string& layer,
  std::int64_t weights, std::string& note)
{
  if (coordinates.empty() || coordinates.size() % dimensions != 0)
  {
    throw std::runtime_error("Coordinates needs three indices for every curve, but has " +
                             std::to_string(coordinates.size()));
  }
  Triples triples;
  std::string leftOut;
  for (std::size_t i = 0; i < coordinates.size(); i += dimensions)
  {
    const auto begin = coordinates.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = begin + static_cast<std::ptrdiff_t>(dimensions);
    if (std::all_of(begin, end, [weights](vtkIdType c) { return c >= 0 && c < weights; }))
    {
      triples.coordinates.insert(triples.coordinates.end(), begin, end);
      triples.numbers.push_back(static_cast<int>(i / dimensions));
    }
    else
    {
      leftOut += " (" + std::to_string(begin[0]) + ", " + std::to_string(begin[1]) + ", " +
                 std::to_string(begin[2]) + ")";
    }
  }
  const std::string reason = "layer '" + layer + "' has " + std::to_string(weights) +
                             " weights, so indices go from 0 to " + std::to_string(weights - 1);
  if (triples.coordinates.empty())
  {
    throw std::runtime_error("none of Coordinates exists:" + leftOut + "; " + reason);
  }
  if (!leftOut.empty())
  {
    note = "Left out of Coordinates:" + leftOut + "; " + reason + ".";
  }
  return triples;
}

std::string NameAxes(const Triples& triples)
{
  constexpr std::size_t named = 6;
  const std::size_t curves = triples.numbers.size();
  std::string text = "weights";
  for (std::size_t i = 0; i < std::min(curves, named) * dimensions; ++i)
  {
    text += (i > 0 && i % dimensions == 0 ? ", " : " ") + std::to_string(triples.coordinates[i]);
  }
  return curves <= named ? text : text + ", ... (" + std::to_string(curves) + " curves)";
}

std::vector<Piece> Read(vtkModelProvider* provider, const std::string& layer,
  const Triples& triples, std::int64_t first, std::int64_t last)
{
  const std::vector<std::int64_t>& coordinates = triples.coordinates;
  Piece all;
  all.triples = coordinates.size() / dimensions;
  if (!provider->ReadCoordinates(layer, coordinates, first, last, all.history))
  {
    return {};
  }
  Check(all);
  if (all.history.everyStep || all.triples == 1)
  {
    return { all };
  }
  // Snapshots only: each triple by itself, so that one coordinate that is not tracked does not thin
  // out the others.
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
    Check(piece);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

bool HasEmpty(const std::vector<Piece>& pieces)
{
  return std::any_of(
    pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.history.step.empty(); });
}

void FillEmpty(std::vector<Piece>& pieces, const Piece& all)
{
  for (Piece& piece : pieces)
  {
    if (!piece.history.step.empty())
    {
      continue;
    }
    piece.history.step = all.history.step;
    for (std::size_t row = 0; row < all.history.step.size(); ++row)
    {
      const float* values =
        all.history.values.data() + (row * all.triples + piece.firstTriple) * dimensions;
      piece.history.values.insert(
        piece.history.values.end(), values, values + piece.triples * dimensions);
    }
  }
}

std::vector<TrajectoryCurve> Make(
  const std::vector<Piece>& pieces, const LayerShape& shape, const Triples& triples)
{
  const std::int64_t perFilter = shape.filter.channels * shape.filter.rows * shape.filter.columns;
  std::vector<TrajectoryCurve> curves;
  for (const Piece& piece : pieces)
  {
    for (std::size_t triple = 0; triple < piece.triples; ++triple)
    {
      const std::size_t number = piece.firstTriple + triple;
      TrajectoryCurve curve;
      curve.trajectory = triples.numbers[number];
      curve.cube = { curve.trajectory, 0 };
      curve.slot = static_cast<std::int32_t>(triples.coordinates[number * dimensions] / perFilter);
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

void Seen::add(const LayerTensor& tensor, const std::vector<std::int64_t>& coordinates)
{
  this->forgetOthers(tensor.shape.layer, coordinates);
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
  this->values_[static_cast<std::int64_t>(tensor.step)] = values;
}

Piece Seen::history(
  const std::string& layer, const Triples& triples, std::int64_t first, std::int64_t last)
{
  this->forgetOthers(layer, triples.coordinates);
  Piece piece;
  piece.triples = triples.coordinates.size() / dimensions;
  for (const auto& [step, values] : this->values_)
  {
    if (step >= first && step <= last)
    {
      piece.history.step.push_back(step);
      piece.history.values.insert(piece.history.values.end(), values.begin(), values.end());
    }
  }
  return piece;
}

void Seen::forgetOthers(const std::string& layer, const std::vector<std::int64_t>& coordinates)
{
  if (this->layer_ != layer || this->coordinates_ != coordinates)
  {
    this->layer_ = layer;
    this->coordinates_ = coordinates;
    this->values_.clear();
  }
}

}
