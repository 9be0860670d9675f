#include "FilterMoments.h"

#include "FiniteSamples.h"
#include "MatrixKernels.h"
#include "PairTiles.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace tensorview
{

namespace
{
/// Up to so many filters several pieces are worked on at once, as the sums of all pairs are small.
constexpr std::size_t fewFilters = 256;
/// For the sums of pieces that are worked on at once.
constexpr std::size_t flightBytes = std::size_t{ 16 } << 20;
/// Rows that lie whole pages apart would compete for the same places of the cache.
constexpr std::size_t padding = 16;
/// Smaller values are not scaled up any further.
constexpr int smallestExponent = -100;

MatrixRows columnsOf(const MatrixRows& values, std::size_t first, std::size_t most)
{
  return { values.values + first, values.rows, std::min(most, values.columns - first),
    values.stride };
}
}

/// A few samples of all filters, ready to be multiplied.
struct FilterMoments::Piece
{
  MatrixRows values;
  float* deviations = nullptr; ///< [filters, stride], scaled; not of a weighted Jaccard
  std::size_t stride = 0;
  std::vector<MatrixKernels::Statistics> statistics;
  std::vector<double> mean;
  std::vector<double> unit;   ///< what a scaled deviation of 1 stands for
  std::vector<double> offset; ///< mean of the scaled deviations, which rounding left
};

FilterMoments::FilterMoments(std::size_t filters, Measure measure, const PairShare& share)
  : filters_(filters)
  , measure_(measure)
  , share_(share)
  , mean_(filters, 0.0)
  , magnitudes_(filters, 0.0)
  , low_(filters, std::numeric_limits<float>::infinity())
  , high_(filters, -std::numeric_limits<float>::infinity())
  , isNotFinite_(filters, false)
  , pairSums_(filters * filters, 0.0)
{
}

void FilterMoments::leaveOut(const FiniteSamples& finite)
{
  for (const std::size_t filter : finite.notFinite)
  {
    this->isNotFinite_[filter] = true;
  }
  this->samplesLeftOut_ += finite.countLeftOut();
}

void FilterMoments::add(const float* values, std::size_t samples, const ParallelFor& parallel)
{
  if (this->filters_ == 0)
  {
    return;
  }
  const MatrixRows batch{ values, this->filters_, samples, samples };
  const std::size_t pairBytes = this->pairSums_.size() * sizeof(double);
  const bool few = this->filters_ <= fewFilters;
  const std::size_t step = few ? flightBytes / pairBytes * pieceSamples : pieceSamples;
  for (std::size_t first = 0; first < samples; first += step)
  {
    const MatrixRows part = columnsOf(batch, first, step);
    few ? this->addPiecesAtOnce(part, parallel) : this->addPieceByTiles(part, parallel);
  }
}

void FilterMoments::addPiecesAtOnce(const MatrixRows& values, const ParallelFor& parallel)
{
  const std::size_t count = (values.columns + pieceSamples - 1) / pieceSamples;
  const std::size_t tiles = PairTiles(this->filters_).count();
  std::vector<Piece> pieces(count);
  std::vector<double> sums(count * this->pairSums_.size(), 0.0);
  const auto sumsOf = [&](std::size_t piece, std::size_t tile)
  {
    const PairTiles::Tile place = PairTiles(this->filters_).at(tile);
    return sums.data() + piece * this->pairSums_.size() + place.firstRow * this->filters_ +
           place.firstColumn;
  };
  parallel(count,
    [&](std::size_t begin, std::size_t end)
    {
      std::vector<float> memory;
      for (std::size_t p = begin; p < end; ++p)
      {
        pieces[p] = this->newPiece(columnsOf(values, p * pieceSamples, pieceSamples), memory);
        for (std::size_t i = 0; i < this->filters_; ++i)
        {
          this->prepare(pieces[p], i);
        }
        for (std::size_t tile = this->share_.index; tile < tiles; tile += this->share_.count)
        {
          this->multiply(pieces[p], tile, sumsOf(p, tile), this->filters_);
        }
      }
    });
  for (std::size_t p = 0; p < count; ++p)
  {
    for (std::size_t tile = this->share_.index; tile < tiles; tile += this->share_.count)
    {
      this->fold(pieces[p], tile, sumsOf(p, tile), this->filters_);
    }
    this->foldRows(pieces[p]);
  }
}

void FilterMoments::addPieceByTiles(const MatrixRows& values, const ParallelFor& parallel)
{
  Piece piece = this->newPiece(values, this->memory_);
  parallel(this->filters_,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        this->prepare(piece, i);
      }
    });
  const std::size_t tiles = PairTiles(this->filters_).count();
  const std::size_t mine =
    (tiles + this->share_.count - 1 - this->share_.index) / this->share_.count;
  parallel(mine,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t t = begin; t < end; ++t)
      {
        const std::size_t tile = this->share_.index + t * this->share_.count;
        double sums[largestTile * largestTile] = {};
        this->multiply(piece, tile, sums, largestTile);
        this->fold(piece, tile, sums, largestTile);
      }
    });
  this->foldRows(piece);
}

