#ifndef TENSORVIEW_PICKLE_TENSORS_H
#define TENSORVIEW_PICKLE_TENSORS_H

#include "TensorCatalogue.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// A tensor that a pickle of torch.save describes.
struct PickledTensor
{
  TensorEntry entry;              ///< `block` is left to the caller, `offset` is in the storage
  std::string storage;            ///< key of the storage; empty if the entry has a problem
  std::uint64_t storageBytes = 0; ///< what the storage must hold at least
};

/// The tensors in what torch.save has pickled (data.pkl), wherever they lie in nested dictionaries,
/// lists and tuples, in the order of the pickle. Each is named by the keys that lead to it; what
/// occurs twice in the file's objects (a container under two keys) is listed once, under the first;
/// a tensor under two keys is listed twice. Numbers, texts and all else are passed over.
/// @throws TensorFileError for anything that tensors do not need, by its name; without the file's
///   name
std::vector<PickledTensor> readPickledTensors(std::string_view pickle);

/// The same for a pickle that takes only `storedBytes` of its file, as it is compressed there. What
/// is kept in memory is at most 24 MiB and twelve times that: 100,000 tensors of torch.save take
/// ten times their pickle's length.
std::vector<PickledTensor> readPickledTensors(std::string_view pickle, std::uint64_t storedBytes);

} // namespace tensorview

#endif
