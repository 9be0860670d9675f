#ifndef FilterCorrelator_h
#define FilterCorrelator_h

#include "Core/Correlation.h"
#include "LayerTensor.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

class vtkModelProvider;

/// Correlates the filters of a layer over the values of a step and of recorded snapshots before it.
/// Collective: every rank brings its filters and gets the result of all.
///
/// With several ranks each sees the samples of all filters, some columns at a time, and multiplies
/// its share of the pairs; the sums have the same bytes as those of one process.
namespace FilterCorrelator
{

struct Request
{
  const LayerTensor& tensor;
  vtkModelProvider* provider; ///< for the probe batch and earlier snapshots; may be null
  tensorview::Measure measure;
  int snapshots; ///< to correlate over, the current one included; 0 = all
  /// Told how much is done, 0 to 1; false = give up, the result is of what was done until then.
  std::function<bool(double)> progress;
};

struct Result
{
  std::vector<std::int32_t> slot; ///< of all filters
  tensorview::Correlation correlation;
  int snapshots = 1; ///< that were correlated over
  std::vector<std::string> notes;
};

/// Maps with fewer pixels say too little about a filter: instead of an activation of such maps the
/// outputs of the source's probe batch are taken, a value for every sample.
inline constexpr std::int64_t fewestPixels = 16;

Result Correlate(const Request& request);

}

#endif
