#ifndef TENSORVIEW_COMPUTE_DEVICE_H
#define TENSORVIEW_COMPUTE_DEVICE_H

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <string>

namespace tensorview
{

/// The device that the option `device` stands for: auto (CUDA where there is one), cpu or cuda.
/// @throws std::invalid_argument saying why if CUDA was asked for and cannot be had, or the name is
/// not known
c10::Device chooseDevice(const std::string& name);

/// "cpu" or "cuda:0 NVIDIA H200".
std::string describeDevice(c10::Device device);

/// A random generator of its own on the device.
at::Generator makeGenerator(c10::Device device, std::uint64_t seed);

/// The widest instruction set the kernels are chosen for: avx512, avx2 or baseline.
std::string instructionSet();

} // namespace tensorview

#endif
