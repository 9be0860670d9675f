#ifndef TENSORVIEW_TENSOR_CATALOGUE_H
#define TENSORVIEW_TENSOR_CATALOGUE_H

#include "ElementType.h"
#include "TensorFileError.h"
#include "TensorLimits.h"
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

/// What a format itself says of a tensor; empty where only the name tells (NetworkTensors.h).
struct TensorRole
{
  std::string layer;      ///< name of the layer in the file's network, e.g. "conv1"
  std::string layerClass; ///< the framework's word: Keras "Conv2D", an ONNX operator "Gemm"
  /// One of `kinds`; gamma and beta of a normalisation are weight and bias.
  std::string kind;
  /// What the axes of the file's shape are, a letter each: O filters, I channels, D, H, W depth,
  /// rows, columns of a window, '.' none of these. "OIHW" is a convolution of PyTorch and ONNX,
  /// "HWIO" one of Keras, "IO" its dense layer, "O" a vector. A letter that comes twice is one axis
  /// in two parts: "HWOO" is a kernel [rows, columns, channels, multiplier] whose filters are
  /// channels x multiplier.
  std::string axes;
};

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

  TensorRole role;

  std::int64_t size() const; ///< number of elements
};

/// What a file holds, and the way to its bytes. Copies share the open file.
struct TensorCatalogue
{
  std::string path;
  std::string format;               ///< "safetensors", "PyTorch", "NumPy", "NumPy archive"
  std::vector<TensorEntry> tensors; ///< the file's own order
  std::map<std::string, std::string> metadata; ///< the file's own notes, e.g. {"format", "pt"}
  std::shared_ptr<const TensorStore> store;

  /// Index into `tensors` of the first with this name, or -1.
  std::ptrdiff_t find(const std::string& name) const;
  std::vector<std::string> names() const;
};

/// Opens a file of any known format, which is told by its first bytes, never by its name:
/// safetensors, what torch.save writes since PyTorch 1.6, and .npy and .npz of NumPy. Reads the
/// description only. All lengths, offsets and shapes are checked against the size of the file,
/// nothing in it is executed. The array of a .npy file is named after the file, without its
/// extension. The index of a model in several files (*.safetensors.index.json) stands for all of
/// them.
/// @throws TensorFileError
TensorCatalogue openTensorFile(const std::string& path, const TensorLimits& limits = {});

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
