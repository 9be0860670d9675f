// A folder of CIFAR-10: half of the input is the training batch, half the test batch.

#include "Dataset.h"
#include "DatasetCifar.h"
#include "FileInMemory.h"
#include "LimitWatch.h"

#include <algorithm>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::size_t half = size / 2;
  fuzz::writeInMemory("data_batch_1.bin", data, size - half);
  fuzz::writeInMemory("test_batch.bin", data + (size - half), half);
  fuzz::writeInMemory("batches.meta.txt", data, std::min<std::size_t>(size, 64));
  const fuzz::LimitWatch watch;
  try
  {
    loadCifar(fuzz::memoryFolder(), {});
  }
  catch (const DatasetError&)
  {
    return 0;
  }
  return 0;
}
