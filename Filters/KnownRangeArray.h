#ifndef KnownRangeArray_h
#define KnownRangeArray_h

#include "vtkType.h"

/// An integer array of one component whose range is known where it is made, so that ParaView need
/// not look at every value of every refresh. `Base` is vtkIntArray or vtkIdTypeArray; to everyone
/// else the array is one of these.
template <typename Base>
class KnownRangeArray : public Base
{
public:
  static KnownRangeArray* New()
  {
    auto* array = new KnownRangeArray;
    array->InitializeObjectBase();
    return array;
  }

  /// Promises the range of the values as they are now; forgotten when the array is modified.
  void SetKnownRange(double low, double high)
  {
    this->Low = low;
    this->High = high;
    this->Modified();
    this->KnownAt = this->GetMTime();
  }

protected:
  void ComputeRange(double range[2], int component) override
  {
    if (!this->CopyKnown(range))
    {
      this->Base::ComputeRange(range, component);
    }
  }
  void ComputeRange(
    double range[2], int component, const unsigned char* ghosts, unsigned char skip) override
  {
    if (ghosts || !this->CopyKnown(range))
    {
      this->Base::ComputeRange(range, component, ghosts, skip);
    }
  }
  void ComputeFiniteRange(double range[2], int component) override
  {
    if (!this->CopyKnown(range))
    {
      this->Base::ComputeFiniteRange(range, component);
    }
  }
  void ComputeFiniteRange(
    double range[2], int component, const unsigned char* ghosts, unsigned char skip) override
  {
    if (ghosts || !this->CopyKnown(range))
    {
      this->Base::ComputeFiniteRange(range, component, ghosts, skip);
    }
  }

private:
  bool CopyKnown(double range[2])
  {
    if (this->KnownAt == 0 || this->GetMTime() > this->KnownAt)
    {
      return false;
    }
    range[0] = this->Low;
    range[1] = this->High;
    return true;
  }

  double Low = 0.0;
  double High = 0.0;
  vtkMTimeType KnownAt = 0;
};

#endif
