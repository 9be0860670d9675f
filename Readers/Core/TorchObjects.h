#ifndef TENSORVIEW_TORCH_OBJECTS_H
#define TENSORVIEW_TORCH_OBJECTS_H

#include "ElementType.h"
#include "PickleMachine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// A run of elements beside the pickle that tensors are views of.
struct TorchStorage
{
  std::string key;                 ///< its name in the archive: data/<key>
  std::optional<ElementType> type; ///< none if it is bytes only, or of a type that is not read
  std::uint64_t bytes = 0;         ///< 0 if the type is not read
  std::string problem;             ///< why the type is not read
};

/// A tensor as the pickle describes it, its range checked against its storage.
struct TorchTensor
{
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides; ///< in elements; empty = C order without gaps
  ElementType type = ElementType::Float32;
  std::size_t storage = 0;  ///< into TorchObjects::storages
  std::uint64_t offset = 0; ///< of the first element, in bytes from the start of the storage
  std::string problem;      ///< not empty: why it cannot be read; then storage and offset are void
};

/// What the names in a file of torch.save mean: tensors, their storages, and the containers they
/// lie in. Every other name is refused; nothing is executed.
class TorchObjects : public PickleObjects
{
public:
  PickleValue findClass(std::string_view module, std::string_view name) override;
  PickleValue call(
    PickleMachine& machine, const PickleValue& callee, const PickleParts& arguments) override;
  PickleValue findPersistent(PickleMachine& machine, const PickleValue& id) override;

  const TorchStorage& storage(std::size_t index) const { return this->storages_.at(index); }
  /// Of a value of kind Tensor.
  const TorchTensor& tensor(const PickleValue& value) const
  {
    return this->tensors_.at(static_cast<std::size_t>(value.number));
  }

private:
  PickleValue add(PickleMachine& machine, TorchTensor tensor);
  PickleValue rebuild(PickleMachine& machine, const PickleParts& arguments, int version);

  std::vector<TorchStorage> storages_;
  std::vector<TorchTensor> tensors_;
};

} // namespace tensorview

#endif
