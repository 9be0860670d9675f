// An ONNX file; every initialiser is read.

#include "ByteSource.h"
#include "OnnxFile.h"
#include "ReadTensors.h"

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  fuzz::readTensors(
    [&] {
      return readOnnxCatalogue(memoryBytes({ reinterpret_cast<const char*>(data), size }), "");
    });
  return 0;
}
