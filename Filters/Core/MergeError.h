#ifndef TENSORVIEW_MERGE_ERROR_H
#define TENSORVIEW_MERGE_ERROR_H

#include <cstddef>
#include <vector>

namespace tensorview
{

// What removing filters of a layer does to the next layer, from second moments alone: no data is
// run through the network.
//
// `gram` [filters + 1, filters + 1], symmetric: sums over samples and positions of the products of
// the maps that the next layer sees; the last row and column belong to a constant 1.
// `outgoing` [filters, filters], symmetric: products of the weights that leave each filter, summed
// over the next layer's filters and window positions (OutgoingWeights.h).

/// Ridge on the diagonal of the Gram matrix, as a part of its mean diagonal: without one, dead and
/// duplicate filters make it singular.
inline constexpr double defaultRidge = 1e-6;

/// How filters are best rebuilt from all others and a constant, by least squares with a ridge. The
/// costly part is done once for all questions.
class Reconstruction
{
public:
  /// @param filters without the constant
  /// @throws std::invalid_argument if the sizes do not fit
  Reconstruction(std::vector<double> gram, std::size_t filters, double ridge = defaultRidge);

  /// With P = (gram + ridge)^-1, D the dropped filters and K all others: -(P_DD)^-1 P_DK.
  /// @param dropped filters, different from one another
  /// @return [dropped, filters + 1]; 0 for the dropped filters
  /// @throws std::invalid_argument if there is no such filter
  std::vector<double> coefficients(const std::vector<std::size_t>& dropped) const;

  std::size_t filters() const { return this->filters_; }
  const std::vector<double>& gram() const { return this->gram_; }
  /// P, [filters + 1, filters + 1], symmetric.
  const std::vector<double>& inverse() const { return this->inverse_; }
  /// What was added to each value of the Gram matrix's diagonal.
  double addedRidge() const { return this->addedRidge_; }

private:
  std::size_t filters_;
  std::vector<double> gram_;
  double addedRidge_ = 0.0;
  std::vector<double> inverse_; ///< P
};

/// Relative change of the next layer's input sums (its pre-activations without the bias) when
/// filters are removed and each is replaced by a linear combination of others:
/// sqrt(sum_de R_de O_de / sum_ij G_ij O_ij), R = B G B^T with the rows of B = what is removed
/// minus what replaces it. Products of different positions of a window are neglected above and
/// below the line. Not a number if the next layer gets nothing.
/// @param coefficients [dropped, filters + 1], e.g. of a Reconstruction
/// @throws std::invalid_argument if sizes do not fit or there is no such filter
double outputError(const std::vector<double>& gram, const std::vector<double>& outgoing,
  const std::vector<std::size_t>& dropped, const std::vector<double>& coefficients);

} // namespace tensorview

#endif
