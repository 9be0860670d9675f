#ifndef GridLabels_h
#define GridLabels_h

#include "Core/GridLayout.h"
#include "GridLayer.h"

#include <vector>

class vtkPolyData;

/// Names of what a grid shows, and outlines; see vtkTensorGridFilter. `layouts` of the layers.
void WriteGridLabels(const std::vector<GridLayer>& layers,
  const std::vector<tensorview::GridLayout>& layouts,
  const std::vector<std::vector<std::int32_t>>& slots, vtkPolyData* output);

#endif
