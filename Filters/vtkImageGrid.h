#ifndef vtkImageGrid_h
#define vtkImageGrid_h

#include "vtkFlatGridFilter.h"

/**
 * @class vtkImageGrid
 * @brief A layer's activations as a grid of pictures, one for every filter.
 *
 * Ports 0 `Image` and 1 `FocusImage` (vtkImageData): the activations, summed over their batch by
 * the producer, see vtkFlatGridFilter. Ports 2 `Labels` and 3 `Removed`: see
 * vtkTensorGridFilter.
 *
 * Kind: `activation` by default; any kind will do.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkImageGrid : public vtkFlatGridFilter
{
public:
  static vtkImageGrid* New();
  vtkTypeMacro(vtkImageGrid, vtkFlatGridFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

protected:
  vtkImageGrid();
  ~vtkImageGrid() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  bool KeepsLittle(const LayerShape& shape) const override;
  void Look(GridLayer& layer, const std::vector<LayerShape>& shapes) override;
  void Draw(const std::vector<GridLayer>& layers, vtkInformationVector* outputVector) override;

private:
  vtkImageGrid(const vtkImageGrid&) = delete;
  void operator=(const vtkImageGrid&) = delete;
};

#endif
