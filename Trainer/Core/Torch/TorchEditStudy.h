#ifndef TENSORVIEW_TORCH_EDIT_STUDY_H
#define TENSORVIEW_TORCH_EDIT_STUDY_H

#include "../Network/DataOrder.h"
#include "../TrainingModel.h"
#include "ImageStore.h"
#include "NetworkData.h"
#include "NetworkExecutor.h"

#include <memory>

namespace tensorview
{

/// The images that a study looks at; they share their memory with the training's.
struct StudyImages
{
  ImageStore training;
  ImageStore validation;
  ImageStore test;
  DataOrder order;
};

/// See EditStudy.
class TorchEditStudy final : public EditStudy
{
public:
  /// @param network a copy of its own, values only
  /// @param threads that it computes with
  TorchEditStudy(NetworkData network, StudyImages images, at::MemoryFormat format,
    std::int64_t step, double epoch, int threads);

  EditPlan plan(const EditRequest& request, const std::function<bool()>& proceed) override;
  Evaluation evaluate(
    const EditPlan* plan, DataPart part, const std::function<bool()>& proceed) override;

private:
  NetworkData network_;
  StudyImages images_;
  at::MemoryFormat format_;
  NetworkExecutor executor_;
  std::int64_t step_;
  double epoch_;
  int threads_;
};

} // namespace tensorview

#endif
