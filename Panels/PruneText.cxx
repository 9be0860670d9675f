#include "PruneText.h"

#include "FilterIds.h"
#include "TrainingText.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <locale>
#include <sstream>

namespace tensorview
{

namespace
{

using Json = nlohmann::json;

/// nothing if the text is no JSON object
std::optional<Json> parseObject(const std::string& text)
{
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? std::optional<Json>(std::move(json)) : std::nullopt;
}

double numberOf(const Json& json, const char* key)
{
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>()
                                                   : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t integerOf(const Json& json, const char* key, std::int64_t otherwise)
{
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

std::string textOf(const Json& json, const char* key)
{
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<Json> listOf(const Json& json, const char* key)
{
  const auto found = json.find(key);
  return found != json.end() && found->is_array() ? std::vector<Json>(found->begin(), found->end())
                                                  : std::vector<Json>();
}

std::vector<int> slotsOf(const Json& json, const char* key)
{
  std::vector<int> slots;
  for (const Json& slot : listOf(json, key))
  {
    slots.push_back(slot.is_number_integer() ? slot.get<int>() : -1);
  }
  return slots;
}

std::string slotText(const std::vector<int>& slots)
{
  std::set<FilterIds::Id> ids;
  for (const int slot : slots)
  {
    ids.insert(slot);
  }
  return FilterIds::slotText(ids, 0);
}

std::string slotText(const Json& layer)
{
  return textOf(layer, "layer") + " " + slotText(slotsOf(layer, "slots"));
}

/// Numbers as a stream reads them, which does not know "nan".
std::vector<double> numbersIn(const std::string& text)
{
  std::vector<double> numbers;
  std::istringstream words(text);
  for (std::string word; words >> word;)
  {
    std::istringstream number(word);
    number.imbue(std::locale::classic());
    double value = std::numeric_limits<double>::quiet_NaN();
    if (!(number >> value))
    {
      value = std::numeric_limits<double>::quiet_NaN();
    }
    numbers.push_back(value);
  }
  return numbers;
}

} // namespace

std::optional<PrunableLayer> parsePrunableLayer(const std::string& text)
{
  PrunableLayer layer;
  std::istringstream words(text);
  if (!(words >> layer.id >> layer.filters) || !std::getline(words >> std::ws, layer.name))
  {
    return std::nullopt;
  }
  return layer;
}

FilterGroup parseGroup(const std::string& members, const std::string& facts)
{
  FilterGroup group;
  std::istringstream ids(members);
  for (FilterIds::Id id = 0; ids >> id;)
  {
    group.members.push_back(static_cast<int>(FilterIds::slotOf(id)));
  }
  const std::vector<double> numbers = numbersIn(facts);
  if (numbers.size() == 3)
  {
    group.similarity = numbers[0];
    group.predictedError = numbers[2];
  }
  return group;
}

std::optional<PrunePreview> parsePreview(const std::string& text)
{
  const auto json = parseObject(text);
  const std::vector<Json> layers = json ? listOf(*json, "layers") : std::vector<Json>();
  if (layers.empty() || !layers.front().is_object())
  {
    return std::nullopt;
  }
  PrunePreview preview;
  const Json& first = layers.front();
  preview.layer = textOf(first, "layer");
  preview.step = integerOf(*json, "step", 0);
  preview.filtersBefore = integerOf(first, "filters_before", 0);
  preview.filtersAfter = integerOf(first, "filters_after", 0);
  preview.removed = slotsOf(first, "slots");
  preview.survivors = slotsOf(first, "survivors");
  for (std::size_t i = 1; i < layers.size(); ++i)
  {
    preview.coupled.push_back(textOf(layers[i], "layer"));
  }
  for (const Json& candidate : listOf(*json, "ranking"))
  {
    PrunePreview::Ranked ranked;
    ranked.slot = static_cast<int>(integerOf(candidate, "slot", -1));
    ranked.survivor = static_cast<int>(integerOf(candidate, "survivor", -1));
    ranked.score = numberOf(candidate, "score");
    ranked.predictedError = numberOf(candidate, "predicted_error");
    preview.ranking.push_back(ranked);
  }
  preview.predictedError = numberOf(*json, "predicted_error");
  preview.accuracyBefore = numberOf(*json, "accuracy_before");
  preview.accuracyAfter = numberOf(*json, "accuracy_after");
  return preview;
}

std::string previewText(const PrunePreview& preview)
{
  std::string text = preview.layer + " from " + groupedNumber(preview.filtersBefore) + " to " +
                     countText(preview.filtersAfter, "filter") + " at step " +
                     groupedNumber(preview.step) + ".";
  if (!preview.coupled.empty())
  {
    std::string names;
    for (const std::string& name : preview.coupled)
    {
      names += (names.empty() ? "" : ", ") + name;
    }
    text += " The same filters of " + names + " go, too: their sums couple them.";
  }
  if (!std::isnan(preview.predictedError))
  {
    text += " Predicted error " + numberText(preview.predictedError) + ".";
  }
  if (!std::isnan(preview.accuracyBefore))
  {
    text += " Accuracy " + percentText(preview.accuracyBefore) + " before, " +
            percentText(preview.accuracyAfter) + " after.";
  }
  return text;
}

std::optional<EditRow> parseEdit(const std::string& text)
{
  const auto json = parseObject(text);
  if (!json || textOf(*json, "edit").empty())
  {
    return std::nullopt;
  }
  EditRow row;
  row.step = integerOf(*json, "step", 0);
  row.what = textOf(*json, "edit");
  const auto layers = listOf(*json, "layers");
  for (const Json& layer : layers)
  {
    const auto before = integerOf(layer, "filters_before", 0);
    const auto after = integerOf(layer, "filters_after", 0);
    row.what += (&layer == &layers.front() ? " " : ", ") + textOf(layer, "layer");
    if (before != after)
    {
      row.what += ": " + groupedNumber(before) + " to " + groupedNumber(after);
    }
    row.details += (row.details.empty() ? "Filters " : "; ") + slotText(layer);
  }
  const auto left = integerOf(*json, "left_step", -1);
  if (left >= 0)
  {
    row.what += ", from step " + groupedNumber(left);
  }
  const double before = numberOf(*json, "accuracy_before");
  if (!std::isnan(before))
  {
    const std::string from = percentText(before);
    row.accuracy =
      from.substr(0, from.find(' ')) + " to " + percentText(numberOf(*json, "accuracy_after"));
  }
  const auto add = [&row](const std::string& word, const std::string& value)
  {
    if (!value.empty() && value != "-")
    {
      row.details += (row.details.empty() ? "" : "\n") + word + value;
    }
  };
  add("Chosen by ", textOf(*json, "choice"));
  add("Merged by ", textOf(*json, "method"));
  add("Predicted error ", numberText(numberOf(*json, "predicted_error")));
  add("", textOf(*json, "why"));
  return row;
}

std::string withFloor(const std::string& list, const std::string& layer, int filters)
{
  const std::string entry = layer + '=' + std::to_string(filters);
  std::string result;
  bool there = false;
  std::istringstream entries(list);
  for (std::string known; std::getline(entries, known, ';');)
  {
    known.erase(0, known.find_first_not_of(' '));
    const bool same = known.compare(0, layer.size() + 1, layer + '=') == 0;
    if (!known.empty() && !(same && there))
    {
      result += (result.empty() ? "" : ";") + (same ? entry : known);
    }
    there = there || same;
  }
  return there ? result : result + (result.empty() ? "" : ";") + entry;
}

std::string numberText(double value)
{
  char buffer[32];
  const int length = std::snprintf(buffer, sizeof(buffer), "%.3g", value);
  return std::isnan(value) || length <= 0 ? "-" : std::string(buffer);
}

std::string countText(std::int64_t count, const std::string& thing)
{
  return groupedNumber(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string undoText(std::int64_t undoStep, std::int64_t step, bool recorded)
{
  if (undoStep < 0)
  {
    return "There is no edit to undo.";
  }
  const std::int64_t given = step - undoStep;
  const std::string back = "Undo goes back to step " + groupedNumber(undoStep);
  if (given <= 0)
  {
    return back + " and gives up no steps.";
  }
  return back + " and gives up " + countText(given, "step") +
         (recorded ? "; the record keeps them as a branch." : "; Redo brings them back.");
}

} // namespace tensorview
