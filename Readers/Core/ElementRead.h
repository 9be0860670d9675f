#ifndef TENSORVIEW_ELEMENT_READ_H
#define TENSORVIEW_ELEMENT_READ_H

#include "TensorCatalogue.h"

namespace tensorview
{

/// Reads the elements [first, first + count) along the first axis of a tensor, which must have them
/// and no problem, as float32 in C order. What is read goes straight to its place where it can;
/// else it takes a few MiB beside, however large the tensor is, unless its elements overlap in
/// memory. Large tensors are read by up to four threads, where the store lets them begin anywhere.
/// @throws TensorFileError
void readElements(const TensorStore& store, const TensorEntry& tensor, std::int64_t first,
  std::int64_t count, float* destination);

} // namespace tensorview

#endif
