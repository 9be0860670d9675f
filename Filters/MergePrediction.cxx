#include "MergePrediction.h"

#include "Core/MergeError.h"
#include "Core/OutgoingWeights.h"
#include "RankExchange.h"
#include "SmpParallelFor.h"

#include <stdexcept>

tensorview::GramMatrix MergePrediction::Share(
  const tensorview::GramMatrix& own, const std::vector<std::int32_t>& slots)
{
  tensorview::GramMatrix shared;
  const bool isRight = RankExchange::IsRoot() && !own.empty() && own.slot == slots;
  if (RankExchange::Maximum(isRight ? 1.0 : 0.0) == 0.0)
  {
    return shared;
  }
  shared.layer = own.layer;
  shared.slot = slots;
  shared.values.resize((slots.size() + 1) * (slots.size() + 1), 0.0);
  if (isRight)
  {
    shared.values = own.values;
  }
  RankExchange::Sum(shared.values);
  return shared;
}

std::vector<double> MergePrediction::PredictErrors(const tensorview::GramMatrix& gram,
  const std::vector<LayerTensor>& next, const tensorview::Grouping& grouping)
{
  const std::size_t filters = gram.slot.size();
  std::vector<double> outgoing(filters * filters, 0.0);
  std::string problem;
  for (const LayerTensor& tensor : next)
  {
    for (const vtkTensorCollection::Part& part : tensor.parts)
    {
      try
      {
        const tensorview::FilterValues weights = ViewOf(part);
        tensorview::addOutgoingProducts(
          weights, gram.slot, outgoing, SmpParallelFor(weights.filters * weights.filterSize()));
      }
      catch (const std::exception& reason)
      {
        problem = "layer '" + tensor.shape.layer + "': " + reason.what();
      }
    }
  }
  if (RankExchange::Maximum(problem.empty() ? 0.0 : 1.0) > 0.0)
  {
    throw std::runtime_error(problem.empty() ? "another rank cannot use its weights" : problem);
  }
  RankExchange::Sum(outgoing);

  const tensorview::Reconstruction reconstruction(gram.values, filters);
  std::vector<double> errors;
  for (const std::vector<std::size_t>& members : grouping.members)
  {
    const std::vector<std::size_t> dropped(members.begin() + 1, members.end());
    errors.push_back(tensorview::outputError(
      gram.values, outgoing, dropped, reconstruction.coefficients(dropped)));
  }
  return errors;
}
