#include "OnnxTensor.h"

#include "TensorFileError.h"
#include "TensorGeometry.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace tensorview
{
namespace
{

constexpr std::size_t longestName = 4096;

/// Fields of TensorProto and of StringStringEntryProto (onnx.proto3).
enum TensorField : std::uint64_t
{
  Dims = 1,
  DataType = 2,
  FloatData = 4,
  Int32Data = 5,
  Int64Data = 7,
  Name = 8,
  RawData = 9,
  DoubleData = 10,
  Uint64Data = 11,
  ExternalData = 13,
  DataLocation = 14
};
constexpr std::uint64_t keyField = 1;
constexpr std::uint64_t valueField = 2;
constexpr std::uint64_t externalLocation = 1;

struct TypeName
{
  const char* name;
  std::optional<ElementType> type; ///< nothing: TensorView does not read it
  std::uint64_t typedData;         ///< the field that holds elements if raw_data does not
};

/// In the order of TensorProto.DataType.
const std::array<TypeName, 27>& typeNames()
{
  static const std::array<TypeName, 27> names{ { { "UNDEFINED", {}, 0 },
    { "FLOAT", ElementType::Float32, FloatData }, { "UINT8", ElementType::UInt8, Int32Data },
    { "INT8", ElementType::Int8, Int32Data }, { "UINT16", ElementType::UInt16, Int32Data },
    { "INT16", ElementType::Int16, Int32Data }, { "INT32", ElementType::Int32, Int32Data },
    { "INT64", ElementType::Int64, Int64Data }, { "STRING", {}, 0 },
    { "BOOL", ElementType::Bool, Int32Data }, { "FLOAT16", ElementType::Float16, Int32Data },
    { "DOUBLE", ElementType::Float64, DoubleData }, { "UINT32", ElementType::UInt32, Uint64Data },
    { "UINT64", ElementType::UInt64, Uint64Data }, { "COMPLEX64", {}, 0 }, { "COMPLEX128", {}, 0 },
    { "BFLOAT16", ElementType::BFloat16, Int32Data },
    { "FLOAT8E4M3FN", ElementType::Float8E4M3, Int32Data }, { "FLOAT8E4M3FNUZ", {}, 0 },
    { "FLOAT8E5M2", ElementType::Float8E5M2, Int32Data }, { "FLOAT8E5M2FNUZ", {}, 0 },
    { "UINT4", {}, 0 }, { "INT4", {}, 0 }, { "FLOAT4E2M1", {}, 0 }, { "FLOAT8E8M0", {}, 0 },
    { "UINT2", {}, 0 }, { "INT2", {}, 0 } } };
  return names;
}

/// The parts of a TensorProto as they come.
struct Parts
{
  OnnxTensor tensor;
  std::uint64_t dataType = 0;
  std::uint64_t dataField = 0; ///< of the pieces
  bool external = false;
};

void addExtents(WireBytes& bytes, const WireField& field, std::vector<std::int64_t>& shape)
{
  const auto add = [&shape](std::uint64_t extent)
  {
    if (shape.size() <= mostAxes) // one too many tells
    {
      shape.push_back(static_cast<std::int64_t>(extent));
    }
  };
  if (field.type == WireField::Type::Varint)
  {
    add(field.value);
    return;
  }
  for (std::uint64_t offset = field.offset; offset < field.offset + field.size;)
  {
    add(bytes.varint(offset, field.offset + field.size));
  }
}

/// False if `text` is no number.
bool parse(const std::string& text, std::uint64_t& number)
{
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end;
}

void addExternal(WireBytes& bytes, const WireField& entry, OnnxTensor& tensor)
{
  std::string key;
  std::string value;
  WireMessage message(bytes, entry.offset, entry.offset + entry.size);
  while (const std::optional<WireField> field = message.next())
  {
    if (field->type == WireField::Type::Bytes && field->number == keyField)
    {
      key = textOf(bytes, *field, longestName);
    }
    else if (field->type == WireField::Type::Bytes && field->number == valueField)
    {
      value = textOf(bytes, *field, longestName);
    }
  }
  bool good = true;
  if (key == "location")
  {
    tensor.location = value;
  }
  else if (key == "offset")
  {
    good = parse(value, tensor.externalOffset);
  }
  else if (key == "length")
  {
    good = parse(value, tensor.externalSize);
    tensor.externalSized = good;
  }
  if (!good)
  {
    tensor.problem = "has its values in another file at the " + key + " " + quotedText(value) +
                     ", which is no number; it is damaged, take another copy";
  }
}

void addData(const WireField& field, Parts& parts)
{
  if (field.size == 0)
  {
    return;
  }
  if (parts.dataField != 0 && parts.dataField != field.number)
  {
    parts.tensor.problem = "has its values in two ways; it is damaged, take another copy";
    return;
  }
  parts.dataField = field.number;
  // Numbers that are not packed are a piece each.
  parts.tensor.pieces.push_back({ field.offset, field.size });
}

std::uint64_t sizeOf(const std::vector<OnnxTensor::Piece>& pieces)
{
  std::uint64_t size = 0;
  for (const OnnxTensor::Piece& piece : pieces)
  {
    size += piece.size;
  }
  return size;
}

/// Sets type, and the problem if what the parts say does not fit together.
void check(Parts& parts)
{
  OnnxTensor& tensor = parts.tensor;
  const std::optional<std::uint64_t> elements = elementCount(tensor.shape);
  if (!elements)
  {
    tensor.problem = "has an impossible shape";
    tensor.shape.clear();
    return;
  }
  if (parts.dataType >= typeNames().size() || !typeNames()[parts.dataType].type)
  {
    tensor.problem =
      "has the type " +
      (parts.dataType < typeNames().size() ? quotedText(typeNames()[parts.dataType].name)
                                           : std::to_string(parts.dataType)) +
      ", which TensorView does not read";
    return;
  }
  tensor.type = *typeNames()[parts.dataType].type;
  const std::uint64_t needed = *elements * elementSize(tensor.type);
  if (parts.external)
  {
    if (tensor.location.empty() && tensor.problem.empty())
    {
      tensor.problem = "has its values in another file, which it does not name";
    }
    return;
  }
  tensor.location.clear();
  if (!tensor.problem.empty())
  {
    return;
  }
  const bool raw = parts.dataField == RawData;
  tensor.varints = !raw && (parts.dataField == Int32Data || parts.dataField == Int64Data ||
                             parts.dataField == Uint64Data);
  const std::uint64_t present = sizeOf(tensor.pieces);
  if (!raw && !tensor.pieces.empty() && parts.dataField != typeNames()[parts.dataType].typedData)
  {
    tensor.problem = "has values of another type than its own; it is damaged, take another copy";
  }
  // A number takes one byte at least.
  else if (tensor.varints ? present < *elements : present != needed)
  {
    tensor.problem = "has " + std::to_string(present) +
                     " bytes of values, but its shape and type "
                     "need " +
                     std::to_string(tensor.varints ? *elements : needed) +
                     (tensor.varints ? " or more" : "") + "; it is damaged, take another copy";
  }
}

} // namespace

OnnxTensor readOnnxTensor(WireBytes& bytes, const WireField& field)
{
  Parts parts;
  WireMessage message(bytes, field.offset, field.offset + field.size);
  while (const std::optional<WireField> part = message.next())
  {
    switch (part->number)
    {
      case Dims:
        addExtents(bytes, *part, parts.tensor.shape);
        break;
      case DataType:
        parts.dataType = part->value;
        break;
      case Name:
        parts.tensor.name = textOf(bytes, *part, longestName);
        break;
      case FloatData:
      case Int32Data:
      case Int64Data:
      case RawData:
      case DoubleData:
      case Uint64Data:
        addData(*part, parts);
        break;
      case ExternalData:
        addExternal(bytes, *part, parts.tensor);
        break;
      case DataLocation:
        parts.external = part->value == externalLocation;
        break;
      default: // text, documentation, and what newer versions add
        break;
    }
  }
  check(parts);
  return std::move(parts.tensor);
}

} // namespace tensorview
