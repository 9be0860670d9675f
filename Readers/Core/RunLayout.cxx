#include "RunLayout.h"

namespace tensorview
{
namespace
{

template <typename T>
void extend(std::vector<T>& to, const std::vector<T>& from)
{
  to.insert(to.end(), from.begin(), from.end());
}

} // namespace

void StepBlock::clear()
{
  this->step.clear();
  this->epoch.clear();
  this->metrics.clear();
  this->statistics.clear();
  this->histogram.clear();
  this->histogramRange.clear();
  this->exact.clear();
  this->tracked.clear();
}

void StepBlock::append(const StepBlock& other)
{
  extend(this->step, other.step);
  extend(this->epoch, other.epoch);
  extend(this->metrics, other.metrics);
  extend(this->statistics, other.statistics);
  extend(this->histogram, other.histogram);
  extend(this->histogramRange, other.histogramRange);
  extend(this->exact, other.exact);
  extend(this->tracked, other.tracked);
}

} // namespace tensorview
