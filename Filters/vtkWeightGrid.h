#ifndef vtkWeightGrid_h
#define vtkWeightGrid_h

#include "vtkTensorGridFilter.h"

struct LayerTensor;
class vtkImageData;
class vtkPolyData;

/**
 * @class vtkWeightGrid
 * @brief A layer's weights as a grid of windows, in two forms.
 *
 * Port 0 `Blocks` (vtkPolyData): a cube for every weight whose centre lies at z = weight *
 * HeightScale. Cell data (six faces a cube): the weight under the name of its kind, `Slot`, `Group`
 * where it is known, global ids. With several ranks each draws its filters.
 *
 * Port 1 `Image` (vtkImageData, cell data): the same flat, a pixel for every weight; between
 * windows -infinity and Slot -1, removed filters and channels not a number. Rank 0 draws it.
 *
 * A layer with more weights than MaximumBlocks (MaximumPixels) is drawn coarser: a cube (pixel)
 * stands for a window, then for blocks of 2 x 2, 4 x 4 ... windows of a filter, and shows the value
 * with the largest magnitude. The note says so.
 *
 * Kind: `weight` by default. The field data `HeightScale` holds the scale that was used.
 *
 * @sa tensorview::layoutGrid, tensorview::chooseDetail
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkWeightGrid : public vtkTensorGridFilter
{
public:
  static vtkWeightGrid* New();
  vtkTypeMacro(vtkWeightGrid, vtkTensorGridFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Height of a weight of 1; 0 = automatic: the largest magnitude of the layer, rounded up to a
  /// power of two, is half as high as a window is wide. Default 0.
  vtkSetMacro(HeightScale, double);
  vtkGetMacro(HeightScale, double);
  ///@}

  ///@{
  /// Largest number of cubes. Default 20000.
  vtkSetClampMacro(MaximumBlocks, vtkIdType, 1, VTK_INT_MAX / 64);
  vtkGetMacro(MaximumBlocks, vtkIdType);
  ///@}

  ///@{
  /// Largest number of values in the image. Default 8000000.
  vtkSetClampMacro(MaximumPixels, vtkIdType, 1, VTK_INT_MAX);
  vtkGetMacro(MaximumPixels, vtkIdType);
  ///@}

protected:
  vtkWeightGrid();
  ~vtkWeightGrid() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  double HeightScale = 0.0;
  vtkIdType MaximumBlocks = 20000;
  vtkIdType MaximumPixels = 8000000;

private:
  vtkWeightGrid(const vtkWeightGrid&) = delete;
  void operator=(const vtkWeightGrid&) = delete;

  void MakeBlocks(const LayerTensor& tensor, vtkPolyData* output);
  void MakeImage(const LayerTensor& tensor, vtkInformation* outputInformation);
};

#endif
