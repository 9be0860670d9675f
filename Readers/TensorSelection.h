#ifndef TENSORVIEW_TENSOR_SELECTION_H
#define TENSORVIEW_TENSOR_SELECTION_H

#include "Core/TensorTypes.h"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace tensorview
{

/// Which tensors the user has selected, by "<layer>/<kind>"; a choice may be made before there are
/// any. All are selected at first.
class TensorSelection
{
public:
  /// The tensors to choose from.
  void setTensors(const std::vector<TensorDescription>& tensors);

  int size() const { return static_cast<int>(this->names_.size()); }
  /// Null if there is none of that number.
  const char* name(int index) const;
  bool isSelected(const std::string& name) const { return this->unselected_.count(name) == 0; }
  bool isSelected(std::size_t tensor) const { return this->isSelected(this->names_.at(tensor)); }
  /// True if that changes anything.
  bool select(const std::string& name, bool selected);

private:
  std::vector<std::string> names_;
  std::set<std::string> unselected_;
};

} // namespace tensorview

#endif
