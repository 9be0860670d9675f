// An IDX file, plain or gzipped.

#include "Dataset.h"
#include "FileInMemory.h"
#include "IdxFile.h"
#include "LimitWatch.h"

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string path = fuzz::writeInMemory("idx", data, size);
  fuzz::LimitWatch watch;
  watch.allow(static_cast<std::int64_t>(size) * 1032); // what deflate can make of it
  try
  {
    readIdx(path, 1 + static_cast<int>(size % 3));
  }
  catch (const DatasetError&)
  {
    return 0;
  }
  return 0;
}
