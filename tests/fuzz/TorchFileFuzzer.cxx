// A file of torch.save whose pickle is the input, with two storages of 4 KB.

#include "ReadTensors.h"
#include "StoredZip.h"

#include <string>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string storage(4096, char(0x3F));
  fuzz::readTensors(
    fuzz::storedZip({ { "a/data.pkl", { reinterpret_cast<const char*>(data), size } },
      { "a/byteorder", "little" }, { "a/data/0", storage }, { "a/data/1", storage } }));
  return 0;
}
