#include "FilterRanking.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace tensorview
{

namespace
{
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Index = Eigen::Index;

void checkFinite(const std::vector<double>& values, std::size_t rows, const char* name)
{
  for (std::size_t i = 0; i < values.size(); ++i)
  {
    if (!std::isfinite(values[i]))
    {
      throw std::invalid_argument("the " + std::string(name) + " of filter " +
                                  std::to_string(i / std::max<std::size_t>(rows, 1)) +
                                  " are not finite");
    }
  }
}

std::vector<double> checkedGram(std::vector<double> gram, std::size_t filters, bool takesConstant)
{
  const std::size_t rows = filters + 1;
  checkFinite(gram, rows, "maps");
  if (!takesConstant && gram.size() == rows * rows)
  {
    for (std::size_t i = 0; i < filters; ++i)
    {
      gram[i * rows + filters] = 0.0;
      gram[filters * rows + i] = 0.0;
    }
  }
  return gram;
}

void checkKept(std::size_t kept, std::size_t filters)
{
  if (kept > filters)
  {
    throw std::invalid_argument(
      "of " + std::to_string(filters) + " filters " + std::to_string(kept) + " cannot remain");
  }
}

/// Filters that leave one after the other, as one reader's maps see it. Rows and columns of those
/// that are gone are moved behind those that are left, so that sums run over the latter alone.
class Elimination
{
public:
  explicit Elimination(const SeenMaps& seen)
    : rows_(static_cast<Index>(seen.reconstruction.filters()) + 1)
    , left_(rows_ - 1)
    , ridge_(seen.reconstruction.addedRidge())
    , inverse_(Eigen::Map<const Matrix>(seen.reconstruction.inverse().data(), rows_, rows_))
    , outgoing_(Matrix::Zero(rows_, rows_))
    , place_(static_cast<std::size_t>(rows_ - 1))
    , filter_(place_.size())
  {
    this->outgoing_.topLeftCorner(rows_ - 1, rows_ - 1) =
      Eigen::Map<const Matrix>(seen.outgoing.data(), rows_ - 1, rows_ - 1);
    // The constant comes first, filters behind it.
    Eigen::VectorXi order(this->rows_);
    order[0] = static_cast<int>(this->rows_ - 1);
    std::iota(order.data() + 1, order.data() + this->rows_, 0);
    this->inverse_ = Matrix(this->inverse_(order, order));
    this->outgoing_ = Matrix(this->outgoing_(order, order));
    std::iota(this->place_.begin(), this->place_.end(), Index(1));
    std::iota(this->filter_.begin(), this->filter_.end(), std::size_t(0));
  }

  /// Energy that is lost if `filter` leaves next.
  double loss(std::size_t filter) const
  {
    const Index d = this->place_[filter];
    return std::max(1.0 / this->inverse_(d, d) - this->ridge_, 0.0) *
           std::max(this->outgoing_(d, d), 0.0);
  }

  void remove(std::size_t filter)
  {
    this->moveToEnd(filter);
    const Index n = this->left_--; // the one behind the constant and those that are left
    const Eigen::RowVectorXd p = this->inverse_.row(n).head(n);
    const double own = this->inverse_(n, n);
    const Eigen::RowVectorXd c = -p / own; // what it is rebuilt from
    // O_ij + c_i O_dj + c_j O_id + c_i c_j O_dd, the constant's row and column being unused.
    const Eigen::RowVectorXd o = this->outgoing_.row(n).head(n) + 0.5 * this->outgoing_(n, n) * c;
    for (Index i = 0; i < n; ++i)
    {
      this->inverse_.row(i).head(n) += c[i] * p;
      this->outgoing_.row(i).head(n) += c[i] * o + o[i] * c;
    }
  }

private:
  void moveToEnd(std::size_t filter)
  {
    const Index from = this->place_[filter];
    const Index to = this->left_;
    for (Matrix* matrix : { &this->inverse_, &this->outgoing_ })
    {
      matrix->row(from).swap(matrix->row(to));
      matrix->col(from).swap(matrix->col(to));
    }
    const std::size_t other = this->filter_[static_cast<std::size_t>(to - 1)];
    std::swap(this->filter_[static_cast<std::size_t>(from - 1)],
      this->filter_[static_cast<std::size_t>(to - 1)]);
    std::swap(this->place_[filter], this->place_[other]);
  }

  Index rows_;
  Index left_; ///< filters
  double ridge_;
  Matrix inverse_;  ///< P of those that are left
  Matrix outgoing_; ///< O of those that are left
  std::vector<Index> place_;
  std::vector<std::size_t> filter_; ///< by place, without the constant
};

/// Several of them, of the same filters.
class Eliminations
{
public:
  explicit Eliminations(const std::vector<SeenMaps>& seen)
  {
    std::size_t readers = 0;
    for (const SeenMaps& maps : seen)
    {
      if (maps.reconstruction.filters() != seen.front().reconstruction.filters())
      {
        throw std::invalid_argument("all maps must be of the same filters");
      }
      readers += maps.readers;
      this->each_.emplace_back(maps);
    }
    if (seen.empty())
    {
      throw std::invalid_argument("there are no maps to choose filters by");
    }
    this->filters_ = seen.front().reconstruction.filters();
    this->scale_ = 1.0 / static_cast<double>(std::max<std::size_t>(readers, 1));
  }

  std::size_t filters() const { return this->filters_; }

  double loss(std::size_t filter) const
  {
    double sum = 0.0;
    for (const Elimination& elimination : this->each_)
    {
      sum += elimination.loss(filter);
    }
    return sum * this->scale_;
  }

  RankedFilter remove(std::size_t filter)
  {
    const double lost = this->loss(filter);
    for (Elimination& elimination : this->each_)
    {
      elimination.remove(filter);
    }
    this->lost_ += lost;
    // What each loses is orthogonal to all that is left, so these add up.
    return { filter, std::sqrt(lost), std::sqrt(this->lost_) };
  }

private:
  std::size_t filters_ = 0;
  double scale_ = 1.0;
  double lost_ = 0.0;
  std::vector<Elimination> each_;
};

/// The lowest filter of the group that `filter` is in.
std::size_t rootOf(std::vector<std::size_t>& parent, std::size_t filter)
{
  while (parent[filter] != filter)
  {
    parent[filter] = parent[parent[filter]];
    filter = parent[filter];
  }
  return filter;
}
}

SeenMaps::SeenMaps(std::vector<double> gram, std::size_t filters, double ridge, bool takesConstant)
  : reconstruction(checkedGram(std::move(gram), filters, takesConstant), filters, ridge)
  , outgoing(filters * filters, 0.0)
{
}

void SeenMaps::addReader(const std::vector<double>& products)
{
  const std::size_t filters = this->reconstruction.filters();
  if (products.size() != filters * filters)
  {
    throw std::invalid_argument(
      "the products of " + std::to_string(filters) + " filters need as many rows and columns");
  }
  checkFinite(products, filters, "outgoing weights");
  const std::vector<double>& gram = this->reconstruction.gram();
  double energy = 0.0;
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = 0; j < filters; ++j)
    {
      energy += gram[i * (filters + 1) + j] * products[i * filters + j];
    }
  }
  if (energy > 0.0)
  {
    ++this->readers;
    for (std::size_t i = 0; i < products.size(); ++i)
    {
      this->outgoing[i] += products[i] / energy;
    }
  }
}

