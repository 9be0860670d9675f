#ifndef RemovedPlaces_h
#define RemovedPlaces_h

#include "Core/GridLayout.h"
#include "GridLayer.h"

#include <vector>

class vtkPolyData;

/// Draws a rectangle where each filter was that is removed at this step: its place stays empty for
/// ever. See vtkTensorGridFilter. `layouts` of the layers.
void WriteRemovedPlaces(const std::vector<GridLayer>& layers,
  const std::vector<tensorview::GridLayout>& layouts, vtkPolyData* output);

#endif
