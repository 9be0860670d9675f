#include "AutoPrune.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace tensorview
{

namespace
{
constexpr std::size_t mostDigits = 9;

[[noreturn]] void refuse(const std::string& part, const std::string& reason)
{
  throw std::invalid_argument("AutoPrune: '" + part + "' " + reason +
                              "; it must be layers and how many of their filters remain at least, "
                              "such as conv1=12;conv2=24");
}

AutoPruneLayer parsePart(const std::string& part)
{
  AutoPruneLayer result;
  const std::size_t equals = part.rfind('=');
  result.layer = part.substr(0, equals);
  if (result.layer.empty())
  {
    refuse(part, "names no layer");
  }
  if (equals == std::string::npos)
  {
    return result;
  }
  const std::string number = part.substr(equals + 1);
  const bool isNumber = !number.empty() && number.size() <= mostDigits &&
                        number.find_first_not_of("0123456789") == std::string::npos;
  result.floor = isNumber ? std::stoll(number) : 0;
  if (result.floor < 1)
  {
    refuse(part, "has no number of filters from 1 on");
  }
  return result;
}

const LayerDescription* find(const ModelDescription& model, const std::string& name)
{
  const auto layer = std::find_if(model.layers.begin(), model.layers.end(),
    [&](const LayerDescription& candidate) { return candidate.name == name; });
  return layer == model.layers.end() ? nullptr : &*layer;
}

bool hasFilters(const LayerDescription& layer)
{
  return layer.type == "convolution" || layer.type == "dense";
}

std::int64_t filtersOf(const LayerDescription& layer)
{
  return std::count_if(layer.slots.begin(), layer.slots.end(),
    [](const SlotEntry& entry) { return entry.removedStep < 0; });
}
}

std::vector<AutoPruneLayer> parseAutoPrune(const std::string& text)
{
  std::vector<AutoPruneLayer> layers;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');)
  {
    const AutoPruneLayer parsed = parsePart(part);
    if (std::any_of(layers.begin(), layers.end(),
          [&](const AutoPruneLayer& known) { return known.layer == parsed.layer; }))
    {
      refuse(part, "names a layer for the second time");
    }
    layers.push_back(parsed);
  }
  return layers;
}

void checkAutoPrune(const TrainerOptions& options, const ModelDescription& model)
{
  for (const AutoPruneLayer& wanted : parseAutoPrune(options.autoPrune))
  {
    const LayerDescription* layer = find(model, wanted.layer);
    if (layer && hasFilters(*layer))
    {
      continue;
    }
    std::string known;
    for (const LayerDescription& candidate : model.layers)
    {
      known += hasFilters(candidate) ? (known.empty() ? "" : ", ") + candidate.name : std::string();
    }
    throw std::invalid_argument(
      "AutoPrune: there is no layer '" + wanted.layer + "' with filters; there are " + known);
  }
}

void AutoPrune::epochEnds(const TrainerOptions& options, std::int64_t epoch)
{
  this->clear();
  for (const AutoPruneLayer& layer : parseAutoPrune(options.autoPrune))
  {
    EditRequest request;
    request.layer = layer.layer;
    request.pruneTo = layer.floor;
    request.choice = PruneChoice::Correlated;
    request.groups = true;
    request.threshold = options.autoPruneCorrelation;
    request.method = pruneMethod(options.autoPruneMethod);
    request.accuracyTolerance = options.autoPruneTolerance < 0.0
                                  ? std::numeric_limits<double>::quiet_NaN()
                                  : options.autoPruneTolerance;
    char coefficient[32];
    std::snprintf(coefficient, sizeof(coefficient), "%g", options.autoPruneCorrelation);
    request.why = "AutoPrune at the end of epoch " + std::to_string(epoch) +
                  ": filters that correlate by " + coefficient + " or more";
    this->wishes_.push_back(request);
  }
}

std::optional<EditRequest> AutoPrune::take(const ModelDescription& model)
{
  while (!this->wishes_.empty())
  {
    const EditRequest request = this->wishes_.front();
    this->wishes_.pop_front();
    const LayerDescription* layer = find(model, request.layer);
    if (layer && filtersOf(*layer) > request.pruneTo)
    {
      return request;
    }
  }
  return std::nullopt;
}

} // namespace tensorview
