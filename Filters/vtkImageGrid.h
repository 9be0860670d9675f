#ifndef vtkImageGrid_h
#define vtkImageGrid_h

#include "vtkTensorGridFilter.h"

/**
 * @class vtkImageGrid
 * @brief A layer's activations as a grid of pictures, one for every filter.
 *
 * Output: vtkImageData with cell data: the activation (summed over its batch by the producer) under
 * the name of its kind, -infinity between windows, not a number for removed filters; `Slot` and
 * `Group` where it is known (-1 between windows); global ids. Every window fills the middle of its
 * filter's unit cell. With several ranks rank 0 draws it.
 *
 * Kind: `activation` by default; any kind will do.
 *
 * @sa tensorview::layoutGrid, tensorview::paintValues
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkImageGrid : public vtkTensorGridFilter
{
public:
  static vtkImageGrid* New();
  vtkTypeMacro(vtkImageGrid, vtkTensorGridFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  enum NormalizationMode
  {
    NORMALIZE_NONE = 0,   ///< the values as they are
    NORMALIZE_WINDOW = 1, ///< each window from its smallest value (0) to its largest (1)
    NORMALIZE_LAYER = 2   ///< the same over all windows of the layer
  };
  ///@{
  /// How values are scaled before they are drawn. Default NORMALIZE_NONE.
  vtkSetClampMacro(Normalization, int, NORMALIZE_NONE, NORMALIZE_LAYER);
  vtkGetMacro(Normalization, int);
  ///@}

protected:
  vtkImageGrid();
  ~vtkImageGrid() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  int Normalization = NORMALIZE_NONE;

private:
  vtkImageGrid(const vtkImageGrid&) = delete;
  void operator=(const vtkImageGrid&) = delete;
};

#endif
