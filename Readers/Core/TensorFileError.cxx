#include "TensorFileError.h"

#include <cstddef>

namespace tensorview
{
namespace
{

constexpr std::size_t longestQuote = 120;

unsigned char byteAt(std::string_view text, std::size_t position)
{
  return static_cast<unsigned char>(text[position]);
}

/// Bytes of the well-formed UTF-8 sequence at `position` (Unicode, table 3-7), or 0.
std::size_t sequenceLength(std::string_view text, std::size_t position)
{
  const unsigned char first = byteAt(text, position);
  if (first < 0x80)
  {
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - position < length)
  {
    return 0;
  }
  unsigned char least = 0x80;
  unsigned char most = 0xBF;
  switch (first)
  {
    case 0xE0: // no longer than needed
      least = 0xA0;
      break;
    case 0xED: // no surrogates
      most = 0x9F;
      break;
    case 0xF0:
      least = 0x90;
      break;
    case 0xF4: // nothing beyond U+10FFFF
      most = 0x8F;
      break;
    default:
      break;
  }
  for (std::size_t i = 1; i < length; ++i)
  {
    const unsigned char byte = byteAt(text, position + i);
    if (byte < least || byte > most)
    {
      return 0;
    }
    least = 0x80;
    most = 0xBF;
  }
  return length;
}

bool isControl(std::string_view sequence)
{
  const unsigned char first = byteAt(sequence, 0);
  // U+0080 to U+009F are control characters too.
  return first < 0x20 || first == 0x7F || (first == 0xC2 && byteAt(sequence, 1) < 0xA0);
}

} // namespace

std::string printableText(std::string_view text)
{
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size());
  for (std::size_t position = 0; position < text.size();)
  {
    const std::size_t length = sequenceLength(text, position);
    const std::string_view sequence = text.substr(position, length == 0 ? 1 : length);
    if (length != 0 && !isControl(sequence))
    {
      result += sequence;
    }
    else
    {
      for (const char character : sequence)
      {
        const auto byte = static_cast<unsigned char>(character);
        result += "\\x";
        result += digits[byte >> 4];
        result += digits[byte & 15];
      }
    }
    position += sequence.size();
  }
  return result;
}

std::string quotedText(std::string_view text)
{
  if (text.size() <= longestQuote)
  {
    return "'" + printableText(text) + "'";
  }
  std::size_t end = longestQuote;
  while (end > 0 && (byteAt(text, end) & 0xC0) == 0x80)
  {
    --end;
  }
  return "'" + printableText(text.substr(0, end)) + "...'";
}

} // namespace tensorview
