#ifndef TENSORVIEW_RUN_FORMAT_H
#define TENSORVIEW_RUN_FORMAT_H

#include <array>
#include <cstddef>
#include <cstdint>

/// Names and numbers of the run file (docs/run-format.md), shared by writer and reader.
namespace tensorview::runformat
{

inline constexpr const char* name = "tensorview-run";
inline constexpr int versionMajor = 1;
inline constexpr int versionMinor = 2;

inline constexpr const char* formatAttribute = "format";
inline constexpr const char* majorAttribute = "version_major";
inline constexpr const char* minorAttribute = "version_minor";

inline constexpr const char* layout = "layout";     ///< uint8 [bytes]: JSON
inline constexpr const char* counters = "counters"; ///< int64 [Counter::Count]

/// Position of each row counter in `counters`; written and flushed after the rows.
enum Counter : std::size_t
{
  Steps,
  FilterRows,
  Snapshots,
  Evaluations,
  Edits,
  Events,
  CounterCount
};

inline constexpr const char* stepStep = "steps/step";
inline constexpr const char* stepEpoch = "steps/epoch";
inline constexpr const char* metrics = "steps/metrics";
inline constexpr const char* statistics = "steps/statistics";
inline constexpr const char* histogram = "steps/histogram";
inline constexpr const char* histogramRange = "steps/histogram_range";
inline constexpr const char* exact = "steps/exact";
inline constexpr const char* tracked = "steps/tracked";

inline constexpr const char* filterStep = "filter_rows/step";
inline constexpr const char* changeBands = "filter_rows/change_bands";
inline constexpr const char* filterSeriesGroup = "filter_series";

inline constexpr const char* snapshotStep = "snapshots/step";
inline constexpr const char* snapshotEpoch = "snapshots/epoch";
inline constexpr const char* tensorGroup = "tensors";
inline constexpr const char* probeGroup = "probe";
inline constexpr const char* gramGroup = "gram"; ///< float64 [snapshot, slot + 1, slot + 1]
/// uint8 [snapshot, tensors then probe], 1 = recorded
inline constexpr const char* snapshotRecorded = "snapshots/recorded";
inline constexpr const char* slotGroup = "slots"; ///< int64 [slot, (slot, born, removed, origin)]
inline constexpr std::size_t slotColumns = 4;

inline constexpr const char* evaluationStep = "evaluations/step";
inline constexpr const char* evaluationEpoch = "evaluations/epoch";
inline constexpr const char* evaluationLoss = "evaluations/validation_loss";
inline constexpr const char* evaluationAccuracy = "evaluations/validation_accuracy";
inline constexpr const char* evaluationPredicted = "evaluations/predicted";
/// In `predicted`: not known.
inline constexpr std::uint16_t notPredicted = 65535;
inline constexpr const char* validationLabels = "validation/labels";
inline constexpr const char* validationIndices = "validation/indices";

inline constexpr const char* textGroup = "text"; ///< text/<stream>, text/<stream>_end
inline constexpr std::array<const char*, 2> textStreams = { "edits", "events" };

/// No text in a run is larger; a claim of more is a damaged or hostile file.
inline constexpr std::int64_t maximumTextBytes = std::int64_t(1) << 30;

} // namespace tensorview::runformat

#endif
