// What the process that reads HDF5 files tells of one.

#include "Hdf5Listing.h"
#include "LimitWatch.h"
#include "TensorFileError.h"

#include <string_view>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  try
  {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    textOfListing(listingOfText(text));
  }
  catch (const TensorFileError&)
  {
    return 0;
  }
  return 0;
}
