#ifndef vtkFlatGridFilter_h
#define vtkFlatGridFilter_h

#include "vtkTensorGridFilter.h"

class FlatImages;

/**
 * @class vtkFlatGridFilter
 * @brief What grids with flat images share.
 *
 * `Image` (vtkImageData, cell data): a pixel for every value under the name of its kind; between
 * windows -infinity, removed filters and channels and values that are not finite not a number;
 * `Slot` and `Group` where it is known (-1 between windows), `LayerId` with several layers; global
 * ids. Every filter fills the middle of its unit cell. Rank 0 draws it.
 *
 * A tensor with more values than MaximumPixels is drawn coarser: a pixel stands for a block of
 * values, a window, or a block of windows of a filter, and shows what Aggregate says. The note says
 * so. `FocusImage` (empty without need) is the rectangle of the filters in focus, at the finest
 * level within the same budget.
 *
 * @sa FlatImages, tensorview::chooseDetail, tensorview::paintValues
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkFlatGridFilter : public vtkTensorGridFilter
{
public:
  vtkTypeMacro(vtkFlatGridFilter, vtkTensorGridFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Largest number of values in an image; 0 = no image is drawn. Default 4000000;
  /// of vtkWeightGrid 2000000.
  vtkSetClampMacro(MaximumPixels, vtkIdType, 0, VTK_INT_MAX / 64);
  vtkGetMacro(MaximumPixels, vtkIdType);
  ///@}

  ///@{
  /// What an element shows of the values that it stands for. Default AGGREGATE_LARGEST_MAGNITUDE.
  vtkSetClampMacro(Aggregate, int, AGGREGATE_LARGEST_MAGNITUDE, AGGREGATE_MAXIMUM);
  vtkGetMacro(Aggregate, int);
  ///@}

  enum NormalizationMode
  {
    NORMALIZE_NONE = 0,   ///< the values as they are
    NORMALIZE_WINDOW = 1, ///< each window by its own range
    NORMALIZE_LAYER = 2   ///< all windows by the range of their layer
  };
  ///@{
  /// How values are scaled before they are drawn: from the smallest (0) to the largest (1); for
  /// kinds of both signs by the largest magnitude (to -1 ... 1), so that zero stays zero. A filter
  /// whose windows are single values is scaled as one. Default NORMALIZE_NONE.
  vtkSetClampMacro(Normalization, int, NORMALIZE_NONE, NORMALIZE_LAYER);
  vtkGetMacro(Normalization, int);
  ///@}

protected:
  explicit vtkFlatGridFilter(const char* defaultKind);
  ~vtkFlatGridFilter() override;

  /// Port of the image; that of the focus comes after it. Default 0.
  void SetImagePort(int port) { this->ImagePort = port; }
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  FlatImages GetImages(std::size_t layers) const;
  /// Draws both images of what the layers kept.
  void DrawImages(const std::vector<GridLayer>& layers, std::size_t keptWhole,
    std::size_t keptFocus, vtkInformationVector* outputVector);

  vtkIdType MaximumPixels = 4000000;
  int Aggregate = AGGREGATE_LARGEST_MAGNITUDE;
  int Normalization = NORMALIZE_NONE;

private:
  vtkFlatGridFilter(const vtkFlatGridFilter&) = delete;
  void operator=(const vtkFlatGridFilter&) = delete;

  int ImagePort = 0;
};

#endif
