#include "PickleTensors.h"

#include "PickleMachine.h"
#include "TorchObjects.h"
#include "UniqueNames.h"

#include <unordered_set>
#include <utility>

namespace tensorview
{
namespace
{

constexpr std::size_t deepestNesting = 100;
constexpr std::size_t longestName = 4096;
/// Of all names together: deep paths of long keys multiply.
constexpr std::size_t mostNameBytes = 64 << 20;

/// Walks through the containers and collects tensors under their paths.
class TensorCollector
{
public:
  TensorCollector(const PickleMachine& machine, const TorchObjects& objects)
    : machine_(machine)
    , objects_(objects)
  {
  }

  std::vector<PickledTensor> collect(const PickleValue& root)
  {
    this->visit(root, "");
    return std::move(this->tensors_);
  }

private:
  void visit(const PickleValue& value, const std::string& path)
  {
    switch (value.kind)
    {
      case PickleKind::Tensor:
        this->add(this->objects_.tensor(value), path);
        break;
      case PickleKind::Tuple:
      case PickleKind::List:
      case PickleKind::Dictionary:
        // Neither twice nor round in circles.
        if (this->visited_.insert(value.number).second)
        {
          if (++this->depth_ > deepestNesting)
          {
            throw TensorFileError("its pickle nests more than " + std::to_string(deepestNesting) +
                                  " containers in each other");
          }
          this->visitParts(value, path);
          --this->depth_;
        }
        break;
      default:
        break;
    }
  }

  void visitParts(const PickleValue& container, const std::string& path)
  {
    const PickleParts& parts = this->machine_.parts(container);
    const bool keyed = container.kind == PickleKind::Dictionary;
    for (std::size_t i = 0; i < parts.size(); i += keyed ? 2 : 1)
    {
      const PickleValue& value = parts[keyed ? i + 1 : i];
      if (value.kind >= PickleKind::Tuple)
      {
        const std::string key = keyed ? this->keyText(parts[i], i / 2) : std::to_string(i);
        this->visit(value, path.empty() ? key : path + "." + key);
      }
    }
  }

  std::string keyText(const PickleValue& key, std::size_t number) const
  {
    switch (key.kind)
    {
      case PickleKind::Text:
        return printableText(this->machine_.text(key).substr(0, longestName + 1));
      case PickleKind::Integer:
        return std::to_string(key.number);
      default:
        return "(key " + std::to_string(number) + ")";
    }
  }

  void add(const TorchTensor& tensor, const std::string& path)
  {
    PickledTensor added;
    added.entry.name = this->uniqueName(path.empty() ? "tensor" : path);
    added.entry.shape = tensor.shape;
    added.entry.type = tensor.type;
    added.entry.problem = tensor.problem;
    if (tensor.problem.empty())
    {
      const TorchStorage& storage = this->objects_.storage(tensor.storage);
      added.entry.strides = tensor.strides;
      added.entry.offset = tensor.offset;
      added.storage = storage.key;
      added.storageBytes = storage.bytes;
    }
    this->tensors_.push_back(std::move(added));
  }

  std::string uniqueName(const std::string& path)
  {
    this->nameBytes_ += path.size();
    if (path.size() > longestName || this->nameBytes_ > mostNameBytes)
    {
      throw TensorFileError(
        "its pickle gives tensors names that are too long: " + quotedText(path));
    }
    return this->names_.give(path);
  }

  const PickleMachine& machine_;
  const TorchObjects& objects_;
  std::vector<PickledTensor> tensors_;
  std::unordered_set<std::int64_t> visited_;
  UniqueNames names_;
  std::size_t nameBytes_ = 0;
  std::size_t depth_ = 0;
};

} // namespace

std::vector<PickledTensor> readPickledTensors(std::string_view pickle)
{
  TorchObjects objects;
  PickleMachine machine(pickle, objects);
  const PickleValue root = machine.run();
  return TensorCollector(machine, objects).collect(root);
}

} // namespace tensorview
