#ifndef MergePrediction_h
#define MergePrediction_h

#include "Core/Grouping.h"
#include "LayerTensor.h"
#include "vtkModelProvider.h"

#include <vector>

/// What merging the groups of a layer would change, see Filters/Core/MergeError.h. Collective.
namespace MergePrediction
{

/// The Gram matrix of rank 0 on every rank; empty if it has none, or none of these filters.
tensorview::GramMatrix Share(
  const tensorview::GramMatrix& own, const std::vector<std::int32_t>& slots);

/// Of each group the relative change of the next layers' input sums if all its filters but the
/// survivor are removed and rebuilt from all others.
/// @param gram of `slots`, on every rank
/// @param next weights of the layers that the filters feed, those of this rank
/// @throws std::runtime_error on every rank if the filters do not feed one of these layers
std::vector<double> PredictErrors(const tensorview::GramMatrix& gram,
  const std::vector<LayerTensor>& next, const tensorview::Grouping& grouping);

}

#endif
