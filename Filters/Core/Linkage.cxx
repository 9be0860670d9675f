#include "Linkage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tensorview
{

namespace
{
std::vector<std::size_t> linkSingle(
  const std::vector<double>& coefficients, std::size_t filters, double threshold)
{
  std::vector<std::size_t> parent(filters);
  std::iota(parent.begin(), parent.end(), std::size_t{ 0 });
  const auto root = [&parent](std::size_t i)
  {
    while (parent[i] != i)
    {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  };
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = 0; j < i; ++j)
    {
      if (reachesThreshold(coefficients[i * filters + j], threshold))
      {
        const std::size_t a = root(i);
        const std::size_t b = root(j);
        parent[std::max(a, b)] = std::min(a, b);
      }
    }
  }
  for (std::size_t i = 0; i < filters; ++i)
  {
    parent[i] = root(i);
  }
  return parent;
}

constexpr double never = -std::numeric_limits<double>::infinity();

/// Groups that become fewer, and how strong the weakest pair of each two of them is.
class CompleteLinkage
{
public:
  /// @param members the filters that may belong to a group at all
  CompleteLinkage(const std::vector<double>& coefficients, std::size_t filters,
    const std::vector<std::size_t>& members)
    : count_(members.size())
    , weakest_(count_ * count_, never)
    , open_(count_, true)
    , joined_(count_)
    , bound_(count_, -never)
    , partner_(count_, 0)
    , isExact_(count_, false)
  {
    std::iota(this->joined_.begin(), this->joined_.end(), std::size_t{ 0 });
    for (std::size_t i = 0; i < this->count_; ++i)
    {
      for (std::size_t j = 0; j < this->count_; ++j)
      {
        const double coefficient = coefficients[members[i] * filters + members[j]];
        this->at(i, j) = i == j || std::isnan(coefficient) ? never : coefficient;
      }
    }
  }

  /// Joins until no two groups reach the threshold; returns of each member the first of its group.
  std::vector<std::size_t> run(double threshold)
  {
    for (;;)
    {
      const std::size_t i = this->strongest();
      if (i == this->count_ || !reachesThreshold(this->bound_[i], threshold))
      {
        break;
      }
      this->join(std::min(i, this->partner_[i]), std::max(i, this->partner_[i]));
    }
    return this->joined_;
  }

private:
  double& at(std::size_t i, std::size_t j) { return this->weakest_[i * this->count_ + j]; }

  /// The lowest group that has the strongest partner. Partners only ever become weaker, so what a
  /// group had before bounds what it has now, and few need a new look.
  std::size_t strongest()
  {
    for (;;)
    {
      std::size_t best = this->count_;
      for (std::size_t i = 0; i < this->count_; ++i)
      {
        if (this->open_[i] && (best == this->count_ || this->bound_[i] > this->bound_[best]))
        {
          best = i;
        }
      }
      if (best == this->count_ || this->isExact_[best])
      {
        return best;
      }
      this->look(best);
    }
  }

  void look(std::size_t i)
  {
    this->bound_[i] = never;
    for (std::size_t j = 0; j < this->count_; ++j)
    {
      if (this->open_[j] && this->at(i, j) > this->bound_[i])
      {
        this->bound_[i] = this->at(i, j);
        this->partner_[i] = j;
      }
    }
    this->isExact_[i] = true;
  }

  void join(std::size_t kept, std::size_t gone)
  {
    this->open_[gone] = false;
    std::replace(this->joined_.begin(), this->joined_.end(), gone, kept);
    for (std::size_t j = 0; j < this->count_; ++j)
    {
      const double weakest = std::min(this->at(kept, j), this->at(gone, j));
      this->at(kept, j) = weakest;
      this->at(j, kept) = weakest;
      if (this->partner_[j] == kept || this->partner_[j] == gone)
      {
        this->isExact_[j] = false;
      }
    }
    this->isExact_[kept] = false;
  }

  std::size_t count_;
  std::vector<double> weakest_;
  std::vector<bool> open_;
  std::vector<std::size_t> joined_;
  std::vector<double> bound_; ///< no partner is stronger
  std::vector<std::size_t> partner_;
  std::vector<bool> isExact_; ///< the bound is that of the partner
};

std::vector<std::size_t> linkComplete(
  const std::vector<double>& coefficients, std::size_t filters, double threshold)
{
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < filters; ++i)
  {
    const double* row = coefficients.data() + i * filters;
    for (std::size_t j = 0; j < filters; ++j)
    {
      if (i != j && reachesThreshold(row[j], threshold))
      {
        members.push_back(i);
        break;
      }
    }
  }
  const std::vector<std::size_t> first =
    CompleteLinkage(coefficients, filters, members).run(threshold);
  std::vector<std::size_t> survivor(filters);
  std::iota(survivor.begin(), survivor.end(), std::size_t{ 0 });
  for (std::size_t i = 0; i < members.size(); ++i)
  {
    survivor[members[i]] = members[first[i]];
  }
  return survivor;
}
}

std::vector<std::size_t> linkFilters(
  const std::vector<double>& coefficients, std::size_t filters, double threshold, Linkage linkage)
{
  return linkage == Linkage::Complete ? linkComplete(coefficients, filters, threshold)
                                      : linkSingle(coefficients, filters, threshold);
}

} // namespace tensorview
