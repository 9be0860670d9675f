#ifndef TENSORVIEW_SYMMETRIC_PRODUCT_H
#define TENSORVIEW_SYMMETRIC_PRODUCT_H

#include "ParallelFor.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// X X^T of a row-major matrix X [rows, columns], as a full symmetric [rows, rows] matrix.
///
/// Products of 128 columns at a time are summed in single precision, these sums in double
/// precision: the relative error stays below 1e-6 whatever the number of columns. Runs with the
/// widest vectors the processor has; the same bytes for the same vectors, however many threads.
std::vector<double> symmetricProduct(
  const float* x, std::size_t rows, std::size_t columns, const ParallelFor& parallel = serialFor);

/// The same, added to a symmetric matrix: for matrices that come a few columns at a time.
/// @param result [rows, rows]
void addSymmetricProduct(const float* x, std::size_t rows, std::size_t columns,
  std::vector<double>& result, const ParallelFor& parallel = serialFor);

/// Vectors that these run with here: "avx512", "avx2" or "generic".
const char* symmetricProductInstructionSet();

} // namespace tensorview

#endif
