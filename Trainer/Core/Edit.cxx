#include "Edit.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <stdexcept>

namespace tensorview
{

namespace
{
template <typename Value, std::size_t Count>
Value valueOf(
  const std::string& name, const std::array<Value, Count>& values, const std::string& what)
{
  std::string allowed;
  for (const Value value : values)
  {
    if (name == toString(value))
    {
      return value;
    }
    allowed += allowed.empty() ? toString(value) : std::string(", ") + toString(value);
  }
  throw std::invalid_argument(what + " '" + name + "' is unknown; there are: " + allowed);
}

/// Leaves out what is not known: JSON has no NaN.
void setIfKnown(nlohmann::ordered_json& json, const char* key, double value)
{
  if (std::isfinite(value))
  {
    json[key] = value;
  }
}
}

const char* toString(PruneChoice choice)
{
  switch (choice)
  {
    case PruneChoice::LeastDamage:
      return "least-damage";
    case PruneChoice::Correlated:
      return "correlated";
    case PruneChoice::SmallestNorm:
      return "smallest-norm";
  }
  return "unknown";
}

PruneChoice pruneChoice(const std::string& name)
{
  return valueOf(name,
    std::array{ PruneChoice::LeastDamage, PruneChoice::Correlated, PruneChoice::SmallestNorm },
    "the choice");
}

const char* toString(PruneMethod method)
{
  switch (method)
  {
    case PruneMethod::Reconstruct:
      return "reconstruct";
    case PruneMethod::Scale:
      return "scale";
    case PruneMethod::Sum:
      return "sum";
    case PruneMethod::Drop:
      return "drop";
  }
  return "unknown";
}

PruneMethod pruneMethod(const std::string& name)
{
  return valueOf(name,
    std::array{ PruneMethod::Reconstruct, PruneMethod::Scale, PruneMethod::Sum, PruneMethod::Drop },
    "the method");
}

std::string toJson(const EditReport& report)
{
  nlohmann::ordered_json json{ { "edit", report.what }, { "step", report.step } };
  if (report.leftStep >= 0)
  {
    json["left_step"] = report.leftStep;
  }
  auto layers = nlohmann::ordered_json::array();
  for (const EditReport::Layer& layer : report.layers)
  {
    nlohmann::ordered_json entry{ { "layer", layer.layer },
      { "filters_before", layer.filtersBefore }, { "filters_after", layer.filtersAfter },
      { "slots", layer.slots } };
    if (!layer.survivors.empty())
    {
      entry["survivors"] = layer.survivors;
    }
    layers.push_back(std::move(entry));
  }
  json["layers"] = std::move(layers);
  for (const auto& [key, text] :
    { std::pair{ "choice", &report.choice }, std::pair{ "method", &report.method } })
  {
    if (!text->empty())
    {
      json[key] = *text;
    }
  }
  setIfKnown(json, "ridge", report.ridge);
  setIfKnown(json, "predicted_error", report.predictedError);
  setIfKnown(json, "accuracy_before", report.accuracyBefore);
  setIfKnown(json, "accuracy_after", report.accuracyAfter);
  if (!report.why.empty())
  {
    json["why"] = report.why;
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string toJson(const EditPreview& preview)
{
  const EditPlan& plan = preview.plan;
  nlohmann::ordered_json json{ { "layer", plan.request.layer }, { "step", plan.step } };
  auto layers = nlohmann::ordered_json::array();
  for (const EditPlan::Member& member : plan.members)
  {
    layers.push_back({ { "layer", member.layer }, { "filters_before", member.present.size() },
      { "filters_after", member.present.size() - member.removed.size() },
      { "slots", member.removed }, { "survivors", member.survivors } });
  }
  json["layers"] = std::move(layers);
  auto ranking = nlohmann::ordered_json::array();
  for (const EditPlan::Candidate& candidate : plan.ranking)
  {
    nlohmann::ordered_json entry{ { "slot", candidate.slot }, { "survivor", candidate.survivor } };
    setIfKnown(entry, "score", candidate.score);
    setIfKnown(entry, "predicted_error", candidate.error);
    ranking.push_back(std::move(entry));
  }
  json["ranking"] = std::move(ranking);
  setIfKnown(json, "predicted_error", plan.predictedError);
  setIfKnown(json, "accuracy_before", preview.accuracyBefore);
  setIfKnown(json, "accuracy_after", preview.accuracyAfter);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace tensorview
