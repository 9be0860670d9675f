#include "NumpyHeader.h"

#include "TensorGeometry.h"

#include <algorithm>
#include <limits>
#include <string>

namespace tensorview
{
namespace
{

/// Of a header up to and with its length; the shorter of the two is version 1's.
constexpr std::size_t shortPreamble = 10;
constexpr std::size_t longPreamble = 12;

/// Brackets of a record type in each other.
constexpr int deepestNesting = 32;

[[noreturn]] void refuse(const std::string& what)
{
  throw TensorFileError("its header " + what);
}

/// What the header says.
struct Description
{
  std::string type; ///< empty = records
  bool fortranOrder = false;
  std::vector<std::int64_t> shape;
};

/// The part of Python's literals that NumPy writes.
class HeaderText
{
public:
  /// @param start of the text in the file, for messages
  HeaderText(std::string_view text, std::size_t start)
    : text_(text)
    , start_(start)
  {
  }

  /// {'descr': ..., 'fortran_order': ..., 'shape': ..., }
  Description read()
  {
    Description description;
    bool hasType = false;
    bool hasOrder = false;
    bool hasShape = false;
    this->take('{');
    while (!this->takeIf('}'))
    {
      const std::string key = this->takeString();
      this->take(':');
      if (key == "descr")
      {
        once(hasType, key);
        description.type = this->takeType();
      }
      else if (key == "fortran_order")
      {
        once(hasOrder, key);
        description.fortranOrder = this->takeTruth();
      }
      else if (key == "shape")
      {
        once(hasShape, key);
        description.shape = this->takeShape();
      }
      else
      {
        refuse("says " + quotedText(key) + ", which no array has");
      }
      if (!this->takeIf(','))
      {
        this->take('}');
        break;
      }
    }
    this->skipSpaces();
    if (this->position_ != this->text_.size())
    {
      this->unexpected("nothing more");
    }
    if (!hasType || !hasOrder || !hasShape)
    {
      refuse("lacks " + std::string(!hasType    ? "'descr'"
                                    : !hasOrder ? "'fortran_order'"
                                                : "'shape'"));
    }
    return description;
  }

private:
  static void once(bool& seen, const std::string& key)
  {
    if (seen)
    {
      refuse("says '" + key + "' twice");
    }
    seen = true;
  }

  [[noreturn]] void unexpected(const std::string& wanted) const
  {
    refuse("has at byte " + std::to_string(this->start_ + this->position_) +
           " something else than " + wanted);
  }

  void skipSpaces()
  {
    while (this->position_ < this->text_.size() &&
           (this->text_[this->position_] == ' ' || this->text_[this->position_] == '\n'))
    {
      ++this->position_;
    }
  }

  /// The next character after spaces, or 0 at the end.
  char peek()
  {
    this->skipSpaces();
    return this->position_ < this->text_.size() ? this->text_[this->position_] : '\0';
  }

  bool takeIf(char character)
  {
    const bool there = character != '\0' && this->peek() == character;
    this->position_ += there ? 1 : 0;
    return there;
  }

  void take(char character)
  {
    if (!this->takeIf(character))
    {
      this->unexpected(std::string("'") + character + "'");
    }
  }

  /// Escapes stay as they are: only names of fields can have some.
  std::string takeString()
  {
    const char quote = this->peek();
    if (quote != '\'' && quote != '"')
    {
      this->unexpected("a text in quotes");
    }
    const std::size_t begin = ++this->position_;
    while (this->position_ < this->text_.size() && this->text_[this->position_] != quote)
    {
      this->position_ += this->text_[this->position_] == '\\' ? 2 : 1;
    }
    if (this->position_ >= this->text_.size())
    {
      refuse("ends in the middle of a text");
    }
    return std::string(this->text_.substr(begin, this->position_++ - begin));
  }

  bool takeWord(std::string_view word)
  {
    this->skipSpaces();
    const bool there = this->text_.compare(this->position_, word.size(), word) == 0;
    this->position_ += there ? word.size() : 0;
    return there;
  }

