// The pickle in a file of torch.save.

#include "LimitWatch.h"
#include "PickleTensors.h"
#include "TensorFileError.h"

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  try
  {
    readPickledTensors({ reinterpret_cast<const char*>(data), size });
  }
  catch (const TensorFileError&)
  {
    return 0;
  }
  return 0;
}
