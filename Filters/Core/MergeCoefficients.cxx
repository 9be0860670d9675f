#include "MergeCoefficients.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace tensorview
{

namespace
{
/// A variance below this part of the mean square is rounding: the map is constant.
constexpr double leastVariance = 1e-12;

/// Means and covariances of maps by their Gram matrix. Without products with the constant all
/// means are 0.
class MapMoments
{
public:
  MapMoments(const std::vector<double>& gram, std::size_t filters)
    : gram_(gram)
    , rows_(filters + 1)
  {
    if (gram.size() != this->rows_ * this->rows_)
    {
      throw std::invalid_argument(
        "the Gram matrix of " + std::to_string(filters) + " filters needs a row and a column more");
    }
    const double samples = gram.back();
    for (std::size_t i = 0; i < this->rows_; ++i)
    {
      this->means_.push_back(samples > 0.0 ? gram[i * this->rows_ + filters] / samples : 0.0);
    }
    for (std::size_t i = 0; i < this->rows_; ++i)
    {
      this->variances_.push_back(this->covariance(i, i));
    }
  }

  double mean(std::size_t i) const { return this->means_[i]; }
  /// Times the number of samples, as variance().
  double covariance(std::size_t i, std::size_t j) const
  {
    return this->gram_[i * this->rows_ + j] -
           this->gram_.back() * this->means_[i] * this->means_[j];
  }
  double variance(std::size_t i) const { return this->variances_[i]; }
  bool isConstant(std::size_t i) const
  {
    return !(this->variance(i) > leastVariance * this->gram_[i * this->rows_ + i]);
  }

private:
  const std::vector<double>& gram_;
  std::size_t rows_;
  std::vector<double> means_;
  std::vector<double> variances_;
};

/// By filter: whether it is dropped.
std::vector<bool> markDropped(const std::vector<std::size_t>& dropped, std::size_t filters)
{
  std::vector<bool> isDropped(filters, false);
  for (const std::size_t filter : dropped)
  {
    if (filter >= filters || isDropped[filter])
    {
      throw std::invalid_argument(
        "what is dropped must be different filters out of " + std::to_string(filters));
    }
    isDropped[filter] = true;
  }
  return isDropped;
}
}

std::vector<std::size_t> nearestKept(
  const std::vector<double>& gram, std::size_t filters, const std::vector<std::size_t>& dropped)
{
  const MapMoments moments(gram, filters);
  const std::vector<bool> isDropped = markDropped(dropped, filters);
  std::vector<std::size_t> nearest;
  for (const std::size_t d : dropped)
  {
    std::size_t best = noSurvivor;
    double highest = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < filters && !moments.isConstant(d); ++k)
    {
      if (isDropped[k] || moments.isConstant(k))
      {
        continue;
      }
      const double coefficient = moments.covariance(d, k) / std::sqrt(moments.variance(k));
      if (coefficient > highest)
      {
        highest = coefficient;
        best = k;
      }
    }
    nearest.push_back(best);
  }
  return nearest;
}

std::vector<double> mergeCoefficients(MergeMethod method, const Reconstruction& reconstruction,
  const std::vector<std::size_t>& dropped, const std::vector<std::size_t>& survivors)
{
  const std::size_t filters = reconstruction.filters();
  const std::vector<bool> isDropped = markDropped(dropped, filters);
  if (method == MergeMethod::Reconstruct)
  {
    return reconstruction.coefficients(dropped);
  }
  std::vector<double> coefficients(dropped.size() * (filters + 1), 0.0);
  if (method == MergeMethod::Drop)
  {
    return coefficients;
  }
  if (survivors.size() != dropped.size())
  {
    throw std::invalid_argument(
      std::to_string(dropped.size()) + " dropped filters need as many survivors");
  }
  const MapMoments moments(reconstruction.gram(), filters);
  for (std::size_t d = 0; d < dropped.size(); ++d)
  {
    double* row = coefficients.data() + d * (filters + 1);
    const std::size_t survivor = survivors[d];
    if (survivor != noSurvivor && (survivor >= filters || isDropped[survivor]))
    {
      throw std::invalid_argument(
        "the survivor of filter " + std::to_string(dropped[d]) + " must be a filter that stays");
    }
    if (method == MergeMethod::Sum)
    {
      if (survivor != noSurvivor)
      {
        row[survivor] = 1.0;
      }
      continue;
    }
    double scale = 0.0;
    if (survivor != noSurvivor && !moments.isConstant(survivor))
    {
      scale = moments.covariance(dropped[d], survivor) / moments.variance(survivor);
      row[survivor] = scale;
    }
    row[filters] = moments.mean(dropped[d]) - (scale != 0.0 ? scale * moments.mean(survivor) : 0.0);
  }
  return coefficients;
}

} // namespace tensorview