  bool takeTruth()
  {
    if (this->takeWord("True"))
    {
      return true;
    }
    if (!this->takeWord("False"))
    {
      this->unexpected("True or False");
    }
    return false;
  }

  std::int64_t takeCount()
  {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (this->peek() == '-')
    {
      refuse("has a negative extent");
    }
    const std::size_t begin = this->position_;
    std::int64_t value = 0;
    for (; this->position_ < this->text_.size(); ++this->position_)
    {
      const char character = this->text_[this->position_];
      if (character < '0' || character > '9')
      {
        break;
      }
      const std::int64_t digit = character - '0';
      if (value > (most - digit) / 10)
      {
        refuse("gives an impossible shape");
      }
      value = value * 10 + digit;
    }
    if (this->position_ == begin)
    {
      this->unexpected("a number");
    }
    // As NumPy of Python 2 wrote long numbers.
    this->takeWord("L");
    return value;
  }

  /// A tuple of numbers; one of one number ends in a comma.
  std::vector<std::int64_t> takeShape()
  {
    std::vector<std::int64_t> shape;
    this->take('(');
    bool comma = true;
    while (!this->takeIf(')'))
    {
      if (!comma || shape.size() == mostAxes)
      {
        this->unexpected("the end of a shape");
      }
      shape.push_back(this->takeCount());
      comma = this->takeIf(',');
    }
    if (shape.size() == 1 && !comma)
    {
      this->unexpected("a shape");
    }
    return shape;
  }

  /// The name of a type; empty for records, which are a list, or a type with a shape, which is a
  /// tuple.
  std::string takeType()
  {
    const char first = this->peek();
    if (first != '[' && first != '(')
    {
      return this->takeString();
    }
    int depth = 0;
    do
    {
      switch (this->peek())
      {
        case '[':
        case '(':
          ++depth;
          ++this->position_;
          break;
        case ']':
        case ')':
          --depth;
          ++this->position_;
          break;
        case '\'':
        case '"':
          this->takeString();
          break;
        case ',':
          ++this->position_;
          break;
        default:
          this->takeCount();
      }
      if (depth > deepestNesting)
      {
        refuse("nests more than " + std::to_string(deepestNesting) + " brackets in each other");
      }
    } while (depth > 0);
    return {};
  }

