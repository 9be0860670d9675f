#include "Grouping.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

namespace tensorview
{

namespace
{
constexpr double none = std::numeric_limits<double>::quiet_NaN();

void checkFraction(double value, const char* name)
{
  if (!(value >= 0.0 && value <= 1.0))
  {
    throw std::invalid_argument(
      std::string(name) + " must lie between 0 and 1, not " + std::to_string(value));
  }
}

void findNearest(const std::vector<double>& coefficients, std::size_t filters, Grouping& result)
{
  result.nearest.resize(filters);
  std::iota(result.nearest.begin(), result.nearest.end(), std::size_t{ 0 });
  result.nearestCoefficient.assign(filters, none);
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = 0; j < filters; ++j)
    {
      const double coefficient = coefficients[i * filters + j];
      const double best = result.nearestCoefficient[i];
      if (i != j && (coefficient > best || (std::isnan(best) && !std::isnan(coefficient))))
      {
        result.nearestCoefficient[i] = coefficient;
        result.nearest[i] = j;
      }
    }
  }
}

double searchThreshold(const std::vector<double>& nearestCoefficient, double floor)
{
  double largest = -1.0;
  for (const double coefficient : nearestCoefficient)
  {
    largest = std::isnan(coefficient) ? largest : std::max(largest, coefficient);
  }
  for (int lowered = 0;; ++lowered)
  {
    // From whole hundredths, so that no rounding adds up.
    const double threshold =
      (std::round(groupingFirstThreshold / groupingThresholdStep) - lowered) *
      groupingThresholdStep;
    if (threshold <= floor)
    {
      return floor;
    }
    if (reachesThreshold(largest, threshold))
    {
      return threshold;
    }
  }
}

void describeGroups(const std::vector<double>& coefficients, std::size_t filters, Grouping& result)
{
  std::vector<std::vector<std::size_t>>& members = result.members;
  members.resize(static_cast<std::size_t>(result.groups));
  for (std::size_t i = 0; i < filters; ++i)
  {
    if (result.group[i] >= 0)
    {
      members[static_cast<std::size_t>(result.group[i])].push_back(i);
    }
  }
  result.smallestCoefficient.assign(filters, none);
  result.meanCoefficient.assign(filters, none);
  for (const std::vector<std::size_t>& group : members)
  {
    double smallest = std::numeric_limits<double>::infinity();
    double sum = 0.0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < group.size(); ++i)
    {
      for (std::size_t j = 0; j < i; ++j, ++pairs)
      {
        const double coefficient = coefficients[group[i] * filters + group[j]];
        smallest = std::min(smallest, coefficient);
        sum += coefficient;
      }
    }
    for (const std::size_t i : group)
    {
      result.smallestCoefficient[i] = smallest;
      result.meanCoefficient[i] = sum / static_cast<double>(pairs);
    }
  }
}
}

Grouping groupFilters(
  const std::vector<double>& coefficients, std::size_t filters, const GroupingOptions& options)
{
  if (coefficients.size() != filters * filters)
  {
    throw std::invalid_argument("a correlation matrix of " + std::to_string(filters) +
                                " filters needs as many rows as columns, but there are " +
                                std::to_string(coefficients.size()) + " coefficients");
  }
  checkFraction(options.threshold, "the threshold");
  checkFraction(options.floor, "the floor of the search");

  Grouping result;
  findNearest(coefficients, filters, result);
  result.threshold = options.threshold > 0.0
                       ? options.threshold
                       : searchThreshold(result.nearestCoefficient, options.floor);
  result.survivor = linkFilters(coefficients, filters, result.threshold, options.linkage);
  result.group.assign(filters, -1);
  for (std::size_t i = 0; i < filters; ++i)
  {
    const std::size_t survivor = result.survivor[i];
    if (survivor != i)
    {
      if (result.group[survivor] < 0)
      {
        result.group[survivor] = 0; // a group; numbered below
      }
      result.group[i] = 0;
    }
  }
  for (std::size_t i = 0; i < filters; ++i)
  {
    if (result.group[i] >= 0)
    {
      result.group[i] =
        result.survivor[i] == i ? result.groups++ : result.group[result.survivor[i]];
    }
  }
  describeGroups(coefficients, filters, result);
  return result;
}

} // namespace tensorview
