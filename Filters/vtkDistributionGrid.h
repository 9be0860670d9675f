#ifndef vtkDistributionGrid_h
#define vtkDistributionGrid_h

#include "vtkTensorGridFilter.h"

/**
 * @class vtkDistributionGrid
 * @brief A layer's activations as a grid of curves, one for every filter.
 *
 * Port 0 `Curves`: vtkPolyData, a polyline for every filter in the middle of its unit cell: x =
 * index of the value in the flattened window, y = the value, both scaled to the window. Values that
 * are not finite are passed over; a filter without finite values has no line. Point data: the value
 * under the name of its kind. Cell data: `Slot`, global ids and, behind a vtkPCCGrouping, `Group`,
 * which then are the active scalars (without it the curves keep the neutral colour of the display).
 * With several ranks each draws its filters.
 *
 * A layer with more values than MaximumPoints is thinned out: of equal stretches of a curve only
 * the smallest and the largest value are kept, so no peak vanishes. The note says so. Filters in
 * focus have all their values. Ports 1 `Labels` and 2 `Removed`: see
 * vtkTensorGridFilter.
 *
 * Kind: `activation` by default; any kind will do.
 *
 * @sa tensorview::curveSamples, tensorview::writeCurve
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkDistributionGrid : public vtkTensorGridFilter
{
public:
  static vtkDistributionGrid* New();
  vtkTypeMacro(vtkDistributionGrid, vtkTensorGridFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  enum NormalizationMode
  {
    NORMALIZE_WINDOW = 0, ///< each curve from its smallest value to its largest
    NORMALIZE_LAYER = 1   ///< all curves with the scale of the layer
  };
  ///@{
  /// What fills the height of a window. Default NORMALIZE_WINDOW.
  vtkSetClampMacro(Normalization, int, NORMALIZE_WINDOW, NORMALIZE_LAYER);
  vtkGetMacro(Normalization, int);
  ///@}

  ///@{
  /// Largest number of points of all curves together (but those in focus), at least 2 a filter; 0 =
  /// no curves are drawn. Default 200000.
  vtkSetClampMacro(MaximumPoints, vtkIdType, 0, VTK_INT_MAX);
  vtkGetMacro(MaximumPoints, vtkIdType);
  ///@}

protected:
  vtkDistributionGrid();
  ~vtkDistributionGrid() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  bool KeepsLittle(const LayerShape& shape) const override;
  void Look(GridLayer& layer, const std::vector<LayerShape>& shapes) override;
  void Draw(const std::vector<GridLayer>& layers, vtkInformationVector* outputVector) override;

  int Normalization = NORMALIZE_WINDOW;
  vtkIdType MaximumPoints = 200000;

private:
  vtkDistributionGrid(const vtkDistributionGrid&) = delete;
  void operator=(const vtkDistributionGrid&) = delete;

  std::size_t GetMostPoints(const std::vector<LayerShape>& shapes) const;
};

#endif
