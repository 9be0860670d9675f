#ifndef RankExchange_h
#define RankExchange_h

#include "vtkTensorCollection.h"

#include <vector>

/// What the ranks of a parallel server tell each other. Without MPI everything returns what it was
/// given. Every function is collective: all ranks must call it.
class vtkInformationVector;

namespace RankExchange
{

/// True on the rank that emits what is not distributed.
bool IsRoot();

/// The largest value of all ranks.
double Maximum(double value);

/// Not collective. In REQUEST_UPDATE_EXTENT: the images of `outputVector` are drawn by rank 0
/// alone, other ranks are content with empty ones. Else the executive of those ranks would find
/// less data than was promised and execute once more, alone, and wait for the others for ever.
void ExpectImagesOnRootOnly(vtkInformationVector* outputVector);

/// Sums of all ranks, element by element.
void Sum(std::vector<double>& values);

/// All filters of all ranks as one part, in slot order where ranks hold contiguous ranges: on every
/// rank, or on rank 0 only (elsewhere a part without filters).
vtkTensorCollection::Part Gather(
  const std::vector<vtkTensorCollection::Part>& parts, bool onEveryRank);

}

#endif
