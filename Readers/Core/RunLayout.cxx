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

std::int64_t RunLayout::expectedBytes(
  std::int64_t steps, std::int64_t snapshots, std::int64_t evaluations) const
{
  const auto count = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
  const std::int64_t described = count(this->statisticTensors);
  const std::int64_t perStep =
    8 + 8 + 4 * count(this->metricColumns) +
    described * (4 * std::int64_t(statisticCount) + 4 * std::int64_t(histogramBins) + 8 + 1) +
    4 * count(this->tracked);
  std::int64_t perFilterRow = 8 + 4 * count(this->changeBandLayers) * std::int64_t(changeBandCount);
  for (const auto& series : this->filterSeries)
  {
    perFilterRow += 4 * series.slots;
  }
  std::int64_t perSnapshot = 16;
  for (const auto& tensor : this->model.tensors)
  {
    perSnapshot += 4 * tensor.shape.size();
  }
  for (const auto& tensor : this->probe)
  {
    perSnapshot += 4 * tensor.shape.size();
  }
  const std::int64_t perEvaluation = 24 + 2 * count(this->validationLabels);
  const std::int64_t filterRows = this->filterInterval > 0 ? steps / this->filterInterval : 0;
  const std::int64_t fixed = (std::int64_t(1) << 20) + 10 * count(this->validationLabels);
  return fixed + steps * perStep + filterRows * perFilterRow + snapshots * perSnapshot +
         evaluations * perEvaluation;
}

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
