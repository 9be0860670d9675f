#ifndef TENSORVIEW_GRID_LAYOUT_H
#define TENSORVIEW_GRID_LAYOUT_H

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Extents of one filter: `channels` windows of `rows` x `columns` values.
struct FilterExtents
{
  std::int64_t channels = 1;
  std::int64_t rows = 1;
  std::int64_t columns = 1;
};

struct GridLayoutOptions
{
  /// Space between filters as a part of a filter's width; at least one pixel. Default 0.1.
  double gap = 0.1;
  /// Space between the windows of a filter as a part of a window's width; at least one pixel unless
  /// windows are single pixels. Default 0.
  double windowGap = 0.0;
  /// Filters side by side; 0 = gridColumns() of the filters that the layer began with. Default 0.
  std::int64_t columns = 0;
};

/// Where the filters of a layer lie, in pixels (one value = one pixel) and in world units.
///
/// World: filter cell (column, row) is the unit square [column, column + 1] x [row, row + 1],
/// whatever the filter's extents, so that all grids of a layer agree. Place 0 is at the lower left,
/// numbers grow to the right, then up; a filter's place is its slot unless an order says otherwise.
/// Inside its cell lies the filter's content, centred, with equal scale in x and y: its channels as
/// a near-square block of windows, channel 0 at the lower left; inside a window row 0 of the values
/// is at the top, as in an image.
///
/// Pixel (0, 0) is the lower left value of place 0's content.
struct GridLayout
{
  std::int64_t columns = 1;      ///< filter cells side by side, a power of two
  std::int64_t rows = 0;         ///< filter cells one above the other
  std::int64_t blockColumns = 1; ///< windows side by side inside a cell
  std::int64_t blockRows = 1;
  std::int64_t windowColumns = 1; ///< pixels of a window
  std::int64_t windowRows = 1;
  std::int64_t channelGap = 0; ///< pixels between the windows of a filter
  std::int64_t pitch = 1;      ///< pixels from one filter to the next, both ways

  std::int64_t contentWidth() const
  {
    return this->blockColumns * (this->windowColumns + this->channelGap) - this->channelGap;
  }
  std::int64_t contentHeight() const
  {
    return this->blockRows * (this->windowRows + this->channelGap) - this->channelGap;
  }
  /// Pixels of the whole grid; 0 without filters.
  std::int64_t width() const
  {
    return this->rows > 0 ? (this->columns - 1) * this->pitch + this->contentWidth() : 0;
  }
  std::int64_t height() const
  {
    return this->rows > 0 ? (this->rows - 1) * this->pitch + this->contentHeight() : 0;
  }
  /// World size of a pixel.
  double spacing() const { return 1.0 / static_cast<double>(this->pitch); }
  /// World position of the lower left corner of pixel (0, 0).
  double originX() const
  {
    return 0.5 * static_cast<double>(this->pitch - this->contentWidth()) * this->spacing();
  }
  double originY() const
  {
    return 0.5 * static_cast<double>(this->pitch - this->contentHeight()) * this->spacing();
  }
  /// Lower left pixel of a place's content.
  std::int64_t contentX(std::int64_t place) const { return place % this->columns * this->pitch; }
  std::int64_t contentY(std::int64_t place) const { return place / this->columns * this->pitch; }
  /// Lower left pixel of a window, relative to the content.
  std::int64_t windowX(std::int64_t channel) const
  {
    return channel % this->blockColumns * (this->windowColumns + this->channelGap);
  }
  std::int64_t windowY(std::int64_t channel) const
  {
    return channel / this->blockColumns * (this->windowRows + this->channelGap);
  }
};

/// Columns of a layer's grid: the smallest power of two >= sqrt(firstFilters), at least 1.
std::int64_t gridColumns(std::int64_t firstFilters);

/// Grid of `slots` filters in a layer that began with `firstFilters` filters: the columns follow
/// from the latter (unless they are given) and stay, new slots add rows.
/// @throws std::invalid_argument if a number is negative, an extent is below 1, a gap is not
/// between 0 and 1000, or the grid has more pixels than fit into 2^31 - 1 each way.
GridLayout layoutGrid(std::int64_t firstFilters, std::int64_t slots, const FilterExtents& filter,
  const GridLayoutOptions& options = {});

} // namespace tensorview

#endif
