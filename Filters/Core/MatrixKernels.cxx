#include "MatrixKernels.h"

namespace tensorview
{

extern const MatrixKernels matrixKernelsGeneric;
#if defined(__x86_64__)
extern const MatrixKernels matrixKernelsAvx2;
extern const MatrixKernels matrixKernelsAvx512;
#endif

const MatrixKernels& matrixKernels()
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
  {
    return matrixKernelsAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
  {
    return matrixKernelsAvx2;
  }
#endif
  return matrixKernelsGeneric;
}

} // namespace tensorview
