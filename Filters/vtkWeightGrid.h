#ifndef vtkWeightGrid_h
#define vtkWeightGrid_h

#include "vtkFlatGridFilter.h"

class vtkPolyData;

/**
 * @class vtkWeightGrid
 * @brief A layer's weights as a grid of windows, in two forms.
 *
 * Port 0 `Blocks` (vtkPolyData): a cube for every weight whose centre lies at z = weight *
 * HeightScale. Cell data (six faces a cube): the weight under the name of its kind, `Slot`, `Group`
 * where it is known, `LayerId` with several layers, global ids. With several ranks each draws its
 * filters. The field data `HeightScale` holds the scale that was used, one for each layer.
 *
 * Ports 1 `Image` and 2 `FocusImage` (vtkImageData): the same flat, see vtkFlatGridFilter. Ports 3
 * `Labels` and 4 `Removed`: see vtkTensorGridFilter.
 *
 * A layer with more weights than MaximumBlocks is drawn coarser: a cube stands for a block of
 * values, a window, or a block of windows of a filter, and shows what Aggregate says. Filters in
 * focus are drawn as if they were all, with MaximumFocus as their budget. The note says so.
 *
 * Kind: `weight` by default.
 *
 * @sa tensorview::layoutGrid, tensorview::chooseDetail
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkWeightGrid : public vtkFlatGridFilter
{
public:
  static vtkWeightGrid* New();
  vtkTypeMacro(vtkWeightGrid, vtkFlatGridFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Height of a weight of 1; 0 = automatic: the largest magnitude of the layer, rounded up to a
  /// power of two, is half as high as a window is wide. Default 0.
  vtkSetMacro(HeightScale, double);
  vtkGetMacro(HeightScale, double);
  ///@}

  ///@{
  /// Largest number of cubes of filters that are not in focus; 0 = none are drawn. Default 5000:
  /// about what a view turns smoothly when rendering in software.
  vtkSetClampMacro(MaximumBlocks, vtkIdType, 0, VTK_INT_MAX / 64);
  vtkGetMacro(MaximumBlocks, vtkIdType);
  ///@}

  ///@{
  /// Largest number of cubes of the filters in focus; 0 = they are drawn as the others. Default
  /// 100000.
  vtkSetClampMacro(MaximumFocus, vtkIdType, 0, VTK_INT_MAX / 64);
  vtkGetMacro(MaximumFocus, vtkIdType);
  ///@}

protected:
  vtkWeightGrid();
  ~vtkWeightGrid() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  bool KeepsLittle(const LayerShape& shape) const override;
  void Look(GridLayer& layer, const std::vector<LayerShape>& shapes) override;
  void Draw(const std::vector<GridLayer>& layers, vtkInformationVector* outputVector) override;

  double HeightScale = 0.0;
  vtkIdType MaximumBlocks = 5000;
  vtkIdType MaximumFocus = 100000;

private:
  vtkWeightGrid(const vtkWeightGrid&) = delete;
  void operator=(const vtkWeightGrid&) = delete;

  void MakeBlocks(const std::vector<GridLayer>& layers, vtkPolyData* output);
};

#endif