FilterMoments::Piece FilterMoments::newPiece(
  const MatrixRows& values, std::vector<float>& memory) const
{
  Piece piece;
  piece.values = values;
  piece.statistics.resize(this->filters_);
  if (this->measure_ != Measure::WeightedJaccard)
  {
    piece.stride = pieceSamples + padding;
    memory.resize(this->filters_ * piece.stride);
    piece.deviations = memory.data();
    piece.mean.resize(this->filters_);
    piece.unit.resize(this->filters_);
    piece.offset.resize(this->filters_);
  }
  return piece;
}

void FilterMoments::prepare(Piece& piece, std::size_t filter) const
{
  const float* row = piece.values.row(filter);
  const std::size_t count = piece.values.columns;
  const MatrixKernels& kernels = matrixKernels();
  const MatrixKernels::Statistics statistics = kernels.describe(row, count);
  piece.statistics[filter] = statistics;
  if (this->measure_ == Measure::WeightedJaccard)
  {
    return;
  }
  // Scaled by a power of two, so that products fit single precision and nothing is rounded.
  const float largest = std::max(std::abs(statistics.low), std::abs(statistics.high));
  const int exponent = largest > 0.0F ? std::max(std::ilogb(largest), smallestExponent) : 0;
  const auto samples = static_cast<double>(count);
  const auto centre = static_cast<float>(std::ldexp(statistics.sum / samples, -exponent));
  const double sum = kernels.centre(
    row, count, std::ldexp(1.0F, -exponent), centre, piece.deviations + filter * piece.stride);
  piece.offset[filter] = sum / samples;
  piece.unit[filter] = std::ldexp(1.0, exponent);
  piece.mean[filter] = (static_cast<double>(centre) + piece.offset[filter]) * piece.unit[filter];
}

void FilterMoments::multiply(
  const Piece& piece, std::size_t tile, double* sums, std::size_t stride) const
{
  const PairTiles::Tile place = PairTiles(this->filters_).at(tile);
  const bool jaccard = this->measure_ == Measure::WeightedJaccard;
  const MatrixRows factors =
    jaccard ? piece.values
            : MatrixRows{ piece.deviations, this->filters_, piece.values.columns, piece.stride };
  const auto multiplyTile = jaccard ? matrixKernels().addShared : matrixKernels().addProduct;
  multiplyTile(factors.part(place.firstRow, place.rows),
    factors.part(place.firstColumn, place.columns), sums, stride);
}

