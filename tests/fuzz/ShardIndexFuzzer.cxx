// The index of a model in several files (model.safetensors.index.json).

#include "ByteSource.h"
#include "LimitWatch.h"
#include "ShardIndex.h"
#include "TensorFileError.h"

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  try
  {
    readShardIndex(*memoryBytes({ reinterpret_cast<const char*>(data), size }));
  }
  catch (const TensorFileError&)
  {
    return 0;
  }
  return 0;
}
