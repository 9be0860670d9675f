#ifndef RankExchange_h
#define RankExchange_h

#include "vtkTensorCollection.h"

#include <cstdint>
#include <vector>

/// What the ranks of a parallel server tell each other. Without MPI everything returns what it was
/// given. Every function is collective: all ranks must call it.
class vtkInformationVector;

namespace RankExchange
{

/// True on the rank that emits what is not distributed.
bool IsRoot();

/// Not collective. This process and how many there are.
struct Place
{
  int rank = 0;
  int ranks = 1;
};
Place Here();

/// The largest value of all ranks.
double Maximum(double value);

/// Not collective. In REQUEST_UPDATE_EXTENT: the images of `outputVector` are drawn by rank 0
/// alone, other ranks are content with empty ones. Else the executive of those ranks would find
/// less data than was promised and execute once more, alone, and wait for the others for ever.
void ExpectImagesOnRootOnly(vtkInformationVector* outputVector);

/// Sums of all ranks, element by element.
void Sum(std::vector<double>& values);
/// Largest values of all ranks, element by element.
void Maximum(std::vector<std::uint8_t>& values);

/// The values of all ranks behind one another, on every rank.
std::vector<float> Concatenate(const std::vector<float>& values);
std::vector<std::int32_t> Concatenate(const std::vector<std::int32_t>& values);

/// Not collective. The parts of this rank behind one another; what is one already is not copied.
vtkTensorCollection::Part Merge(const std::vector<vtkTensorCollection::Part>& parts);

/// All filters of all ranks as one part, in slot order where ranks hold contiguous ranges: on every
/// rank, or on rank 0 only (elsewhere a part without filters).
vtkTensorCollection::Part Gather(
  const std::vector<vtkTensorCollection::Part>& parts, bool onEveryRank);

}

#endif
