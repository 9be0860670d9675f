#include "DenseKernels.h"

#include "MatrixKernels.h"

#include <string_view>

namespace tensorview
{

extern const DenseKernels denseKernelsGeneric;
#if defined(__x86_64__)
extern const DenseKernels denseKernelsAvx2;
extern const DenseKernels denseKernelsAvx512;
#endif

const DenseKernels& denseKernels()
{
#if defined(__x86_64__)
  const std::string_view set = matrixKernels().instructionSet;
  if (set == "avx512")
  {
    return denseKernelsAvx512;
  }
  if (set == "avx2")
  {
    return denseKernelsAvx2;
  }
#endif
  return denseKernelsGeneric;
}

} // namespace tensorview
