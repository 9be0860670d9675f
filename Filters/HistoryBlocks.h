#ifndef HistoryBlocks_h
#define HistoryBlocks_h

#include "../Readers/Core/LayerHistory.h"

/// Cuts a tensor into boxes of at most `values` values (at least one), in C order, each within one
/// piece or made of whole ones.
std::vector<tensorview::TensorBox> SplitTensor(const tensorview::TensorShape& shape,
  const std::array<std::int64_t, 4>& piece, std::int64_t values);

/// `count` of `all` indices, evenly spread, the first and the last among them; all if `count` is
/// not smaller.
std::vector<std::size_t> SpreadIndices(std::size_t all, std::size_t count);

#endif
