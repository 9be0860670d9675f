#ifndef TENSORVIEW_FILTER_MOMENTS_H
#define TENSORVIEW_FILTER_MOMENTS_H

#include "ParallelFor.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

struct FiniteSamples;
struct MatrixRows;

/// How alike two filters a and b are, over samples k.
enum class Measure : int
{
  /// sum (a_k - mean a)(b_k - mean b) / (|a - mean a| |b - mean b|), within [-1, 1]
  Pearson,
  /// sum a_k b_k / (|a| |b|), within [-1, 1]
  Cosine,
  /// sum min(a_k, b_k) / sum max(a_k, b_k), within [0, 1]. Values are taken apart into what is
  /// positive and what is negative, (max(a, 0), max(-a, 0)), so values of opposite signs have
  /// nothing in common; for activations after a ReLU this changes nothing.
  WeightedJaccard
};

/// A part of the pairs of filters, in fixed tiles: every `count`-th one from `index` on. Ranks that
/// see the same samples share the work so, and the sum of their pairSums() has the same bytes as
/// one process would compute.
struct PairShare
{
  std::size_t index = 0;
  std::size_t count = 1;
};

/// Sums over samples of all pairs of filters, from samples that come in any number of batches. What
/// it holds grows with the number of filters alone.
///
/// Pieces of 1024 samples are centred about their own mean and multiplied (as symmetricProduct()),
/// and the sums of a piece are joined with those before by the update of Chan, Golub and LeVeque,
/// "Updating formulae and a pairwise algorithm for computing sample variances" (1979), in double
/// precision; for covariances: Pebay, SAND2008-6212. So neither large means nor many samples spoil
/// small deviations. The same bytes however many threads, as long as batches begin at multiples of
/// 1024 samples.
class FilterMoments
{
public:
  static constexpr std::size_t pieceSamples = 1024;

  explicit FilterMoments(
    std::size_t filters, Measure measure = Measure::Pearson, const PairShare& share = {});

  /// @param values [filters, samples], row-major, all finite
  void add(const float* values, std::size_t samples, const ParallelFor& parallel = serialFor);

  /// Notes what a batch does not have; filters without finite values get no coefficients.
  void leaveOut(const FiniteSamples& finite);

  std::size_t filters() const { return this->filters_; }
  std::size_t samples() const { return this->samples_; }
  std::size_t samplesLeftOut() const { return this->samplesLeftOut_; }
  Measure measure() const { return this->measure_; }

  /// Filters that had no finite value in some batch, ascending.
  std::vector<std::size_t> notFinite() const;
  /// Other filters all of whose values are the same, ascending.
  std::vector<std::size_t> constant() const;

  /// [filters, filters], of the tiles of this share and on or below the diagonal, else 0.
  std::vector<double>& pairSums() { return this->pairSums_; }

  /// The measure of all pairs, [filters, filters], symmetric, exactly 1 on the diagonal. Not a
  /// number for filters that are constant or not finite, whatever the measure: they would be alike
  /// by accident.
  std::vector<double> coefficients(const ParallelFor& parallel = serialFor) const;

private:
  struct Piece;

  void addPiecesAtOnce(const MatrixRows& values, const ParallelFor& parallel);
  void addPieceByTiles(const MatrixRows& values, const ParallelFor& parallel);
  Piece newPiece(const MatrixRows& values, std::vector<float>& memory) const;
  void prepare(Piece& piece, std::size_t filter) const;
  void multiply(const Piece& piece, std::size_t tile, double* sums, std::size_t stride) const;
  void fold(const Piece& piece, std::size_t tile, const double* sums, std::size_t stride);
  void foldRows(const Piece& piece);
  double sumOf(std::size_t i, std::size_t j) const;

  std::size_t filters_;
  Measure measure_;
  PairShare share_;
  std::size_t samples_ = 0;
  std::size_t samplesLeftOut_ = 0;
  std::vector<double> mean_;
  std::vector<double> magnitudes_; ///< sums of |a_k|
  std::vector<float> low_;
  std::vector<float> high_;
  std::vector<bool> isNotFinite_;
  std::vector<double> pairSums_;
  std::vector<float> memory_; ///< for a piece
};

} // namespace tensorview

#endif
