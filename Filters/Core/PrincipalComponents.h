#ifndef TENSORVIEW_PRINCIPAL_COMPONENTS_H
#define TENSORVIEW_PRINCIPAL_COMPONENTS_H

#include "ParallelFor.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// Products of all pairs of a few long vectors, which are seen some columns at a time. Principal
/// components follow from this matrix alone, whatever the length of the vectors: the method of
/// snapshots (L. Sirovich, Turbulence and the dynamics of coherent structures, 1987).
class SnapshotGram
{
public:
  explicit SnapshotGram(std::size_t vectors);

  /// Adds columns. From each vector one of them, near the middle, is subtracted first, so that the
  /// products do not lose what differs between vectors that are nearly the same. A vector with a
  /// value that is not finite is out from here on.
  /// @param values [vectors][columns], row-major; changed
  void add(float* values, std::size_t columns, const ParallelFor& parallel = serialFor);

  std::size_t vectors() const { return this->finite_.size(); }
  /// Has this vector had finite values only?
  bool isFinite(std::size_t vector) const { return this->finite_[vector] != 0; }
  /// [vectors][vectors]; rows of vectors that are out mean nothing.
  const std::vector<double>& products() const { return this->products_; }

private:
  std::vector<char> finite_;
  std::vector<double> products_;
};

/// The directions in which vectors differ most.
struct PrincipalComponents
{
  std::size_t components = 0;
  /// [vectors][components]: where each vector lies along each component, about their mean. Not a
  /// number for vectors that were out. Components that the vectors do not have (fewer than
  /// components + 1 vectors, or all the same) are 0.
  std::vector<double> scores;
  std::vector<double> explained; ///< part of the variance along each component, 0 if there is none
  double variance = 0.0;         ///< mean square of the distances from the mean
  std::size_t leftOut = 0;       ///< vectors that were out
};

/// Eigenvectors of the centred products, times the roots of their eigenvalues: exact. A component's
/// sign is such that the first vector lies on its negative side (if it lies at 0, the vector that
/// lies farthest out on the positive one): trajectories begin there, so that nothing flips.
PrincipalComponents findPrincipalComponents(const SnapshotGram& gram, std::size_t components);

} // namespace tensorview

#endif