std::vector<RankedFilter> rankByLeastDamage(const std::vector<SeenMaps>& seen, std::size_t kept)
{
  Eliminations eliminations(seen);
  checkKept(kept, eliminations.filters());
  std::vector<std::size_t> left(eliminations.filters());
  std::iota(left.begin(), left.end(), std::size_t(0));
  std::vector<RankedFilter> ranking;
  while (left.size() > kept)
  {
    std::size_t best = 0;
    double least = eliminations.loss(left[0]);
    for (std::size_t i = 1; i < left.size(); ++i)
    {
      const double loss = eliminations.loss(left[i]);
      if (loss < least)
      {
        least = loss;
        best = i;
      }
    }
    ranking.push_back(eliminations.remove(left[best]));
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
  }
  return ranking;
}

std::vector<RankedFilter> rankInOrder(
  const std::vector<SeenMaps>& seen, const std::vector<std::size_t>& order)
{
  Eliminations eliminations(seen);
  std::vector<bool> gone(eliminations.filters(), false);
  std::vector<RankedFilter> ranking;
  for (const std::size_t filter : order)
  {
    if (filter >= gone.size() || gone[filter])
    {
      throw std::invalid_argument(
        "what is dropped must be different filters out of " + std::to_string(gone.size()));
    }
    gone[filter] = true;
    ranking.push_back(eliminations.remove(filter));
  }
  return ranking;
}

std::vector<std::size_t> orderBySmallest(const std::vector<double>& norms, std::size_t kept)
{
  checkKept(kept, norms.size());
  for (std::size_t i = 0; i < norms.size(); ++i)
  {
    if (std::isnan(norms[i]))
    {
      throw std::invalid_argument(
        "the incoming weights of filter " + std::to_string(i) + " are not finite");
    }
  }
  std::vector<std::size_t> order(norms.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(
    order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return norms[a] < norms[b]; });
  order.resize(norms.size() - kept);
  return order;
}

std::vector<CorrelatedFilter> chooseCorrelated(
  const std::vector<double>& coefficients, std::size_t filters, std::size_t kept, double threshold)
{
  if (coefficients.size() != filters * filters)
  {
    throw std::invalid_argument(
      "the coefficients of " + std::to_string(filters) + " filters need as many rows and columns");
  }
  checkKept(kept, filters);
  struct Pair
  {
    std::size_t low;
    std::size_t high;
    double coefficient;
  };
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = i + 1; j < filters; ++j)
    {
      const double coefficient = coefficients[i * filters + j];
      if (coefficient >= threshold) // false for what is not a number
      {
        pairs.push_back({ i, j, coefficient });
      }
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
    [](const Pair& a, const Pair& b) { return a.coefficient > b.coefficient; });
  std::vector<std::size_t> parent(filters);
  std::iota(parent.begin(), parent.end(), std::size_t(0));
  std::vector<CorrelatedFilter> chosen;
  for (const Pair& pair : pairs)
  {
    if (chosen.size() >= filters - kept)
    {
      break;
    }
    const std::size_t a = rootOf(parent, pair.low);
    const std::size_t b = rootOf(parent, pair.high);
    if (a != b)
    {
      chosen.push_back({ std::max(a, b), 0, pair.coefficient });
      parent[std::max(a, b)] = std::min(a, b);
    }
  }
  for (CorrelatedFilter& removed : chosen)
  {
    removed.survivor = rootOf(parent, removed.filter);
  }
  return chosen;
}

} // namespace tensorview
