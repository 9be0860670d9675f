#include "TorchEditStudy.h"

#include "../Network/EditPlanner.h"
#include "MergeStatistics.h"
#include "NetworkEvaluation.h"
#include "Surgery.h"
#include "TorchWords.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <utility>

namespace tensorview
{

TorchEditStudy::TorchEditStudy(NetworkData network, StudyImages images, at::MemoryFormat format,
  std::int64_t step, double epoch, int threads)
  : network_(std::move(network))
  , images_(std::move(images))
  , format_(format)
  , executor_(
      this->network_.graph, this->network_.store, format, this->network_.store.values.is_cpu())
  , step_(step)
  , epoch_(epoch)
  , threads_(threads)
{
}

EditPlan TorchEditStudy::plan(const EditRequest& request, const std::function<bool()>& proceed)
{
  return inWords("planning an edit",
    [&]
    {
      const c10::InferenceMode guard;
      at::set_num_threads(this->threads_);
      const EditScope scope = findEditScope(this->network_.graph, this->network_.slots, request);
      const RemovalStatistics statistics = gatherStatistics(this->network_, this->executor_,
        request, scope, { this->images_.training, this->images_.order, this->step_ }, proceed);
      return planEdit(this->network_.graph, this->network_.slots, request, statistics, this->step_);
    });
}

Evaluation TorchEditStudy::evaluate(
  const EditPlan* plan, DataPart part, const std::function<bool()>& proceed)
{
  return inWords("an evaluation",
    [&]
    {
      const c10::InferenceMode guard;
      at::set_num_threads(this->threads_);
      const ImageStore& images =
        part == DataPart::Validation ? this->images_.validation : this->images_.test;
      const std::int64_t atOnce = evaluationChunk(this->network_.graph);
      Evaluation result;
      if (plan == nullptr)
      {
        result = evaluateNetwork(this->executor_, images, atOnce, proceed);
      }
      else
      {
        NetworkData edited = removeFilters(this->network_, *plan, this->step_);
        NetworkExecutor executor(
          edited.graph, edited.store, this->format_, edited.store.values.is_cpu());
        result = evaluateNetwork(executor, images, atOnce, proceed);
      }
      result.step = this->step_;
      result.epoch = this->epoch_;
      return result;
    });
}

} // namespace tensorview
