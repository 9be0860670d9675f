#include "Lookup3.h"

#include <array>

namespace tensorview
{
namespace
{

using State = std::array<std::uint32_t, 3>;

std::uint32_t rotate(std::uint32_t value, int bits)
{
  return (value << bits) | (value >> (32 - bits));
}

/// One round of the mixing: each word takes from the one before it, then adds to it.
void mix(State& s)
{
  constexpr std::array<int, 6> bits = { 4, 6, 8, 16, 19, 4 };
  for (std::size_t i = 0; i < bits.size(); ++i)
  {
    std::uint32_t& a = s[i % 3];
    std::uint32_t& b = s[(i + 1) % 3];
    std::uint32_t& c = s[(i + 2) % 3];
    a -= c;
    a ^= rotate(c, bits[i]);
    c += b;
  }
}

void finish(State& s)
{
  constexpr std::array<int, 7> bits = { 14, 11, 25, 16, 4, 14, 24 };
  for (std::size_t i = 0; i < bits.size(); ++i)
  {
    std::uint32_t& to = s[(i + 2) % 3];
    const std::uint32_t from = s[(i + 1) % 3];
    to ^= from;
    to -= rotate(from, bits[i]);
  }
}

} // namespace

std::uint32_t lookup3(const unsigned char* bytes, std::size_t size)
{
  constexpr std::size_t block = 12;
  State state;
  state.fill(0xDEADBEEFU + static_cast<std::uint32_t>(size));
  const auto add = [&](std::size_t count)
  {
    for (std::size_t i = 0; i < count; ++i)
    {
      state[i / 4] += std::uint32_t(bytes[i]) << (8 * (i % 4));
    }
    bytes += count;
    size -= count;
  };
  while (size > block)
  {
    add(block);
    mix(state);
  }
  if (size > 0)
  {
    add(size);
    finish(state);
  }
  return state[2];
}

} // namespace tensorview
