// A file of numpy.savez whose only array is the input.

#include "ReadTensors.h"
#include "StoredZip.h"

#include <string>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  fuzz::readTensors(
    fuzz::storedZip({ { "a.npy", { reinterpret_cast<const char*>(data), size } } }));
  return 0;
}
