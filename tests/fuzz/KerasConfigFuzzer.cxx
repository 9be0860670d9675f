// The JSON description of a Keras model.

#include "KerasConfig.h"
#include "LimitWatch.h"

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  kerasLayers({ reinterpret_cast<const char*>(data), size });
  return 0;
}
