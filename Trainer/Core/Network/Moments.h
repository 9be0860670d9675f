#ifndef TENSORVIEW_MOMENTS_H
#define TENSORVIEW_MOMENTS_H

#include <cstdint>
#include <limits>

namespace tensorview
{

/// Sums over the values of a tensor, or of a part of one. NaN makes the sums NaN and takes no part
/// in the extremes.
struct Moments
{
  double sum = 0.0;
  double absoluteSum = 0.0;
  double squareSum = 0.0;
  std::int64_t nonZero = 0;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();

  void add(const Moments& other)
  {
    this->sum += other.sum;
    this->absoluteSum += other.absoluteSum;
    this->squareSum += other.squareSum;
    this->nonZero += other.nonZero;
    this->min = other.min < this->min ? other.min : this->min;
    this->max = other.max > this->max ? other.max : this->max;
  }
};

} // namespace tensorview

#endif
