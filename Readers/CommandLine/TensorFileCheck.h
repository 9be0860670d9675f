#ifndef TENSORVIEW_TENSOR_FILE_CHECK_H
#define TENSORVIEW_TENSOR_FILE_CHECK_H

#include "RunReport.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// What checkTensorFile() finds.
struct TensorFileReport
{
  std::string path;
  std::string format; ///< as in TensorCatalogue
  std::size_t tensors = 0;
  std::size_t readable = 0;
  std::vector<RunDamage> damage; ///< place: the tensor's name
};

/// Opens a tensor file of any format that TensorView knows (docs/model-files.md) and reads every
/// tensor.
/// @throws TensorFileError if its description cannot be read
TensorFileReport checkTensorFile(const std::string& path);

} // namespace tensorview

#endif
