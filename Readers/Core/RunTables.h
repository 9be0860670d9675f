#ifndef TENSORVIEW_RUN_TABLES_H
#define TENSORVIEW_RUN_TABLES_H

#include "RunTimeAxis.h"

#include <optional>

/// Tables of a run, put together from the slices of its segments. Columns are those of the newest
/// segment, found by name in the others; NaN where a segment has none such.
namespace tensorview
{

StepTable readMetrics(const std::vector<RowSlice>& slices, const RunLayout& newest);

/// Columns as in statisticNames.
StepTable readStatistics(
  const std::vector<RowSlice>& slices, const RunLayout::StatisticTensor& tensor);

/// Columns are slots.
StepTable readFilterSeries(
  const std::vector<RowSlice>& slices, const FilterSeriesDescription& series);

/// Columns "<layer>/<band>".
StepTable readChangeBands(const std::vector<RowSlice>& slices, const RunLayout& newest);

std::vector<Evaluation> readEvaluations(const std::vector<RowSlice>& slices, bool withPredictions);

/// Position of a tensor in the list of those with statistics.
std::optional<std::size_t> findStatistics(
  const RunLayout& layout, const RunLayout::StatisticTensor& tensor);

} // namespace tensorview

#endif
