#include "FiniteSamples.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tensorview
{

namespace
{
bool allFinite(const float* values, std::size_t count)
{
  // A sum of x * 0 is zero exactly when every x is finite; this vectorises, std::isfinite does not.
  constexpr std::size_t lanes = 16;
  float sums[lanes] = {};
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes)
  {
    for (std::size_t lane = 0; lane < lanes; ++lane)
    {
      sums[lane] += values[k + lane] * 0.0F;
    }
  }
  float sum = 0.0F;
  for (const float lane : sums)
  {
    sum += lane;
  }
  for (; k < count; ++k)
  {
    sum += values[k] * 0.0F;
  }
  return sum == 0.0F;
}
}

std::size_t FiniteSamples::countLeftOut() const
{
  return std::accumulate(this->leftOut.begin(), this->leftOut.end(), std::size_t{ 0 });
}

FiniteSamples findFiniteSamples(
  const float* values, std::size_t filters, std::size_t samples, const ParallelFor& parallel)
{
  std::vector<std::uint8_t> clean(filters, 0);
  parallel(filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        clean[i] = allFinite(values + i * samples, samples) ? 1 : 0;
      }
    });

  FiniteSamples result;
  for (std::size_t i = 0; i < filters; ++i)
  {
    const float* row = values + i * samples;
    if (clean[i] != 0)
    {
      continue;
    }
    if (std::none_of(row, row + samples, [](float v) { return std::isfinite(v); }))
    {
      result.notFinite.push_back(i);
      continue;
    }
    result.leftOut.resize(samples, 0);
    for (std::size_t k = 0; k < samples; ++k)
    {
      result.leftOut[k] = result.leftOut[k] != 0 || !std::isfinite(row[k]) ? 1 : 0;
    }
  }
  return result;
}

std::vector<float> keepFiniteSamples(const float* values, std::size_t filters, std::size_t samples,
  const FiniteSamples& finite, const ParallelFor& parallel)
{
  const std::size_t used = samples - finite.countLeftOut();
  std::vector<float> kept(filters * used);
  parallel(filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        const float* from = values + i * samples;
        float* to = kept.data() + i * used;
        if (std::binary_search(finite.notFinite.begin(), finite.notFinite.end(), i))
        {
          continue;
        }
        for (std::size_t k = 0; k < samples; ++k)
        {
          if (finite.leftOut.empty() || finite.leftOut[k] == 0)
          {
            *to++ = from[k];
          }
        }
      }
    });
  return kept;
}

} // namespace tensorview
