#include "FilterRanking.h"

#include "DenseKernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace tensorview
{

namespace
{
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

/// Filters that leave one after the other, as one reader's maps see it. What a removal changes in
/// the two matrices is put off: it is known by a few vectors, from which single rows are computed
/// as they are needed, until a block of removals is applied at once, as a product of matrices that
/// stays in the processor's caches.
class Elimination
{
public:
  explicit Elimination(const SeenMaps& seen)
    : rows_(seen.reconstruction.filters() + 1)
    , stride_(rows_)
    , ridge_(seen.reconstruction.addedRidge())
    , inverse_(seen.reconstruction.inverse())
    , outgoing_(rows_ * rows_, 0.0)
    , place_(rows_)
    , here_(rows_, 1)
    , coefficients_(block * rows_)
    , inverseRows_(block * rows_)
    , outgoingRows_(block * rows_)
  {
    const std::size_t filters = this->rows_ - 1; // the constant is the last row
    for (std::size_t i = 0; i < filters; ++i)
    {
      std::copy_n(seen.outgoing.data() + i * filters, filters, this->outgoing_.data() + i * rows_);
    }
    std::iota(this->place_.begin(), this->place_.end(), std::size_t(0));
    this->readDiagonals();
  }

  /// Energy that is lost if `filter` leaves next.
  double loss(std::size_t filter) const
  {
    const std::size_t d = this->place_[filter];
    return std::max(1.0 / this->inverseDiagonal_[d] - this->ridge_, 0.0) *
           std::max(this->outgoingDiagonal_[d], 0.0);
  }

  void remove(std::size_t filter)
  {
    const std::size_t d = this->place_[filter];
    double* const p = this->inverseRows_.data() + this->pending_ * this->stride_;
    double* const o = this->outgoingRows_.data() + this->pending_ * this->stride_;
    double* const c = this->coefficients_.data() + this->pending_ * this->stride_;
    this->presentRows(d, p, o);
    const double own = p[d];
    const double half = 0.5 * this->outgoingDiagonal_[d];
    for (std::size_t i = 0; i < this->rows_; ++i)
    {
      c[i] = -p[i] / own; // what it is rebuilt from
      // O_ij + c_i O_dj + c_j O_id + c_i c_j O_dd, the constant's row and column being unused.
      o[i] += half * c[i];
      this->inverseDiagonal_[i] += c[i] * p[i];
      this->outgoingDiagonal_[i] += 2.0 * c[i] * o[i];
    }
    this->here_[d] = 0;
    if (++this->pending_ == block)
    {
      this->applyPending();
    }
  }

private:
  static constexpr std::size_t block = 32; ///< removals

  /// Rows of P and O as they are after all removals.
  void presentRows(std::size_t d, double* p, double* o) const
  {
    const DenseKernels& kernels = denseKernels();
    this->readRow(this->inverse_, d, p);
    this->readRow(this->outgoing_, d, o);
    double ofCoefficients[block];
    double ofOutgoing[block];
    for (std::size_t k = 0; k < this->pending_; ++k)
    {
      ofCoefficients[k] = this->coefficients_[k * this->stride_ + d];
      ofOutgoing[k] = this->outgoingRows_[k * this->stride_ + d];
    }
    kernels.addCombination(
      this->inverseRows_.data(), ofCoefficients, this->pending_, this->stride_, this->rows_, p);
    kernels.addCombination(
      this->outgoingRows_.data(), ofCoefficients, this->pending_, this->stride_, this->rows_, o);
    kernels.addCombination(
      this->coefficients_.data(), ofOutgoing, this->pending_, this->stride_, this->rows_, o);
  }

  /// Of a symmetric matrix whose lower triangle is up to date.
  void readRow(const std::vector<double>& matrix, std::size_t d, double* row) const
  {
    std::copy_n(matrix.data() + d * this->stride_, d + 1, row);
    for (std::size_t i = d + 1; i < this->rows_; ++i)
    {
      row[i] = matrix[i * this->stride_ + d];
    }
  }

  /// Brings the matrices up to date, and closes the gaps that filters have left.
  void applyPending()
  {
    const auto add = [this](const std::vector<double>& a, const std::vector<double>& b,
                       std::vector<double>& matrix)
    {
      denseKernels().addOuterProducts(a.data(), b.data(), this->pending_, this->stride_,
        this->rows_, matrix.data(), this->stride_);
    };
    add(this->coefficients_, this->inverseRows_, this->inverse_);
    add(this->coefficients_, this->outgoingRows_, this->outgoing_);
    add(this->outgoingRows_, this->coefficients_, this->outgoing_);
    this->pending_ = 0;

    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < this->rows_; ++i)
    {
      if (this->here_[i] != 0)
      {
        left.push_back(i);
      }
    }
    for (std::vector<double>* matrix : { &this->inverse_, &this->outgoing_ })
    {
      for (std::size_t i = 0; i < left.size(); ++i)
      {
        for (std::size_t j = 0; j <= i; ++j) // never from what was written already
        {
          (*matrix)[i * this->stride_ + j] = (*matrix)[left[i] * this->stride_ + left[j]];
        }
      }
    }
    std::vector<std::size_t> now(this->rows_, 0);
    for (std::size_t i = 0; i < left.size(); ++i)
    {
      now[left[i]] = i;
    }
    for (std::size_t& place : this->place_)
    {
      place = now[place];
    }
    this->rows_ = left.size();
    this->here_.assign(this->rows_, 1);
    this->readDiagonals();
  }

  void readDiagonals()
  {
    this->inverseDiagonal_.resize(this->rows_);
    this->outgoingDiagonal_.resize(this->rows_);
    for (std::size_t i = 0; i < this->rows_; ++i)
    {
      this->inverseDiagonal_[i] = this->inverse_[i * this->stride_ + i];
      this->outgoingDiagonal_[i] = this->outgoing_[i * this->stride_ + i];
    }
  }

  std::size_t rows_;   ///< of the matrices: filters that were left at the last block, the constant
  std::size_t stride_; ///< of all rows and vectors
  double ridge_;
  std::vector<double> inverse_;    ///< P but for what is pending; lower triangle
  std::vector<double> outgoing_;   ///< O likewise
  std::vector<std::size_t> place_; ///< of each filter in the rows; of those that are gone, anything
  std::vector<char> here_;         ///< by row: not gone

  // Up to date.
  std::vector<double> inverseDiagonal_;
  std::vector<double> outgoingDiagonal_;

  /// @name Of the pending removals: P += sum of c p^T, O += sum of c o^T + o c^T
  ///@{
  std::size_t pending_ = 0;
  std::vector<double> coefficients_; ///< c
  std::vector<double> inverseRows_;  ///< p
  std::vector<double> outgoingRows_; ///< o
  ///@}
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
