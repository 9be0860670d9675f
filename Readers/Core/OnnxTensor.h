#ifndef TENSORVIEW_ONNX_TENSOR_H
#define TENSORVIEW_ONNX_TENSOR_H

#include "ElementType.h"
#include "ProtobufWire.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// A TensorProto of an ONNX file.
struct OnnxTensor
{
  /// Some of the tensor's bytes.
  struct Piece
  {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  std::string name; ///< as in the file
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::Float32;
  std::string problem; ///< empty, or why it cannot be read, as TensorEntry has it

  /// Where its elements lie in the file, one after the other.
  std::vector<Piece> pieces;
  bool varints = false; ///< they are numbers of 7 bits a byte, else little endian as `type` says

  /// If not empty, they lie in another file instead: [externalOffset, externalOffset +
  /// externalSize), to its end where no size is given.
  std::string location;
  std::uint64_t externalOffset = 0;
  std::uint64_t externalSize = 0;
  bool externalSized = false;
};

/// Reads a TensorProto, all but its elements. Shape, type and number of bytes are checked against
/// each other.
/// @throws TensorFileError if the message is damaged
OnnxTensor readOnnxTensor(WireBytes& bytes, const WireField& field);

} // namespace tensorview

#endif
