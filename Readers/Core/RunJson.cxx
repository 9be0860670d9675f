#include "RunJson.h"

#include "RunFormat.h"

#include <nlohmann/json.hpp>

namespace tensorview
{
namespace
{

using Json = nlohmann::ordered_json;

/// No tensor of a network is longer in any direction; keeps products from overflowing.
constexpr std::int64_t largestExtent = std::int64_t(1) << 40;

/// HDF5 link names know no '/', and a name of only dots is special.
std::string linkName(const std::string& name)
{
  std::string result;
  for (const char c : name)
  {
    if (c == '/')
    {
      result += "%2F";
    }
    else if (c == '%')
    {
      result += "%25";
    }
    else
    {
      result += c;
    }
  }
  if (result.empty() || result.find_first_not_of('.') == std::string::npos)
  {
    result = "%" + result;
  }
  return result;
}

Json toJson(const TensorDescription& tensor)
{
  Json json = { { "layer_id", tensor.layerId }, { "layer", tensor.layer }, { "kind", tensor.kind },
    { "shape",
      { tensor.shape.filters, tensor.shape.channels, tensor.shape.rows, tensor.shape.columns } },
    { "channel_layer_id", tensor.channelLayerId } };
  if (tensor.constant)
  {
    json["constant"] = true;
  }
  return json;
}

TensorDescription tensorFromJson(const Json& json)
{
  TensorDescription tensor;
  tensor.layerId = json.at("layer_id").get<std::int32_t>();
  tensor.layer = json.at("layer").get<std::string>();
  tensor.kind = json.at("kind").get<std::string>();
  tensor.channelLayerId = json.value("channel_layer_id", -1);
  tensor.constant = json.value("constant", false);
  const auto shape = json.at("shape").get<std::array<std::int64_t, 4>>();
  std::int64_t size = 1;
  for (const std::int64_t extent : shape)
  {
    if (extent < 0 || extent > largestExtent || (extent > 0 && size > largestExtent / extent))
    {
      throw RunFileError("tensor " + tensor.layer + "/" + tensor.kind + " has an impossible shape");
    }
    size *= extent;
  }
  tensor.shape = { shape[0], shape[1], shape[2], shape[3] };
  return tensor;
}

/// Parses a description, in which every number is whole: converting one that no integer holds is
/// undefined.
Json parseWholeNumbers(const std::string& text)
{
  return Json::parse(text,
    [](int /*depth*/, Json::parse_event_t /*event*/, const Json& value)
    {
      if (value.is_number_float())
      {
        throw RunFileError("the number " + value.dump() + " is not whole, or too large");
      }
      return true;
    });
}

} // namespace

std::string tensorPath(const std::string& group, const TensorDescription& tensor)
{
  return group + '/' + linkName(tensor.layer) + '/' + linkName(tensor.kind);
}

std::string slotTablePath(const LayerDescription& layer)
{
  return std::string(runformat::slotGroup) + '/' + linkName(layer.name);
}

std::string gramPath(const GramDescription& gram)
{
  return std::string(runformat::gramGroup) + '/' + linkName(gram.layer);
}

std::string filterSeriesPath(const FilterSeriesDescription& series)
{
  return std::string(runformat::filterSeriesGroup) + '/' + linkName(series.name);
}

std::string textPath(const std::string& stream)
{
  return std::string(runformat::textGroup) + '/' + stream;
}

std::string textEndPath(const std::string& stream)
{
  return textPath(stream) + "_end";
}

std::string runLayoutToJson(const RunLayout& layout)
{
  Json json;
  json["model"] = layout.model.name;
  json["graph"] = layout.model.graphJson;
  for (const auto& layer : layout.model.layers)
  {
    json["layers"].push_back(
      { { "id", layer.id }, { "name", layer.name }, { "type", layer.type } });
  }
  for (const auto& tensor : layout.model.tensors)
  {
    json["tensors"].push_back(toJson(tensor));
  }
  for (const auto& tensor : layout.probe)
  {
    json["probe"].push_back(toJson(tensor));
  }
  for (const auto& gram : layout.gram)
  {
    json["gram"].push_back({ { "layer_id", gram.layerId }, { "layer", gram.layer },
      { "slots", gram.slots }, { "images", gram.images } });
  }
  json["metrics"] = layout.metricColumns;
  for (const auto& tensor : layout.statisticTensors)
  {
    json["statistics"].push_back({ { "layer", tensor.layer }, { "kind", tensor.kind } });
  }
  for (const auto& coordinate : layout.tracked)
  {
    json["tracked"].push_back({ coordinate.layerId, coordinate.index });
  }
  for (const auto& series : layout.filterSeries)
  {
    json["filter_series"].push_back(
      { { "name", series.name }, { "layer_id", series.layerId }, { "slots", series.slots } });
  }
  json["change_band_layers"] = layout.changeBandLayers;
  json["classes"] = layout.classNames;
  json["options"] = layout.optionsJson;
  json["steps_per_epoch"] = layout.clock.stepsPerEpoch;
  if (layout.clock.firstStep > 0)
  {
    json["first_step"] = layout.clock.firstStep;
    json["first_epoch"] = layout.clock.firstEpoch;
  }
  json["snapshot_interval"] = layout.snapshotInterval;
  json["filter_interval"] = layout.filterInterval;
  json["threads"] = layout.threads;
  json["instruction_set"] = layout.instructionSet;
  json["parent_segment"] = layout.parentSegment;
  json["parent_step"] = layout.parentStep;
  if (!layout.parentRun.empty())
  {
    json["parent_run"] = layout.parentRun;
    json["parent_run_step"] = layout.parentRunStep;
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

RunLayout runLayoutFromJson(const std::string& text, const std::string& file)
{
  RunLayout layout;
  try
  {
    const Json json = parseWholeNumbers(text);
    const auto list = [&](const char* key) { return json.value(key, Json::array()); };
    layout.model.name = json.value("model", "");
    layout.model.graphJson = json.value("graph", "");
    for (const auto& entry : list("layers"))
    {
      LayerDescription layer;
      layer.id = entry.at("id").get<std::int32_t>();
      layer.name = entry.at("name").get<std::string>();
      layer.type = entry.value("type", "");
      layout.model.layers.push_back(std::move(layer));
    }
    for (const auto& entry : list("tensors"))
    {
      layout.model.tensors.push_back(tensorFromJson(entry));
    }
    for (const auto& entry : list("probe"))
    {
      layout.probe.push_back(tensorFromJson(entry));
    }
    for (const auto& entry : list("gram"))
    {
      layout.gram.push_back(
        { entry.at("layer_id").get<std::int32_t>(), entry.at("layer").get<std::string>(),
          entry.at("slots").get<std::int64_t>(), entry.value("images", std::int64_t(0)) });
    }
    layout.metricColumns = json.value("metrics", std::vector<std::string>());
    for (const auto& entry : list("statistics"))
    {
      layout.statisticTensors.push_back(
        { entry.at("layer").get<std::string>(), entry.at("kind").get<std::string>() });
    }
    for (const auto& entry : list("tracked"))
    {
      layout.tracked.push_back(
        { entry.at(0).get<std::int32_t>(), entry.at(1).get<std::int64_t>() });
    }
    for (const auto& entry : list("filter_series"))
    {
      layout.filterSeries.push_back({ entry.at("name").get<std::string>(),
        entry.at("layer_id").get<std::int32_t>(), entry.at("slots").get<std::int64_t>() });
    }
    layout.changeBandLayers = json.value("change_band_layers", std::vector<std::string>());
    layout.classNames = json.value("classes", std::vector<std::string>());
    layout.optionsJson = json.value("options", "");
    layout.clock.stepsPerEpoch = json.value("steps_per_epoch", std::int64_t(0));
    layout.clock.firstStep = json.value("first_step", std::int64_t(0));
    layout.clock.firstEpoch = json.value("first_epoch", std::int64_t(0));
    layout.snapshotInterval = json.value("snapshot_interval", std::int64_t(0));
    layout.filterInterval = json.value("filter_interval", std::int64_t(10));
    layout.threads = json.value("threads", 0);
    layout.instructionSet = json.value("instruction_set", "");
    layout.parentSegment = json.value("parent_segment", "");
    layout.parentStep = json.value("parent_step", std::int64_t(-1));
    layout.parentRun = json.value("parent_run", "");
    layout.parentRunStep = json.value("parent_run_step", std::int64_t(-1));
  }
  catch (const std::exception& problem)
  {
    throw RunFileError("the run file " + file + " has a damaged description (data set 'layout'): " +
                       problem.what() + "; it cannot be opened, take another copy");
  }
  return layout;
}

} // namespace tensorview
