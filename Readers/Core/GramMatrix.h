#ifndef TENSORVIEW_GRAM_MATRIX_H
#define TENSORVIEW_GRAM_MATRIX_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Layers of more filters have none: computing and keeping it would cost too much.
inline constexpr std::int64_t largestGram = 512;

/// Products of the maps of a layer's filters as the next layer sees them (after pooling), and of a
/// constant 1, summed over the samples of a batch and over positions.
struct GramMatrix
{
  std::string layer;
  std::vector<std::int32_t> slot; ///< filters that exist, ascending
  /// [filters + 1, filters + 1], symmetric; the last row and column are the constant's, the last
  /// value is the number of samples and positions.
  std::vector<double> values;

  std::size_t rows() const { return this->slot.size() + 1; }
  bool empty() const { return this->values.empty(); }
};

} // namespace tensorview

#endif