  std::string_view text_;
  std::size_t start_;
  std::size_t position_ = 0;
};

struct NamedType
{
  std::string_view name; ///< without the order of bytes
  ElementType type;
};

constexpr NamedType types[] = { { "b1", ElementType::Bool }, { "u1", ElementType::UInt8 },
  { "i1", ElementType::Int8 }, { "u2", ElementType::UInt16 }, { "i2", ElementType::Int16 },
  { "u4", ElementType::UInt32 }, { "i4", ElementType::Int32 }, { "u8", ElementType::UInt64 },
  { "i8", ElementType::Int64 }, { "f2", ElementType::Float16 }, { "f4", ElementType::Float32 },
  { "f8", ElementType::Float64 } };

/// Why elements that are no numbers of ours cannot be read, by the letter of their kind.
std::string problemOf(const std::string& type, char kind)
{
  const std::string named = " (dtype " + quotedText(type) + ")";
  switch (kind)
  {
    case 'O':
      return "holds Python objects" + named +
             ", which TensorView does not read: they are programs; save numbers: "
             "array.astype('float32')";
    case 'c':
      return "holds complex numbers" + named +
             ", which TensorView does not read; save array.real and array.imag";
    case 'S':
    case 'a':
    case 'U':
    case 'T':
      return "holds text" + named + ", which TensorView does not read; save numbers";
    case 'V':
      return "has elements of raw bytes" + named +
             ", of which NumPy does not tell the type (it saves bfloat16 and float8 so); save "
             "array.astype('float32')";
    case 'M':
    case 'm':
      return "holds times" + named + ", which TensorView does not read; save array.astype('int64')";
    case 'f':
      return "holds numbers of another precision than 16, 32 and 64 bits" + named +
             ", which TensorView does not read; save array.astype('float64')";
    default:
      return "has the type " + quotedText(type) +
             ", which TensorView does not read; save array.astype('float32')";
  }
}

void setType(TensorEntry& entry, const std::string& type)
{
  if (type.empty())
  {
    entry.problem = "has records of several fields, which TensorView does not read; save each "
                    "field alone: numpy.save(file, array['field'])";
    return;
  }
  const bool ordered = std::string_view("<>|=").find(type.front()) != std::string_view::npos;
  const std::string_view name = std::string_view(type).substr(ordered ? 1 : 0);
  const auto* const known = std::find_if(
    std::begin(types), std::end(types), [name](const NamedType& one) { return one.name == name; });
  if (known == std::end(types))
  {
    entry.problem = problemOf(type, name.empty() ? '\0' : name.front());
    return;
  }
  entry.type = known->type;
  entry.bigEndian = type.front() == '>';
}

/// Axes counted from the first on lie closest.
std::vector<std::int64_t> fortranStrides(const std::vector<std::int64_t>& shape)
{
  std::vector<std::int64_t> strides;
  std::int64_t stride = 1;
  for (const std::int64_t extent : shape)
  {
    strides.push_back(stride);
    stride *= std::max<std::int64_t>(extent, 1);
  }
  return strides;
}

} // namespace

TensorEntry readNumpyHeader(ByteStream& bytes, std::uint64_t size)
{
  std::string preamble(shortPreamble, '\0');
  if (size < preamble.size())
  {
    throw TensorFileError(
      "it is only " + std::to_string(size) + " bytes long: it is not whole, take another copy");
  }
  bytes.read(preamble.data(), preamble.size());
  if (preamble.compare(0, numpyMagic.size(), numpyMagic) != 0)
  {
    throw TensorFileError("it does not begin as numpy.save writes it");
  }
  const auto byteAt = [&preamble](std::size_t i)
  { return static_cast<std::uint64_t>(static_cast<unsigned char>(preamble[i])); };
  const std::uint64_t major = byteAt(6);
  if (major < 1 || major > 3 || byteAt(7) != 0)
  {
    throw TensorFileError("it has version " + std::to_string(major) + "." +
                          std::to_string(byteAt(7)) +
                          " of NumPy's format; TensorView reads 1.0, 2.0 and 3.0");
  }
  std::uint64_t length = byteAt(8) | byteAt(9) << 8;
  if (major > 1)
  {
    if (size < longPreamble)
    {
      throw TensorFileError(
        "it is only " + std::to_string(size) + " bytes long: it is not whole, take another copy");
    }
    preamble.resize(longPreamble);
    bytes.read(preamble.data() + shortPreamble, longPreamble - shortPreamble);
    length |= byteAt(10) << 16 | byteAt(11) << 24;
  }
  if (length > size - preamble.size())
  {
    refuse("is " + std::to_string(length) + " bytes long, but there are only " +
           std::to_string(size - preamble.size()) +
           " bytes after its length: it is not whole, take another copy");
  }
  if (length > numpyLongestHeader)
  {
    refuse("is " + std::to_string(length) + " bytes long, more than the " +
           std::to_string(numpyLongestHeader) + " that TensorView takes");
  }
  std::string text(static_cast<std::size_t>(length), '\0');
  bytes.read(text.data(), text.size());

  Description description = HeaderText(text, preamble.size()).read();
  TensorEntry entry;
  entry.offset = preamble.size() + length;
  entry.shape = std::move(description.shape);
  const auto count = elementCount(entry.shape);
  if (!count)
  {
    refuse("gives an impossible shape");
  }
  setType(entry, description.type);
  const std::uint64_t there = size - entry.offset;
  if (entry.problem.empty() && *count > there / elementSize(entry.type))
  {
    refuse("describes " + std::to_string(*count * elementSize(entry.type)) +
           " bytes of elements, but there are only " + std::to_string(there) +
           ": it is not whole, take another copy");
  }
  if (description.fortranOrder && entry.shape.size() > 1)
  {
    entry.strides = fortranStrides(entry.shape);
    if (isContiguous(entry.shape, entry.strides))
    {
      entry.strides.clear();
    }
  }
  return entry;
}

} // namespace tensorview
