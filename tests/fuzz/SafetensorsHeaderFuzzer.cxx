// The JSON header of a .safetensors file, whose elements take 7 times its bytes.

#include "LimitWatch.h"
#include "SafetensorsHeader.h"
#include "TensorFileError.h"

#include <string_view>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  try
  {
    parseSafetensorsHeader({ reinterpret_cast<const char*>(data), size }, size * 7);
  }
  catch (const TensorFileError&)
  {
    return 0;
  }
  return 0;
}
