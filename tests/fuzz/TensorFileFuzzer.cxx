// A tensor file as it stands, of whatever format its first bytes tell: .safetensors, .npy, ONNX,
// zip archives of PyTorch and NumPy. HDF5 files are left out, which another process reads
// (hdf5_mutations).

#include "ReadTensors.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace tensorview;

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*words*/)
{
  ::setenv("TENSORVIEW_HDF5_READER", "/dev/null", 1); // which is no program
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  fuzz::readTensors({ reinterpret_cast<const char*>(data), size });
  return 0;
}
