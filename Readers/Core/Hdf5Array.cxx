#include "Hdf5Array.h"

#include "TensorFileError.h"
#include "TensorGeometry.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace tensorview
{
namespace
{

using hdf5::Handle;

/// Deflate makes nothing smaller than to this part; nor do shuffles and check sums.
constexpr std::uint64_t mostInflation = 1032;

/// An array may be this large without bytes of its own: all of it is then the fill value.
constexpr std::uint64_t mostFilled = std::uint64_t(16) << 20;

/// IEEE binary16, which HDF5 1.10 knows only as a pattern of bits.
Handle halfType()
{
  Handle type(H5Tcopy(H5T_IEEE_F32LE));
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

/// How a number is stored.
struct NumberType
{
  ElementType type = ElementType::Float32;
  bool exact = false; ///< in the file as ElementType says, in one of the two byte orders
};

bool isPlainInteger(hid_t type)
{
  return H5Tget_offset(type) == 0 && H5Tget_precision(type) == 8 * H5Tget_size(type);
}

/// @param type of class H5T_INTEGER
NumberType integerType(hid_t type)
{
  const bool isSigned = H5Tget_sign(type) == H5T_SGN_2;
  const std::size_t size = H5Tget_size(type);
  const bool exact = isPlainInteger(type) && (size == 1 || size == 2 || size == 4 || size == 8);
  if (size <= 1)
  {
    return { isSigned ? ElementType::Int8 : ElementType::UInt8, exact };
  }
  if (size <= 2)
  {
    return { isSigned ? ElementType::Int16 : ElementType::UInt16, exact };
  }
  if (size <= 4)
  {
    return { isSigned ? ElementType::Int32 : ElementType::UInt32, exact };
  }
  return { isSigned ? ElementType::Int64 : ElementType::UInt64, exact };
}

bool equalInEitherOrder(hid_t type, hid_t pattern)
{
  const Handle swapped(H5Tcopy(type));
  const H5T_order_t order = H5Tget_order(type);
  if (order != H5T_ORDER_LE && order != H5T_ORDER_BE)
  {
    return false;
  }
  H5Tset_order(swapped, H5T_ORDER_LE);
  return H5Tequal(swapped, pattern) > 0;
}

/// @param type of class H5T_FLOAT
NumberType floatType(hid_t type)
{
  if (equalInEitherOrder(type, halfType()))
  {
    return { ElementType::Float16, true };
  }
  if (equalInEitherOrder(type, H5T_IEEE_F32LE))
  {
    return { ElementType::Float32, true };
  }
  if (equalInEitherOrder(type, H5T_IEEE_F64LE))
  {
    return { ElementType::Float64, true };
  }
  // bfloat16, x87's long double, ...: HDF5 converts them.
  return { H5Tget_size(type) <= sizeof(float) ? ElementType::Float32 : ElementType::Float64,
    false };
}

/// h5py's bool: an enumeration of one byte, FALSE = 0 and TRUE = 1.
bool isBool(hid_t type)
{
  if (H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2)
  {
    return false;
  }
  const char* const names[] = { "FALSE", "TRUE" };
  for (char value = 0; value < 2; ++value)
  {
    char found[8] = {};
    if (H5Tenum_nameof(type, &value, found, sizeof(found)) < 0 ||
        std::strcmp(found, names[static_cast<int>(value)]) != 0)
    {
      return false;
    }
  }
  return true;
}

std::string classProblem(hid_t type)
{
  switch (H5Tget_class(type))
  {
    case H5T_STRING:
      return "holds text, not numbers";
    case H5T_COMPOUND:
      return "holds records of several values (complex numbers are such), which TensorView does "
             "not read; save their parts as arrays of their own";
    case H5T_ARRAY:
      return "holds arrays as elements, which TensorView does not read; save them as axes";
    case H5T_REFERENCE:
      return "holds references to other objects, not numbers";
    case H5T_ENUM:
      return "holds names of values (an enumeration that is no bool), not numbers";
    case H5T_VLEN:
      return "holds lists of different lengths, not numbers";
    case H5T_TIME:
    case H5T_BITFIELD:
    case H5T_OPAQUE:
      return "holds bytes without a meaning, not numbers";
    default:
      return "holds elements of a type that TensorView does not know";
  }
}

void describeType(hid_t dataset, Hdf5Array& array, bool& exact)
{
  const Handle type(H5Dget_type(dataset));
  if (!type)
  {
    array.problem = "has a type that cannot be read: " + printableText(hdf5::reason());
    return;
  }
  NumberType number;
  if (isBool(type))
  {
    number = { ElementType::Bool, true };
  }
  else if (H5Tget_class(type) == H5T_INTEGER)
  {
    number = integerType(type);
  }
  else if (H5Tget_class(type) == H5T_FLOAT)
  {
    number = floatType(type);
  }
  else
  {
    array.problem = classProblem(type);
    return;
  }
  array.type = number.type;
  exact = number.exact;
}

void describeShape(hid_t dataset, Hdf5Array& array)
{
  const Handle space(H5Dget_space(dataset));
  const H5S_class_t kind = space ? H5Sget_simple_extent_type(space) : H5S_NO_CLASS;
  if (kind == H5S_NULL)
  {
    array.shape = { 0 };
    return;
  }
  if (kind != H5S_SCALAR && kind != H5S_SIMPLE)
  {
    array.problem = "has a shape that cannot be read: " + printableText(hdf5::reason());
    return;
  }
  for (const hsize_t extent : hdf5::extents(dataset))
  {
    if (extent > static_cast<hsize_t>(std::numeric_limits<std::int64_t>::max()))
    {
      array.problem = "has an impossible shape";
      array.shape.clear();
      return;
    }
    array.shape.push_back(static_cast<std::int64_t>(extent));
  }
  if (!elementCount(array.shape))
  {
    array.problem = "has an impossible shape";
  }
}

/// Empty if every filter is there.
std::string filterProblem(hid_t creation)
{
  const int filters = H5Pget_nfilters(creation);
  for (int i = 0; i < filters; ++i)
  {
    char name[64] = {};
    unsigned flags = 0;
    unsigned configuration = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
      nullptr, sizeof(name) - 1, name, &configuration);
    if (filter < 0 || H5Zfilter_avail(filter) <= 0)
    {
      return "is compressed by the HDF5 filter " + std::to_string(filter) +
             (name[0] != '\0' ? " (" + quotedText(name) + ")" : std::string()) +
             ", which is not there; save it uncompressed or by gzip";
    }
  }
  return {};
}

/// Where the elements lie, and whether there can be as many as the shape says.
void describeStorage(hid_t dataset, std::uint64_t fileSize, bool exact, Hdf5Array& array)
{
  const Handle creation(H5Dget_create_plist(dataset));
  const H5D_layout_t layout = creation ? H5Pget_layout(creation) : H5D_LAYOUT_ERROR;
  if (layout == H5D_VIRTUAL)
  {
    array.problem = "is virtual, put together from other files, which TensorView does not open; "
                    "save it as an array of its own";
    return;
  }
  if (layout < 0 || H5Pget_external_count(creation) != 0)
  {
    array.problem = layout < 0
                      ? "is stored in a way that cannot be read: " + printableText(hdf5::reason())
                      : "has its values in another file, which TensorView does not open; save them "
                        "in this one";
    return;
  }
  array.problem = filterProblem(creation);
  if (!array.problem.empty())
  {
    return;
  }
  const std::uint64_t elements = elementCount(array.shape).value_or(0);
  const std::uint64_t needed = elements * elementSize(array.type);
  const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(dataset), fileSize);
  const haddr_t address =
    layout == H5D_CONTIGUOUS && stored > 0 ? H5Dget_offset(dataset) : HADDR_UNDEF;
  if (address != HADDR_UNDEF)
  {
    // A type that HDF5 converts may be smaller in the file.
    if (address > fileSize || stored > fileSize - address || (exact && needed > stored))
    {
      array.problem = "lies beyond the end of the file: it is not whole, take another copy";
      return;
    }
    if (exact)
    {
      array.offset = address;
      array.bigEndian = H5Tget_order(Handle(H5Dget_type(dataset))) == H5T_ORDER_BE;
    }
  }
  const std::uint64_t most = H5Pget_nfilters(creation) > 0 ? mostInflation : 8;
  if (elements > mostFilled && needed / most > stored)
  {
    array.problem = "claims " + std::to_string(elements) +
                    " elements, more than its bytes can hold (damaged, or never written)";
  }
}

} // namespace

