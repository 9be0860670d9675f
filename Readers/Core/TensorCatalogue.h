#ifndef TENSORVIEW_TENSOR_CATALOGUE_H
#define TENSORVIEW_TENSOR_CATALOGUE_H

#include "ElementType.h"
#include "TensorFileError.h"
#include "TensorStore.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

class ByteSource;

/// One tensor of a file: what it is and where its elements lie. Nothing of it has been read.
struct TensorEntry
{
  /// As the file has it; in nested files the keys on the way, joined by '.', e.g.
  /// "state_dict.conv1.weight". Control characters and bytes that are not UTF-8 are written \xNN.
  std::string name;
  std::vector<std::int64_t> shape; ///< empty for a single number; every product fits in 63 bits
  ElementType type = ElementType::Float32;
  bool bigEndian = false;
  std::size_t block = 0;    ///< of the catalogue's store
  std::uint64_t offset = 0; ///< of the first element, in bytes from the start of the block
  /// In elements, as long as `shape`; empty = C order without gaps. A transposed view of PyTorch or
  /// an array in Fortran order has some.
  std::vector<std::int64_t> strides;
  /// Empty if the elements can be read, else the reason why not: e.g. "is sparse, which TensorView
  /// does not read; save it as a dense tensor".
  std::string problem;

  /// What the format itself says of the tensor; empty where only its name tells (NetworkTensors.h).
  std::string layer; ///< name of the layer that it belongs to
  std::string kind;  ///< one of `kinds`, e.g. "weight"
  /// What the axes are, a letter each: O filters, I channels, D, H, W positions, e.g. "HWIO" for a
  /// convolution of Keras. A letter that comes twice is one axis in two parts: "HWOO" for a kernel
  /// [rows, columns, channels, multiplier], whose filters are channels x multiplier.
  std::string axes;

  std::int64_t size() const; ///< number of elements
};

/// What a file holds, and the way to its bytes. Copies share the open file.
struct TensorCatalogue
{
  std::string path;
  std::string format;                          ///< "safetensors", "PyTorch"
  std::vector<TensorEntry> tensors;            ///< the file's own order
  std::map<std::string, std::string> metadata; ///< the file's own notes, e.g. {"format", "pt"}
  std::shared_ptr<const TensorStore> store;

  /// Index into `tensors` of the first with this name, or -1.
  std::ptrdiff_t find(const std::string& name) const;
  std::vector<std::string> names() const;
};

/// Opens a file of any known format, which is told by its first bytes, never by its name:
/// safetensors, and what torch.save writes since PyTorch 1.6. Reads the description only. All
/// lengths, offsets and shapes are checked against the size of the file, nothing in it is executed.
/// @throws TensorFileError
TensorCatalogue openTensorFile(const std::string& path);

/// The same for bytes from elsewhere; errors do not name a file.
TensorCatalogue openTensorBytes(const std::shared_ptr<const ByteSource>& source);

/// The elements [first, first + count) along the first axis of a tensor (all of a single number),
/// as float32 in C order. Integers and float64 are rounded to the nearest float32; bool gives 0 and
/// 1. May be called from several threads at once.
/// @param destination room for count * size() / shape[0] values
/// @throws TensorFileError if the tensor has a problem, or the file has changed or cannot be read
void readTensorRows(const TensorCatalogue& catalogue, std::size_t index, std::int64_t first,
  std::int64_t count, float* destination);

/// All of a tensor.
/// @param destination room for size() values
void readTensor(const TensorCatalogue& catalogue, std::size_t index, float* destination);
std::shared_ptr<const float> readTensor(const TensorCatalogue& catalogue, std::size_t index);

} // namespace tensorview

#endif