void FilterMoments::fold(
  const Piece& piece, std::size_t tile, const double* sums, std::size_t stride)
{
  const PairTiles::Tile place = PairTiles(this->filters_).at(tile);
  const auto before = static_cast<double>(this->samples_);
  const auto added = static_cast<double>(piece.values.columns);
  const double weight = before * added / (before + added);
  for (std::size_t i = 0; i < place.rows; ++i)
  {
    const std::size_t row = place.firstRow + i;
    double* to = this->pairSums_.data() + row * this->filters_ + place.firstColumn;
    const double* from = sums + i * stride;
    if (this->measure_ == Measure::WeightedJaccard)
    {
      std::transform(to, to + place.columnsOfRow(i), from, to, std::plus<>());
      continue;
    }
    const double rowOffset = added * piece.offset[row];
    const double rowChange = weight * (piece.mean[row] - this->mean_[row]);
    for (std::size_t j = 0; j < place.columnsOfRow(i); ++j)
    {
      const std::size_t column = place.firstColumn + j;
      const double products = from[j] - rowOffset * piece.offset[column];
      to[j] += products * piece.unit[row] * piece.unit[column] +
               rowChange * (piece.mean[column] - this->mean_[column]);
    }
  }
}

void FilterMoments::foldRows(const Piece& piece)
{
  const std::size_t added = piece.values.columns;
  this->samples_ += added;
  const double part = static_cast<double>(added) / static_cast<double>(this->samples_);
  for (std::size_t i = 0; i < this->filters_; ++i)
  {
    const MatrixKernels::Statistics& statistics = piece.statistics[i];
    this->magnitudes_[i] += statistics.magnitudes;
    this->low_[i] = std::min(this->low_[i], statistics.low);
    this->high_[i] = std::max(this->high_[i], statistics.high);
    if (!piece.mean.empty())
    {
      this->mean_[i] += part * (piece.mean[i] - this->mean_[i]);
    }
  }
}

std::vector<std::size_t> FilterMoments::notFinite() const
{
  std::vector<std::size_t> filters;
  for (std::size_t i = 0; i < this->filters_; ++i)
  {
    if (this->isNotFinite_[i])
    {
      filters.push_back(i);
    }
  }
  return filters;
}

std::vector<std::size_t> FilterMoments::constant() const
{
  std::vector<std::size_t> filters;
  for (std::size_t i = 0; i < this->filters_; ++i)
  {
    if (!this->isNotFinite_[i] && !(this->low_[i] < this->high_[i]))
    {
      filters.push_back(i);
    }
  }
  return filters;
}

std::vector<double> FilterMoments::coefficients(const ParallelFor& parallel) const
{
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const std::size_t n = this->filters_;
  const bool jaccard = this->measure_ == Measure::WeightedJaccard;
  std::vector<unsigned char> has(n);
  std::vector<double> norm(n);
  for (std::size_t i = 0; i < n; ++i)
  {
    has[i] = !this->isNotFinite_[i] && this->low_[i] < this->high_[i] ? 1 : 0;
    norm[i] = std::sqrt(this->sumOf(i, i));
  }
  std::vector<double> result(n * n);
  const auto coefficient = [&](std::size_t i, std::size_t j)
  {
    const double sum = this->sumOf(i, j);
    const double most =
      jaccard ? this->magnitudes_[i] + this->magnitudes_[j] - sum : norm[i] * norm[j];
    return has[i] && has[j] ? std::clamp(sum / most, -1.0, 1.0) : none;
  };
  // Tile by tile, so that what is written across the rows stays in the cache.
  const PairTiles tiles(n);
  parallel(tiles.count(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t t = begin; t < end; ++t)
      {
        const PairTiles::Tile tile = tiles.at(t);
        for (std::size_t i = tile.firstRow; i < tile.firstRow + tile.rows; ++i)
        {
          const std::size_t columns = tile.columnsOfRow(i - tile.firstRow);
          for (std::size_t j = tile.firstColumn; j < tile.firstColumn + columns; ++j)
          {
            const double value = i == j && has[i] ? 1.0 : coefficient(i, j);
            result[i * n + j] = value;
            result[j * n + i] = value;
          }
        }
      }
    });
  return result;
}

double FilterMoments::sumOf(std::size_t i, std::size_t j) const
{
  const double sum = this->pairSums_[i * this->filters_ + j];
  return this->measure_ == Measure::Cosine
           ? sum + static_cast<double>(this->samples_) * this->mean_[i] * this->mean_[j]
           : sum;
}

} // namespace tensorview
