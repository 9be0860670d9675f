// A tensor file as it stands, of whatever format its first bytes tell: .safetensors, .npy, ONNX,
// zip archives of PyTorch and NumPy.

#include "ReadTensors.h"

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  fuzz::readTensors({ reinterpret_cast<const char*>(data), size });
  return 0;
}
