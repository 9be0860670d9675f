#include "TrainingModel.h"

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
