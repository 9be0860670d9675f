#include "TrainingModel.h"

#include <cmath>
#include <stdexcept>

namespace tensorview
{

namespace
{
[[noreturn]] void refuse()
{
  throw std::runtime_error("this network cannot be edited");
}
}

EditPreview previewEdit(
  EditStudy& study, const EditRequest& request, DataPart part, const std::function<bool()>& proceed)
{
  EditPreview preview;
  preview.plan = study.plan(request, proceed);
  if (request.measure || !std::isnan(request.accuracyTolerance))
  {
    preview.accuracyBefore = study.evaluate(nullptr, part, proceed).accuracy;
    preview.accuracyAfter = study.evaluate(&preview.plan, part, proceed).accuracy;
  }
  return preview;
}

std::unique_ptr<EditStudy> TrainingModel::study() const
{
  refuse();
}

EditReport TrainingModel::applyEdit(const EditPlan& /*plan*/)
{
  refuse();
}

std::shared_ptr<const ModelState> TrainingModel::keepState() const
{
  refuse();
}

void TrainingModel::restoreState(const ModelState& /*state*/)
{
  refuse();
}

EditReport TrainingModel::setFrozen(
  const std::string& /*layer*/, const std::vector<int>& /*slots*/, bool /*frozen*/)
{
  refuse();
}

} // namespace tensorview
