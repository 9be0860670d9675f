#ifndef TENSORVIEW_PRUNE_TEXT_H
#define TENSORVIEW_PRUNE_TEXT_H

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

/// What the panel reads and writes about edits of a network: plain functions without Qt.
namespace tensorview
{

/// A layer that may lose filters.
struct PrunableLayer
{
  std::int64_t id = 0;
  std::int64_t filters = 0; ///< that are there now
  std::string name;
};

/// Reads "id filters name" (the property PrunableLayers of a trainer); nothing if it is not that.
std::optional<PrunableLayer> parsePrunableLayer(const std::string& text);

/// Filters that correlate.
struct FilterGroup
{
  std::vector<int> members; ///< slots, ascending; the first one would survive
  double similarity = std::numeric_limits<double>::quiet_NaN();     ///< smallest of its pairs
  double predictedError = std::numeric_limits<double>::quiet_NaN(); ///< if it is merged
};

/// Reads a group from the properties GroupMembers (global ids) and GroupFacts of a PCCGrouping.
FilterGroup parseGroup(const std::string& members, const std::string& facts);

/// What an edit would do, or did.
struct PrunePreview
{
  std::string layer;
  std::int64_t step = 0;
  std::vector<std::string> coupled; ///< further layers that lose the same filters
  std::int64_t filtersBefore = 0;
  std::int64_t filtersAfter = 0;
  std::vector<int> removed;   ///< slots that would go
  std::vector<int> survivors; ///< one for each of them, -1 = none in particular
  struct Ranked
  {
    int slot = 0;
    int survivor = -1;
    double score = std::numeric_limits<double>::quiet_NaN();
    double predictedError = std::numeric_limits<double>::quiet_NaN(); ///< with all before it
  };
  std::vector<Ranked> ranking; ///< in the order in which filters would go
  double predictedError = std::numeric_limits<double>::quiet_NaN();
  double accuracyBefore = std::numeric_limits<double>::quiet_NaN(); ///< fraction, as the next one
  double accuracyAfter = std::numeric_limits<double>::quiet_NaN();
};

/// Reads the property PreviewResult of a trainer; nothing if it is not that.
std::optional<PrunePreview> parsePreview(const std::string& json);

/// "conv1 from 16 to 13 filters at step 300. Predicted error 0.021. Accuracy 98.10 % before, 98.05
/// % after." What is not known is left out.
std::string previewText(const PrunePreview& preview);

/// A row of the history.
struct EditRow
{
  std::int64_t step = 0;
  std::string what;     ///< "prune conv1: 16 to 13", "undo, from step 420"
  std::string accuracy; ///< "98.10 to 98.05 %", empty if it was not measured
  std::string details;  ///< filters, choice, method, reason, in words
};

/// Reads a line of the property EditLines of a trainer; nothing if it is not one.
std::optional<EditRow> parseEdit(const std::string& json);

/// The list of an AutoPrune property ("conv1=12;conv2=24") in which this layer keeps so many
/// filters at least: in its place where it is there already, else at the end.
std::string withFloor(const std::string& list, const std::string& layer, int filters);

/// Three significant digits; not a number: "-".
std::string numberText(double value);

/// "1 filter", "5 filters".
std::string countText(std::int64_t count, const std::string& thing);

/// What Undo would do: "Undo goes back to step 300 and gives up 120 steps; the record keeps them as
/// a branch." Without an edit (`undoStep` below 0): "There is no edit to undo."
std::string undoText(std::int64_t undoStep, std::int64_t step, bool recorded);

} // namespace tensorview

#endif
