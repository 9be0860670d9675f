#ifndef TENSORVIEW_TENSOR_CACHE_H
#define TENSORVIEW_TENSOR_CACHE_H

#include "Core/TensorTypes.h"

#include <cstddef>
#include <map>
#include <utility>

namespace tensorview
{

/// What a reader reads at a time: a snapshot, and of its tensors the filters of one of several
/// ranks.
struct SnapshotPiece
{
  std::size_t snapshot = 0;
  int piece = 0;
  int pieces = 1;

  bool operator==(const SnapshotPiece& o) const
  {
    return snapshot == o.snapshot && piece == o.piece && pieces == o.pieces;
  }

  /// First filter and number of filters of a rank, a contiguous range; -1: all.
  std::pair<std::int64_t, std::int64_t> filters(std::int64_t all) const
  {
    const std::int64_t first = all * piece / pieces;
    return { first, pieces == 1 ? -1 : all * (piece + 1) / pieces - first };
  }
};

/// The tensors of the piece of a snapshot that was read last.
class TensorCache
{
public:
  bool holds(std::size_t tensor, const SnapshotPiece& piece) const
  {
    return piece == this->piece_ && this->tensors_.count(tensor) != 0;
  }

  /// The tensor; calls `read()` if it is not held. What is held of another piece is dropped.
  template <typename Read>
  const TensorValues& get(std::size_t tensor, const SnapshotPiece& piece, Read&& read)
  {
    if (!(piece == this->piece_))
    {
      this->tensors_.clear();
      this->piece_ = piece;
    }
    const auto found = this->tensors_.find(tensor);
    return found != this->tensors_.end() ? found->second : this->tensors_[tensor] = read();
  }

  void drop(std::size_t tensor) { this->tensors_.erase(tensor); }
  void clear() { this->tensors_.clear(); }

private:
  SnapshotPiece piece_;
  std::map<std::size_t, TensorValues> tensors_;
};

} // namespace tensorview

#endif
