#include "Correlation.h"

#include "FilterValues.h"
#include "SymmetricProduct.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tensorview
{

namespace
{
/// What the first pass over the values found.
struct Finiteness
{
  std::vector<std::size_t> notFinite; ///< filters
  std::vector<std::size_t> samples;   ///< those to use; empty = all
  std::size_t leftOut = 0;
};

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

Finiteness findFinite(
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

  Finiteness result;
  if (std::find(clean.begin(), clean.end(), 0) == clean.end())
  {
    return result;
  }
  std::vector<std::uint8_t> use(samples, 1);
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
    for (std::size_t k = 0; k < samples; ++k)
    {
      use[k] = use[k] != 0 && std::isfinite(row[k]) ? 1 : 0;
    }
  }
  for (std::size_t k = 0; k < samples; ++k)
  {
    if (use[k] != 0)
    {
      result.samples.push_back(k);
    }
  }
  result.leftOut = samples - result.samples.size();
  return result;
}

/// Sum of f(x) over a row in double precision, in lanes that the compiler makes vectors of.
template <typename Function>
double sumOf(const float* row, std::size_t count, Function f)
{
  constexpr std::size_t lanes = 8;
  double sums[lanes] = {};
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes)
  {
    for (std::size_t lane = 0; lane < lanes; ++lane)
    {
      sums[lane] += f(static_cast<double>(row[k + lane]));
    }
  }
  double sum = 0.0;
  for (const double lane : sums)
  {
    sum += lane;
  }
  for (; k < count; ++k)
  {
    sum += f(static_cast<double>(row[k]));
  }
  return sum;
}

/// Turns a row of finite values into one of mean 0 and norm 1; false (and zeros) if all are the
/// same.
bool standardise(float* row, std::size_t count)
{
  const FiniteRange range = finiteRange(row, count);
  if (range.empty() || range.low == range.high)
  {
    std::fill(row, row + count, 0.0F);
    return false;
  }
  const double mean =
    sumOf(row, count, [](double value) { return value; }) / static_cast<double>(count);
  const double squares =
    sumOf(row, count, [mean](double value) { return (value - mean) * (value - mean); });
  const double scale = 1.0 / std::sqrt(squares);
  for (std::size_t k = 0; k < count; ++k)
  {
    row[k] = static_cast<float>((static_cast<double>(row[k]) - mean) * scale);
  }
  return true;
}
}

Correlation correlate(
  const float* values, std::size_t filters, std::size_t samples, const ParallelFor& parallel)
{
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const Finiteness finite = findFinite(values, filters, samples, parallel);
  const bool all = finite.leftOut == 0 && finite.samples.empty();
  const std::size_t used = all ? samples : finite.samples.size();

  std::vector<std::uint8_t> varies(filters, 0);
  std::vector<std::uint8_t> present(filters, 1);
  for (const std::size_t i : finite.notFinite)
  {
    present[i] = 0;
  }
  std::vector<float> rows(filters * used);
  parallel(filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        if (present[i] == 0)
        {
          continue;
        }
        const float* from = values + i * samples;
        float* row = rows.data() + i * used;
        if (all)
        {
          std::copy(from, from + samples, row);
        }
        else
        {
          for (std::size_t k = 0; k < used; ++k)
          {
            row[k] = from[finite.samples[k]];
          }
        }
        varies[i] = standardise(row, used) ? 1 : 0;
      }
    });

  Correlation result;
  result.filters = filters;
  result.notFinite = finite.notFinite;
  result.leftOut = finite.leftOut;
  result.coefficients = symmetricProduct(rows.data(), filters, used, parallel);
  for (std::size_t i = 0; i < filters; ++i)
  {
    if (varies[i] == 0 && present[i] != 0)
    {
      result.constant.push_back(i);
    }
    for (std::size_t j = 0; j < filters; ++j)
    {
      double& coefficient = result.coefficients[i * filters + j];
      if (varies[i] == 0 || varies[j] == 0)
      {
        coefficient = none;
      }
      else
      {
        coefficient = i == j ? 1.0 : std::clamp(coefficient, -1.0, 1.0);
      }
    }
  }
  return result;
}

} // namespace tensorview
