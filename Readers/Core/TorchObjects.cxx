#include "TorchObjects.h"

#include "TensorFileError.h"
#include "TensorGeometry.h"

#include <algorithm>
#include <utility>

namespace tensorview
{
namespace
{

/// What calling a known name gives.
enum class Role : std::uint8_t
{
  Dictionary,
  Sequence,     ///< its first argument
  Inert,        ///< nothing of interest
  ElementType,  ///< not called
  TypedStorage, ///< not called
  UntypedStorage,
  OtherStorage, ///< of a type that is not read
  Rebuild,      ///< a tensor: storage, offset, shape, strides
  RebuildTyped, ///< the same with the type as seventh argument
  First,        ///< its first argument, which is a tensor
  Delegate,     ///< its first argument called with its third
  UnreadTensor  ///< a tensor that cannot be read
};

struct KnownName
{
  const char* module;
  const char* name;
  Role role;
  ElementType type = ElementType::Float32;
  const char* problem = "";
  int shapeArgument = -1; ///< of an unread tensor
};

constexpr const char* complexProblem =
  "holds complex numbers, which TensorView does not read; save torch.view_as_real of it";
constexpr const char* quantisedProblem =
  "is quantised, which TensorView does not read; save its dequantize()";
constexpr const char* sparseProblem =
  "is sparse, which TensorView does not read; save its to_dense()";
constexpr const char* numpyProblem =
  "is an array of NumPy within a file of PyTorch, which TensorView does not read; save "
  "torch.from_numpy of it";
constexpr const char* bitsProblem =
  "has elements smaller than a byte or without a value, which TensorView does not read";

/// What torch.load(weights_only=True) takes as well (torch/_weights_only_unpickler.py), and
/// containers that state dicts come in.
constexpr KnownName knownNames[] = {
  { "collections", "OrderedDict", Role::Dictionary },
  { "collections", "defaultdict", Role::Dictionary },
  { "collections", "Counter", Role::Dictionary },
  { "builtins", "dict", Role::Dictionary },
  { "builtins", "list", Role::Sequence },
  { "builtins", "tuple", Role::Sequence },
  { "builtins", "set", Role::Sequence },
  { "builtins", "frozenset", Role::Sequence },
  { "torch", "Size", Role::Sequence },
  { "builtins", "int", Role::Inert },
  { "builtins", "float", Role::Inert },
  { "builtins", "bool", Role::Inert },
  { "builtins", "str", Role::Inert },
  { "builtins", "complex", Role::Inert },
  { "builtins", "bytearray", Role::Inert },
  { "_codecs", "encode", Role::Inert },
  { "torch", "device", Role::Inert },
  { "torch", "Tensor", Role::Inert },
  { "torch.nn.parameter", "Parameter", Role::Inert },
  { "torch.nn.parameter", "Buffer", Role::Inert },
  { "torch.serialization", "_get_layout", Role::Inert },
  { "torch", "per_tensor_affine", Role::Inert },
  { "torch", "per_tensor_symmetric", Role::Inert },
  { "torch", "per_channel_affine", Role::Inert },
  { "torch", "per_channel_symmetric", Role::Inert },
  { "torch", "per_channel_affine_float_qparams", Role::Inert },

  // Of NumPy: numbers, and what its random state is saved with.
  { "numpy", "dtype", Role::Inert },
  { "numpy", "ndarray", Role::Inert },
  { "numpy.core.multiarray", "scalar", Role::Inert },
  { "numpy._core.multiarray", "scalar", Role::Inert },
  { "numpy.core.multiarray", "_reconstruct", Role::UnreadTensor, ElementType::Float32,
    numpyProblem },
  { "numpy._core.multiarray", "_reconstruct", Role::UnreadTensor, ElementType::Float32,
    numpyProblem },

  { "torch", "bool", Role::ElementType, ElementType::Bool },
  { "torch", "uint8", Role::ElementType, ElementType::UInt8 },
  { "torch", "int8", Role::ElementType, ElementType::Int8 },
  { "torch", "uint16", Role::ElementType, ElementType::UInt16 },
  { "torch", "int16", Role::ElementType, ElementType::Int16 },
  { "torch", "uint32", Role::ElementType, ElementType::UInt32 },
  { "torch", "int32", Role::ElementType, ElementType::Int32 },
  { "torch", "uint64", Role::ElementType, ElementType::UInt64 },
  { "torch", "int64", Role::ElementType, ElementType::Int64 },
  { "torch", "float8_e4m3fn", Role::ElementType, ElementType::Float8E4M3 },
  { "torch", "float8_e5m2", Role::ElementType, ElementType::Float8E5M2 },
  { "torch", "float16", Role::ElementType, ElementType::Float16 },
  { "torch", "bfloat16", Role::ElementType, ElementType::BFloat16 },
  { "torch", "float32", Role::ElementType, ElementType::Float32 },
  { "torch", "float64", Role::ElementType, ElementType::Float64 },
  { "torch", "complex32", Role::Inert, ElementType::Float32, complexProblem },
  { "torch", "complex64", Role::Inert, ElementType::Float32, complexProblem },
  { "torch", "complex128", Role::Inert, ElementType::Float32, complexProblem },
  { "torch", "quint8", Role::Inert, ElementType::Float32, quantisedProblem },
  { "torch", "qint8", Role::Inert, ElementType::Float32, quantisedProblem },
  { "torch", "qint32", Role::Inert, ElementType::Float32, quantisedProblem },
  { "torch", "quint4x2", Role::Inert, ElementType::Float32, quantisedProblem },
  { "torch", "quint2x4", Role::Inert, ElementType::Float32, quantisedProblem },
  { "torch", "float8_e4m3fnuz", Role::Inert, ElementType::Float32, bitsProblem },
  { "torch", "float8_e5m2fnuz", Role::Inert, ElementType::Float32, bitsProblem },
  { "torch", "float8_e8m0fnu", Role::Inert, ElementType::Float32, bitsProblem },
  { "torch", "float4_e2m1fn_x2", Role::Inert, ElementType::Float32, bitsProblem },

  { "torch", "BoolStorage", Role::TypedStorage, ElementType::Bool },
  { "torch", "ByteStorage", Role::TypedStorage, ElementType::UInt8 },
  { "torch", "CharStorage", Role::TypedStorage, ElementType::Int8 },
  { "torch", "ShortStorage", Role::TypedStorage, ElementType::Int16 },
  { "torch", "IntStorage", Role::TypedStorage, ElementType::Int32 },
  { "torch", "LongStorage", Role::TypedStorage, ElementType::Int64 },
  { "torch", "HalfStorage", Role::TypedStorage, ElementType::Float16 },
  { "torch", "BFloat16Storage", Role::TypedStorage, ElementType::BFloat16 },
  { "torch", "FloatStorage", Role::TypedStorage, ElementType::Float32 },
  { "torch", "DoubleStorage", Role::TypedStorage, ElementType::Float64 },
  { "torch", "UntypedStorage", Role::UntypedStorage },
  { "torch.storage", "UntypedStorage", Role::UntypedStorage },
  { "torch.storage", "_UntypedStorage", Role::UntypedStorage },
  { "torch", "ComplexFloatStorage", Role::OtherStorage, ElementType::Float32, complexProblem },
  { "torch", "ComplexDoubleStorage", Role::OtherStorage, ElementType::Float32, complexProblem },
  { "torch", "QInt8Storage", Role::OtherStorage, ElementType::Float32, quantisedProblem },
  { "torch", "QInt32Storage", Role::OtherStorage, ElementType::Float32, quantisedProblem },
  { "torch", "QUInt8Storage", Role::OtherStorage, ElementType::Float32, quantisedProblem },
  { "torch", "QUInt4x2Storage", Role::OtherStorage, ElementType::Float32, quantisedProblem },
  { "torch", "QUInt2x4Storage", Role::OtherStorage, ElementType::Float32, quantisedProblem },

  { "torch._utils", "_rebuild_tensor", Role::Rebuild },
  { "torch._utils", "_rebuild_tensor_v2", Role::Rebuild },
  { "torch._utils", "_rebuild_tensor_v3", Role::RebuildTyped },
  { "torch._utils", "_rebuild_parameter", Role::First },
  { "torch._utils", "_rebuild_parameter_with_state", Role::First },
  { "torch._utils", "_rebuild_device_tensor_from_cpu_tensor", Role::First },
  { "torch._tensor", "_rebuild_from_type_v2", Role::Delegate },
  { "torch._utils", "_rebuild_sparse_tensor", Role::UnreadTensor, ElementType::Float32,
    sparseProblem },
  { "torch._utils", "_rebuild_sparse_csr_tensor", Role::UnreadTensor, ElementType::Float32,
    sparseProblem },
  { "torch._utils", "_rebuild_qtensor", Role::UnreadTensor, ElementType::Float32, quantisedProblem,
    2 },
  { "torch._utils", "_rebuild_meta_tensor_no_storage", Role::UnreadTensor, ElementType::Float32,
    "has no values: it was saved from the device 'meta'", 1 },
  { "torch._utils", "_rebuild_nested_tensor", Role::UnreadTensor, ElementType::Float32,
    "is a nested tensor, which TensorView does not read; save its unbind()" },
  { "torch._utils", "_rebuild_wrapper_subclass", Role::UnreadTensor, ElementType::Float32,
    "is of a class of its own, which TensorView does not read; save a plain tensor", 2 },
  { "torch._utils", "_rebuild_device_tensor_from_numpy", Role::UnreadTensor, ElementType::Float32,
    "was saved from a device through NumPy, which TensorView does not read; save its cpu()" },
};

/// A view that repeats its storage may have this many elements, so that a few bytes in a file do
/// not ask for all of the memory.
constexpr std::uint64_t mostRepeated = 1 << 24;

const KnownName& known(const PickleValue& value)
{
  return knownNames[static_cast<std::size_t>(value.number)];
}

bool hasRole(const PickleValue& value, Role role)
{
  return value.kind == PickleKind::Class && known(value).role == role;
}

[[noreturn]] void refuse(const std::string& what)
{
  throw TensorFileError("its pickle " + what);
}

const PickleValue& argument(const PickleParts& arguments, std::size_t index, const char* callee)
{
  if (index >= arguments.size())
  {
    refuse(std::string("calls ") + callee + " with too few arguments");
  }
  return arguments[index];
}

std::uint64_t countOf(const PickleValue& value, const char* what)
{
  if (value.kind != PickleKind::Integer || value.number < 0)
  {
    refuse(std::string("has ") + what + " that is no count");
  }
  return static_cast<std::uint64_t>(value.number);
}

std::vector<std::int64_t> extentsOf(const PickleMachine& machine, const PickleValue& value)
{
  std::vector<std::int64_t> extents;
  if (value.kind != PickleKind::Tuple && value.kind != PickleKind::List)
  {
    refuse("has a tensor whose shape is no tuple");
  }
  const PickleParts& parts = machine.parts(value);
  if (parts.size() > mostAxes)
  {
    refuse("has a tensor of " + std::to_string(parts.size()) + " axes");
  }
  for (const PickleValue& part : parts)
  {
    extents.push_back(static_cast<std::int64_t>(countOf(part, "an extent or stride")));
  }
  return extents;
}

/// Without problem if the view lies within `bytes` bytes.
std::string rangeProblem(const TorchTensor& tensor, std::uint64_t offset, std::uint64_t bytes)
{
  const auto count = elementCount(tensor.shape);
  if (!count || tensor.strides.size() != tensor.shape.size())
  {
    refuse("has a tensor of an impossible shape");
  }
  const auto span = elementSpan(tensor.shape, tensor.strides);
  const std::uint64_t available = bytes / elementSize(tensor.type);
  if (!span || (*span > 0 && (offset > available || *span > available - offset)))
  {
    refuse("has a tensor that reaches beyond its storage");
  }
  if (*count > *span && *count > mostRepeated)
  {
    return "repeats the same few elements " + std::to_string(*count / *span) +
           " times, which TensorView does not read; save its contiguous()";
  }
  return {};
}

} // namespace

PickleValue TorchObjects::findClass(std::string_view module, std::string_view name)
{
  // As Python 2 called it, and as protocol 2 still does.
  const std::string_view todaysModule = module == "__builtin__" ? "builtins" : module;
  const auto* const found = std::find_if(std::begin(knownNames), std::end(knownNames),
    [&](const KnownName& entry) { return todaysModule == entry.module && name == entry.name; });
  if (found == std::end(knownNames))
  {
    std::string full(module);
    full.append(".").append(name);
    refuse("names " + quotedText(full) +
           ", which is no part of a tensor; TensorView executes nothing from a file. Save only the "
           "tensors: torch.save(network.state_dict(), file)");
  }
  return { PickleKind::Class, found - std::begin(knownNames) };
}

PickleValue TorchObjects::add(PickleMachine& machine, TorchTensor tensor)
{
  machine.account(sizeof(tensor) + 2 * tensor.shape.size() * sizeof(std::int64_t));
  this->tensors_.push_back(std::move(tensor));
  return { PickleKind::Tensor, static_cast<std::int64_t>(this->tensors_.size() - 1) };
}

PickleValue TorchObjects::rebuild(PickleMachine& machine, const PickleParts& arguments, int version)
{
  static constexpr const char* name = "torch._utils._rebuild_tensor";
  const PickleValue& storageValue = argument(arguments, 0, name);
  if (storageValue.kind != PickleKind::Storage)
  {
    refuse("has a tensor without a storage");
  }
  const TorchStorage& storage = this->storages_[static_cast<std::size_t>(storageValue.number)];
  TorchTensor tensor;
  tensor.storage = static_cast<std::size_t>(storageValue.number);
  tensor.shape = extentsOf(machine, argument(arguments, 2, name));
  tensor.strides = extentsOf(machine, argument(arguments, 3, name));
  tensor.problem = storage.problem;
  if (version == 3)
  {
    const PickleValue& type = argument(arguments, 6, name);
    if (hasRole(type, Role::ElementType))
    {
      tensor.type = known(type).type;
    }
    else if (type.kind == PickleKind::Class && *known(type).problem != '\0')
    {
      tensor.problem = known(type).problem;
    }
    else
    {
      refuse("has a tensor whose type is no type");
    }
  }
  else if (storage.type)
  {
    tensor.type = *storage.type;
  }
  else if (tensor.problem.empty())
  {
    refuse("has a tensor without a type");
  }
  const std::size_t notes = version == 3 ? 7 : 6;
  if (tensor.problem.empty() && arguments.size() > notes &&
      arguments[notes].kind == PickleKind::Dictionary && !machine.parts(arguments[notes]).empty())
  {
    tensor.problem =
      "is a view that is negated or conjugated when it is read; save its resolve_neg()";
  }
  if (tensor.problem.empty())
  {
    const std::uint64_t offset = countOf(argument(arguments, 1, name), "an offset");
    tensor.problem = rangeProblem(tensor, offset, storage.bytes);
    tensor.offset = elementCount(tensor.shape) == 0 ? 0 : offset * elementSize(tensor.type);
    if (isContiguous(tensor.shape, tensor.strides))
    {
      tensor.strides.clear();
    }
  }
  else if (!elementCount(tensor.shape))
  {
    refuse("has a tensor of an impossible shape");
  }
  return this->add(machine, std::move(tensor));
}

PickleValue TorchObjects::call(
  PickleMachine& machine, const PickleValue& callee, const PickleParts& arguments)
{
  if (callee.kind != PickleKind::Class)
  {
    refuse("calls something that is no class or function");
  }
  const KnownName& name = known(callee);
  switch (name.role)
  {
    case Role::Dictionary:
      for (const PickleValue& value : arguments)
      {
        if (value.kind == PickleKind::Dictionary)
        {
          return value;
        }
        if (value.kind == PickleKind::List)
        {
          refuse(std::string("makes a ") + name.name +
                 " out of a list, as Python 2 did; save the "
                 "file again with a current PyTorch");
        }
      }
      return machine.makeDictionary();
    case Role::Sequence:
      return arguments.empty() ? PickleValue{ PickleKind::Inert, 0 } : arguments.front();
    case Role::Inert:
      return { PickleKind::Inert, 0 };
    case Role::Rebuild:
      return this->rebuild(machine, arguments, 2);
    case Role::RebuildTyped:
      return this->rebuild(machine, arguments, 3);
    case Role::First:
      if (argument(arguments, 0, name.name).kind != PickleKind::Tensor)
      {
        refuse(std::string("calls ") + name.name + " without a tensor");
      }
      return arguments.front();
    case Role::Delegate:
    {
      const PickleValue& function = argument(arguments, 0, name.name);
      const PickleValue& its = argument(arguments, 2, name.name);
      if (its.kind != PickleKind::Tuple || hasRole(function, Role::Delegate))
      {
        refuse(std::string("calls ") + name.name + " in a way that PyTorch does not");
      }
      return this->call(machine, function, machine.parts(its));
    }
    case Role::UnreadTensor:
    {
      TorchTensor tensor;
      tensor.problem = name.problem;
      if (name.shapeArgument >= 0)
      {
        tensor.shape = extentsOf(
          machine, argument(arguments, static_cast<std::size_t>(name.shapeArgument), name.name));
        if (!elementCount(tensor.shape))
        {
          refuse("has a tensor of an impossible shape");
        }
      }
      return this->add(machine, std::move(tensor));
    }
    case Role::ElementType:
    case Role::TypedStorage:
    case Role::UntypedStorage:
    case Role::OtherStorage:
      break;
  }
  refuse(std::string("calls ") + name.module + "." + name.name + ", which PyTorch does not");
}

PickleValue TorchObjects::findPersistent(PickleMachine& machine, const PickleValue& id)
{
  if (id.kind != PickleKind::Tuple)
  {
    refuse("refers to something beside it that is no storage");
  }
  // ('storage', class, key, device, number of elements)
  const PickleParts& parts = machine.parts(id);
  if (parts.size() != 5 || parts[0].kind != PickleKind::Text ||
      machine.text(parts[0]) != "storage" || parts[1].kind != PickleKind::Class ||
      parts[2].kind != PickleKind::Text)
  {
    refuse("refers to something beside it that is no storage");
  }
  const KnownName& type = known(parts[1]);
  const std::uint64_t elements = countOf(parts[4], "a storage with a size");
  TorchStorage storage;
  storage.key = std::string(machine.text(parts[2]));
  machine.account(sizeof(storage) + storage.key.size());
  switch (type.role)
  {
    case Role::TypedStorage:
      storage.type = type.type;
      if (elements > (std::uint64_t(1) << 60) / elementSize(type.type))
      {
        refuse("has a storage of an impossible size");
      }
      storage.bytes = elements * elementSize(type.type);
      break;
    case Role::UntypedStorage:
      storage.bytes = elements;
      break;
    case Role::OtherStorage:
      storage.problem = type.problem;
      break;
    default:
      refuse(std::string("has a storage of the type ") + type.module + "." + type.name +
             ", which is none");
  }
  this->storages_.push_back(std::move(storage));
  return { PickleKind::Storage, static_cast<std::int64_t>(this->storages_.size() - 1) };
}

} // namespace tensorview
