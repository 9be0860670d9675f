#include "PruneReport.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <map>
#include <stdexcept>

namespace tensorview
{

namespace
{
/// JSON knows no NaN. Fractions are printed as a reader expects them: 0.9921, not 0.99210000038.
nlohmann::ordered_json fraction(double value)
{
  return std::isfinite(value) ? nlohmann::ordered_json(std::round(value * 1e6) / 1e6) : nullptr;
}

double numberOf(const nlohmann::json& edit, const char* key)
{
  return edit.value(key, std::numeric_limits<double>::quiet_NaN());
}
}

std::string checkPrunes(const ModelDescription& model, const std::vector<EditRequest>& prunes)
{
  std::map<std::string, std::int64_t> filters;
  std::string known;
  for (const LayerDescription& layer : model.layers)
  {
    if (layer.type == "convolution" || layer.type == "dense")
    {
      known += (known.empty() ? "" : ", ") + layer.name;
      std::int64_t& present = filters[layer.name];
      for (const SlotEntry& entry : layer.slots)
      {
        present += entry.removedStep < 0 ? 1 : 0;
      }
    }
  }
  for (const EditRequest& request : prunes)
  {
    const auto found = filters.find(request.layer);
    if (found == filters.end())
    {
      return "--prune: there is no layer '" + request.layer + "' with filters; there are " + known;
    }
    if (request.pruneTo >= found->second)
    {
      return "--prune: layer '" + request.layer + "' has " + std::to_string(found->second) +
             " filters, so fewer than that can remain, not " + std::to_string(request.pruneTo);
    }
    found->second = request.pruneTo;
  }
  return {};
}

PruneResult pruneResult(const std::string& edit)
{
  try
  {
    const nlohmann::json json = nlohmann::json::parse(edit);
    const nlohmann::json& layer = json.at("layers").at(0);
    return { layer.at("layer").get<std::string>(), layer.at("filters_before").get<std::int64_t>(),
      layer.at("filters_after").get<std::int64_t>(), numberOf(json, "accuracy_before"),
      numberOf(json, "accuracy_after"), -1 };
  }
  catch (const nlohmann::json::exception& error)
  {
    throw std::runtime_error(std::string("the engine told of no prune: ") + error.what());
  }
}

PruneResult pruneResultAtStep(const std::string& edit)
{
  PruneResult result = pruneResult(edit);
  const nlohmann::json json = nlohmann::json::parse(edit);
  result.step = json.value("step", std::int64_t(-1));
  return result;
}

std::string toJsonLine(const PruneResult& result)
{
  nlohmann::ordered_json json;
  if (result.step >= 0)
  {
    json["step"] = result.step;
  }
  json["layer"] = result.layer;
  json["filters_before"] = result.filtersBefore;
  json["filters_after"] = result.filtersAfter;
  json["accuracy_before"] = fraction(result.accuracyBefore);
  json["accuracy_after"] = fraction(result.accuracyAfter);
  return json.dump();
}

std::string toWords(const PruneResult& result)
{
  char text[100];
  const bool atStep = result.step >= 0;
  std::snprintf(text, sizeof(text), ": %lld filters of %lld remain, %s accuracy %.4f -> %.4f",
    static_cast<long long>(result.filtersAfter), static_cast<long long>(result.filtersBefore),
    atStep ? "validation" : "test", result.accuracyBefore, result.accuracyAfter);
  return (atStep ? "step " + std::to_string(result.step) + ": " : std::string()) + result.layer +
         text;
}

} // namespace tensorview