Hdf5Array describeArray(hid_t dataset, std::uint64_t fileSize)
{
  Hdf5Array array;
  bool exact = false;
  describeShape(dataset, array);
  if (array.problem.empty())
  {
    describeType(dataset, array, exact);
  }
  if (array.problem.empty())
  {
    describeStorage(dataset, fileSize, exact, array);
  }
  return array;
}

Handle memoryType(ElementType type)
{
  const auto copy = [](hid_t predefined) { return Handle(H5Tcopy(predefined)); };
  switch (type)
  {
    case ElementType::Int8:
      return copy(H5T_STD_I8LE);
    case ElementType::UInt8:
      return copy(H5T_STD_U8LE);
    case ElementType::Int16:
      return copy(H5T_STD_I16LE);
    case ElementType::UInt16:
      return copy(H5T_STD_U16LE);
    case ElementType::Int32:
      return copy(H5T_STD_I32LE);
    case ElementType::UInt32:
      return copy(H5T_STD_U32LE);
    case ElementType::Int64:
      return copy(H5T_STD_I64LE);
    case ElementType::UInt64:
      return copy(H5T_STD_U64LE);
    case ElementType::Float64:
      return copy(H5T_IEEE_F64LE);
    case ElementType::Float16:
      return halfType();
    case ElementType::Bool:
      // HDF5 converts between enumerations by the names of their members.
      {
        Handle truth(H5Tenum_create(H5T_STD_I8LE));
        const std::int8_t values[] = { 0, 1 };
        H5Tenum_insert(truth, "FALSE", &values[0]);
        H5Tenum_insert(truth, "TRUE", &values[1]);
        return truth;
      }
    default:
      return copy(H5T_IEEE_F32LE);
  }
}

} // namespace tensorview
