#ifndef TENSORVIEW_FINITE_SAMPLES_H
#define TENSORVIEW_FINITE_SAMPLES_H

#include "ParallelFor.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tensorview
{

/// Which values of a layer can be compared: samples at which all filters are finite. A filter
/// without any finite value would leave none, so it is left out itself.
struct FiniteSamples
{
  std::vector<std::size_t> notFinite; ///< filters without a finite value, ascending
  /// 1 = left out, because some other filter is not finite there. Empty: all are used.
  std::vector<std::uint8_t> leftOut;

  bool all() const { return this->leftOut.empty() && this->notFinite.empty(); }
  std::size_t countLeftOut() const;
};

/// @param values [filters, samples], row-major
FiniteSamples findFiniteSamples(const float* values, std::size_t filters, std::size_t samples,
  const ParallelFor& parallel = serialFor);

/// The samples that are used, [filters, used], with zeros for filters that are left out.
std::vector<float> keepFiniteSamples(const float* values, std::size_t filters, std::size_t samples,
  const FiniteSamples& finite, const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
