// A zip archive: its directory, and the start of every entry.

#include "ByteSource.h"
#include "LimitWatch.h"
#include "TensorFileError.h"
#include "ZipArchive.h"

#include <array>
#include <memory>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  constexpr std::uint64_t most = 1 << 20;
  const fuzz::LimitWatch watch;
  try
  {
    const ZipArchive archive(memoryBytes({ reinterpret_cast<const char*>(data), size }));
    for (std::size_t i = 0; i < archive.entries().size(); ++i)
    {
      try
      {
        archive.contentOf(i, most);
        std::array<char, 16> start{};
        archive.open(i, 0)->read(start.data(), start.size());
      }
      catch (const TensorFileError&)
      {
        continue;
      }
    }
  }
  catch (const TensorFileError&)
  {
    return 0;
  }
  return 0;
}
