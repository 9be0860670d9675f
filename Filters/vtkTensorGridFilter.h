#ifndef vtkTensorGridFilter_h
#define vtkTensorGridFilter_h

#include "vtkTensorFilter.h"

struct LayerShape;
namespace tensorview
{
struct GridLayout;
}

/**
 * @class vtkTensorGridFilter
 * @brief What the grids share: a window for every filter, at the same place in every grid.
 *
 * The filter in slot s has the unit square [c, c + 1] x [r, r + 1] of the plane as its cell, with
 * c = s modulo columns, r = s / columns, columns = the smallest power of two >= the square root of
 * the number of filters that the layer began with. A filter's content lies in the middle of its
 * cell with equal scale in x and y, its channels as a near-square block with channel 0 at the lower
 * left; inside a window row 0 is on top, as in an image.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkTensorGridFilter : public vtkTensorFilter
{
public:
  vtkTypeMacro(vtkTensorGridFilter, vtkTensorFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Space between neighbouring filters as a part of a filter's width, 0 to 10; at least one value
  /// wide. Default 0.1.
  vtkSetClampMacro(Gap, double, 0.0, 10.0);
  vtkGetMacro(Gap, double);
  ///@}

protected:
  explicit vtkTensorGridFilter(const char* defaultKind);
  ~vtkTensorGridFilter() override;

  tensorview::GridLayout GetLayout(const LayerShape& shape) const;

  double Gap = 0.1;

private:
  vtkTensorGridFilter(const vtkTensorGridFilter&) = delete;
  void operator=(const vtkTensorGridFilter&) = delete;
};

#endif
