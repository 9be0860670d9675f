#include "TensorSelection.h"

namespace tensorview
{

void TensorSelection::setTensors(const std::vector<TensorDescription>& tensors)
{
  this->names_.clear();
  for (const TensorDescription& tensor : tensors)
  {
    this->names_.push_back(tensor.layer + "/" + tensor.kind);
  }
}

const char* TensorSelection::name(int index) const
{
  return index >= 0 && index < this->size() ? this->names_[static_cast<std::size_t>(index)].c_str()
                                            : nullptr;
}

bool TensorSelection::select(const std::string& name, bool selected)
{
  return selected ? this->unselected_.erase(name) != 0 : this->unselected_.insert(name).second;
}

} // namespace tensorview
