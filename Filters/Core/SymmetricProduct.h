#ifndef TENSORVIEW_SYMMETRIC_PRODUCT_H
#define TENSORVIEW_SYMMETRIC_PRODUCT_H

#include "ParallelFor.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// X X^T of a row-major matrix X [rows, columns], as a full symmetric [rows, rows] matrix.
///
/// Products of 256 columns at a time are summed in single precision in parallel lanes, these sums
/// in double precision: the relative error stays near 1e-7 whatever the number of columns. Runs
/// with the widest vectors the processor has; the same bytes for the same vectors, however many
/// threads.
std::vector<double> symmetricProduct(
  const float* x, std::size_t rows, std::size_t columns, const ParallelFor& parallel = serialFor);

/// Vectors that symmetricProduct() uses here: "avx512", "avx2" or "generic".
const char* symmetricProductInstructionSet();

} // namespace tensorview

#endif
