#ifndef BlockMesh_h
#define BlockMesh_h

#include "Core/GridLayout.h"
#include "GridLayer.h"

#include <string>
#include <vector>

class vtkPolyData;

/// Filters that are drawn as blocks at the same level of detail.
struct BlockFilters
{
  const GridLayer* layer = nullptr;
  vtkTensorCollection::Part part;
  tensorview::GridLayout layout;
  double heightScale = 1.0;
  std::vector<float> shown; ///< the values as they are drawn
};

/// Draws a cube for each value: cell data (six faces a cube) the values under the name of the kind,
/// `Slot`, `Group` where all have one, `LayerId` if `layered`, and global ids.
/// @param range of the values, widened to [-m, m] for kinds of both signs
void DrawBlocks(const std::vector<BlockFilters>& blocks, const std::string& kind,
  const tensorview::FiniteRange& range, bool layered, vtkPolyData* output);

#endif
