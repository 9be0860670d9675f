#ifndef vtkTensorArray_h
#define vtkTensorArray_h

#include "vtkFloatArray.h"
#include "vtkTensorViewDataModelModule.h"

#include "../Core/TensorTypes.h" // plain types

#include <memory> // for shared_ptr

/**
 * @class vtkTensorArray
 * @brief Float array that knows its range, so that ParaView does not scan it at every refresh, and
 * that may share (not copy) the memory of an immutable snapshot.
 */
class VTKTENSORVIEWDATAMODEL_EXPORT vtkTensorArray : public vtkFloatArray
{
public:
  static vtkTensorArray* New();
  vtkTypeMacro(vtkTensorArray, vtkFloatArray);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// Shares `values` (`count` of them, one component); they must not change any more.
  void ShareValues(std::shared_ptr<const float> values, vtkIdType count);

  /// Promises the range of the values as they are now; forgotten when the array is modified.
  void SetKnownRange(const tensorview::ValueRange& range);
  /// Promises [-m, m], m = largest finite magnitude: colour maps are then symmetric about zero.
  void SetSymmetricRange(const tensorview::ValueRange& range);

protected:
  vtkTensorArray();
  ~vtkTensorArray() override;
  void ComputeRange(double range[2], int component) override;
  void ComputeRange(double range[2], int component, const unsigned char* ghosts,
    unsigned char ghostsToSkip) override;
  void ComputeFiniteRange(double range[2], int component) override;
  void ComputeFiniteRange(double range[2], int component, const unsigned char* ghosts,
    unsigned char ghostsToSkip) override;

private:
  vtkTensorArray(const vtkTensorArray&) = delete;
  void operator=(const vtkTensorArray&) = delete;

  bool Known();
  std::shared_ptr<const float> Owner;
  double Range[4] = { 0.0, 0.0, 0.0, 0.0 };
  vtkMTimeType KnownAt = 0;
};

#endif
