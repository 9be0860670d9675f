#ifndef TENSORVIEW_MERGE_REFERENCE_H
#define TENSORVIEW_MERGE_REFERENCE_H

#include "OutgoingWeights.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace tensorview::test
{

/// [filters + 1, filters + 1] of maps [filters][samples] and a constant.
inline std::vector<double> gramOf(std::vector<std::vector<double>> maps)
{
  maps.push_back(std::vector<double>(maps.front().size(), 1.0));
  std::vector<double> gram;
  for (const std::vector<double>& a : maps)
  {
    for (const std::vector<double>& b : maps)
    {
      gram.push_back(std::inner_product(a.begin(), a.end(), b.begin(), 0.0));
    }
  }
  return gram;
}

/// The data of merge_error_reference.py.
inline std::vector<std::vector<double>> referenceMaps()
{
  std::vector<std::vector<double>> maps(6, std::vector<double>(40));
  for (std::size_t k = 0; k < 40; ++k)
  {
    const auto x = static_cast<double>(k);
    for (std::size_t i = 0; i < 5; ++i)
    {
      const auto f = static_cast<double>(i);
      maps[i][k] = std::sin(0.7 * (f + 1) * x + f) + 0.5 * f;
    }
    maps[5][k] = 2.0 * maps[1][k] - 0.3 + 0.1 * std::cos(3.1 * x);
  }
  for (std::vector<double>& map : maps)
  {
    std::transform(map.begin(), map.end(), map.begin(), [](double v) { return std::max(v, 0.0); });
  }
  return maps;
}

inline std::vector<double> referenceOutgoing()
{
  std::vector<float> weights;
  for (int i = 0; i < 3; ++i)
  {
    for (int c = 0; c < 6; ++c)
    {
      for (int p = 0; p < 4; ++p)
      {
        weights.push_back(static_cast<float>(std::cos(1.3 * i + 0.9 * c + 0.4 * p)));
      }
    }
  }
  std::vector<double> products(36, 0.0);
  addOutgoingProducts(
    { weights.data(), 3, 6, 2, 2, nullptr, nullptr }, { 0, 1, 2, 3, 4, 5 }, products);
  return products;
}

} // namespace tensorview::test

#endif
