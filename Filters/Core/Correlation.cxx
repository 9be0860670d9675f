#include "Correlation.h"

#include "FiniteSamples.h"

namespace tensorview
{

void addFinite(
  FilterMoments& moments, const float* values, std::size_t samples, const ParallelFor& parallel)
{
  const std::size_t filters = moments.filters();
  const FiniteSamples finite = findFiniteSamples(values, filters, samples, parallel);
  moments.leaveOut(finite);
  if (finite.all())
  {
    moments.add(values, samples, parallel);
    return;
  }
  const std::vector<float> kept = keepFiniteSamples(values, filters, samples, finite, parallel);
  moments.add(kept.data(), samples - finite.countLeftOut(), parallel);
}

Correlation correlationOf(const FilterMoments& moments, const ParallelFor& parallel)
{
  Correlation result;
  result.filters = moments.filters();
  result.measure = moments.measure();
  result.coefficients = moments.coefficients(parallel);
  result.constant = moments.constant();
  result.notFinite = moments.notFinite();
  result.leftOut = moments.samplesLeftOut();
  result.samples = moments.samples();
  return result;
}

Correlation correlate(const float* values, std::size_t filters, std::size_t samples,
  const ParallelFor& parallel, Measure measure)
{
  FilterMoments moments(filters, measure);
  addFinite(moments, values, samples, parallel);
  return correlationOf(moments, parallel);
}

} // namespace tensorview
