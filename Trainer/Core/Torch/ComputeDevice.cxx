#include "ComputeDevice.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <torch/cuda.h>
#ifdef TENSORVIEW_HAS_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#endif

#include <stdexcept>

namespace tensorview
{

c10::Device chooseDevice(const std::string& name)
{
  if (name != "auto" && name != "cpu" && name != "cuda")
  {
    throw std::invalid_argument("Device '" + name + "' is not known; there are auto, cpu and cuda");
  }
  if (name == "cpu")
  {
    return c10::Device(c10::kCPU);
  }
#ifdef TENSORVIEW_HAS_CUDA
  const bool available = torch::cuda::is_available();
  const char* const reason =
    "no CUDA device was found; check nvidia-smi, or choose the Device cpu or auto";
#else
  const bool available = false;
  const char* const reason = "this engine was built without CUDA; build it where a CUDA toolkit is "
                             "installed, or choose the Device cpu or auto";
#endif
  if (available)
  {
    return c10::Device(c10::kCUDA, 0);
  }
  if (name == "cuda")
  {
    throw std::invalid_argument(std::string("CUDA was asked for, but ") + reason);
  }
  return c10::Device(c10::kCPU);
}

std::string describeDevice(c10::Device device)
{
#ifdef TENSORVIEW_HAS_CUDA
  if (device.is_cuda())
  {
    return device.str() + " " + at::cuda::getDeviceProperties(device.index())->name;
  }
#endif
  return device.str();
}

at::Generator makeGenerator(c10::Device device, std::uint64_t seed)
{
#ifdef TENSORVIEW_HAS_CUDA
  if (device.is_cuda())
  {
    at::Generator generator = at::cuda::detail::createCUDAGenerator(device.index());
    generator.set_current_seed(seed);
    return generator;
  }
#else
  static_cast<void>(device);
#endif
  return at::detail::createCPUGenerator(seed);
}

std::string instructionSet()
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
  {
    return "avx512";
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
  {
    return "avx2";
  }
#endif
  return "baseline";
}

} // namespace tensorview
