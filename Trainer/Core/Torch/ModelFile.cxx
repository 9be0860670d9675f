#include "ModelFile.h"

#include "../../../Readers/Core/SafetensorsWriter.h"
#include "../../../Readers/Core/TensorCatalogue.h"
#include "../../../Readers/Core/TensorNames.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace tensorview
{

namespace
{
constexpr const char* batchesTracked = "num_batches_tracked";
constexpr std::size_t mostNamed = 10; ///< tensors in a list of a message

/// One tensor of the network that files hold.
struct ModelTensorPlace
{
  std::string layer;
  std::string kind;                ///< one of `kinds`
  std::string name;                ///< in PyTorch's state dicts
  std::vector<std::int64_t> sizes; ///< in PyTorch
  const Parameter* parameter = nullptr;
  at::Tensor statistic; ///< if it is no parameter
};

/// All of them, in the order of PyTorch's state dicts.
std::vector<ModelTensorPlace> placesOf(const NetworkGraph& graph, const ParameterStore& store)
{
  std::vector<ModelTensorPlace> places;
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    const std::string& layer = graph.layers[i].name;
    for (const ParameterRole role : { ParameterRole::Weight, ParameterRole::Bias })
    {
      if (const Parameter* parameter = store.find(static_cast<int>(i), role))
      {
        places.push_back({ layer, role == ParameterRole::Weight ? kinds::weight : kinds::bias,
          parameter->name, parameter->sizes, parameter, {} });
      }
    }
    if (const RunningStatistics* running = store.findRunning(static_cast<int>(i)))
    {
      const std::vector<std::int64_t> sizes = running->mean.sizes().vec();
      places.push_back(
        { layer, kinds::runningMean, layer + ".running_mean", sizes, nullptr, running->mean });
      places.push_back({ layer, kinds::runningVariance, layer + ".running_var", sizes, nullptr,
        running->variance });
    }
  }
  return places;
}

/// The layers that `skip` names; each name must stand for one at least.
class SkippedLayers
{
public:
  SkippedLayers(const std::string& skip, const std::vector<ModelTensorPlace>& places)
  {
    std::istringstream list(skip);
    for (std::string name; std::getline(list, name, ';');)
    {
      name.erase(0, name.find_first_not_of(' '));
      name.erase(name.find_last_not_of(' ') + 1);
      if (name.empty())
      {
        continue;
      }
      this->names_.push_back(name);
      if (std::none_of(places.begin(), places.end(),
            [&](const ModelTensorPlace& place) { return isIn(place.layer, name); }))
      {
        throw ModelFileError(
          "LoadModelSkip names '" + name + "', but no layer with weights is called so");
      }
    }
  }

  bool has(const std::string& layer) const
  {
    return std::any_of(this->names_.begin(), this->names_.end(),
      [&](const std::string& name) { return isIn(layer, name); });
  }

private:
  static bool isIn(const std::string& layer, const std::string& name)
  {
    return layer == name || layer.compare(0, name.size() + 1, name + ".") == 0;
  }

  std::vector<std::string> names_;
};

std::string describeShape(const std::vector<std::int64_t>& sizes)
{
  std::string text;
  for (const std::int64_t size : sizes)
  {
    text += (text.empty() ? "" : ", ") + std::to_string(size);
  }
  return "[" + text + "]";
}

/// What does not fit, one list each.
struct Misfits
{
  std::vector<std::string> missing;
  std::vector<std::string> unexpected;
  std::vector<std::string> otherShape;
  std::string remedy;

  bool none() const
  {
    return this->missing.empty() && this->unexpected.empty() && this->otherShape.empty();
  }
};

void appendList(std::string& text, const char* title, const std::vector<std::string>& names)
{
  if (names.empty())
  {
    return;
  }
  text += std::string("; ") + title + ": ";
  for (std::size_t i = 0; i < std::min(names.size(), mostNamed); ++i)
  {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > mostNamed)
  {
    text += " and " + std::to_string(names.size() - mostNamed) + " more";
  }
}

/// What usually is the matter when shapes differ: the last layer has other classes.
void suggestRemedy(const NetworkGraph& graph, const ModelTensorPlace& place,
  const std::vector<std::int64_t>& found, Misfits& misfits)
{
  const bool isLast = place.layer == graph.layers.back().name && place.kind == kinds::weight;
  if (isLast && found.size() == place.sizes.size() && found.size() > 1 &&
      std::equal(found.begin() + 1, found.end(), place.sizes.begin() + 1))
  {
    misfits.remedy = "the file's last layer is for " + std::to_string(found[0]) +
                     " classes: LoadModelSkip '" + place.layer +
                     "' leaves it out, to be trained anew";
    if (found[0] > place.sizes[0])
    {
      misfits.remedy += "; Classes " + std::to_string(found[0]) + " gives the network as many";
    }
  }
}

[[noreturn]] void refuse(const std::string& path, const NetworkGraph& graph, const Misfits& misfits)
{
  std::string text = "the weights of '" + path + "' do not fit the network '" + graph.name + "'";
  appendList(text, "missing", misfits.missing);
  appendList(text, "unexpected", misfits.unexpected);
  appendList(text, "of another shape", misfits.otherShape);
  throw ModelFileError(text + (misfits.remedy.empty() ? "" : ". " + misfits.remedy));
}

bool isCounter(const std::string& name)
{
  const std::string ending = std::string(".") + batchesTracked;
  return name.size() > ending.size() &&
         name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

/// By place: the tensor of the file that belongs there, -1 = leave it as it is.
std::vector<std::ptrdiff_t> findTensors(const TensorCatalogue& catalogue,
  const SkippedLayers& skipped, const NetworkGraph& graph,
  const std::vector<ModelTensorPlace>& places)
{
  Misfits misfits;
  std::map<std::pair<std::string, std::string>, std::size_t> inFile;
  for (const ModelTensor& tensor : modelTensors(catalogue.names()))
  {
    // The axes of Keras lie in another order, which not every shape shows.
    const bool known = tensor.style == NameStyle::Torch;
    inFile.emplace(
      known ? std::make_pair(tensor.layer, tensor.kind)
            : std::make_pair(catalogue.tensors[tensor.index].name, std::string(kinds::other)),
      tensor.index);
  }
  std::vector<std::ptrdiff_t> found(places.size(), -1);
  for (std::size_t i = 0; i < places.size(); ++i)
  {
    const ModelTensorPlace& place = places[i];
    const auto entry = inFile.find({ place.layer, place.kind });
    const bool isThere = entry != inFile.end();
    const std::size_t index = isThere ? entry->second : 0;
    if (isThere)
    {
      inFile.erase(entry);
    }
    if (skipped.has(place.layer))
    {
      continue;
    }
    if (!isThere)
    {
      misfits.missing.push_back(place.name);
    }
    else if (catalogue.tensors[index].shape != place.sizes)
    {
      const std::vector<std::int64_t>& shape = catalogue.tensors[index].shape;
      misfits.otherShape.push_back(place.name + " " + describeShape(shape) +
                                   " where the network has " + describeShape(place.sizes));
      suggestRemedy(graph, place, shape, misfits);
    }
    found[i] = static_cast<std::ptrdiff_t>(index);
  }
  for (const auto& [key, index] : inFile)
  {
    if (!isCounter(catalogue.tensors[index].name) && !skipped.has(key.first))
    {
      misfits.unexpected.push_back(catalogue.tensors[index].name);
    }
  }
  if (!misfits.none())
  {
    refuse(catalogue.path, graph, misfits);
  }
  return found;
}
}

void loadModelFile(const std::string& path, const std::string& skip, const NetworkGraph& graph,
  ParameterStore& store)
{
  const std::vector<ModelTensorPlace> places = placesOf(graph, store);
  const SkippedLayers skipped(skip, places);
  const TensorCatalogue catalogue = openTensorFile(path);
  const std::vector<std::ptrdiff_t> found = findTensors(catalogue, skipped, graph, places);
  at::Tensor values = store.values.clone();
  std::vector<std::pair<at::Tensor, at::Tensor>> statistics;
  for (std::size_t i = 0; i < places.size(); ++i)
  {
    if (found[i] < 0)
    {
      continue;
    }
    at::Tensor read = at::empty(places[i].sizes, at::TensorOptions().dtype(at::kFloat));
    readTensor(catalogue, static_cast<std::size_t>(found[i]), read.data_ptr<float>());
    if (places[i].parameter != nullptr)
    {
      ParameterStore::fromTorch(values, *places[i].parameter, read);
    }
    else
    {
      statistics.emplace_back(places[i].statistic, read);
    }
  }
  store.values.copy_(values);
  for (auto& [target, read] : statistics)
  {
    target.copy_(read);
  }
}

void saveModelFile(const std::string& path, const NetworkGraph& graph, const ParameterStore& store,
  std::int64_t updates)
{
  if (std::filesystem::path(path).extension() != ".safetensors")
  {
    throw ModelFileError(
      "cannot save the model to '" + path + "': weights are written as .safetensors; name it so");
  }
  std::vector<ModelTensorPlace> places;
  std::vector<SafetensorsEntry> entries;
  for (ModelTensorPlace& place : placesOf(graph, store))
  {
    const bool last = place.kind == kinds::runningVariance;
    const std::string layer = place.layer;
    entries.push_back({ place.name, place.sizes, ElementType::Float32 });
    places.push_back(std::move(place));
    if (last)
    {
      entries.push_back({ layer + "." + batchesTracked, {}, ElementType::Int64 });
      places.emplace_back();
    }
  }
  at::Tensor copy;
  writeSafetensors(path, entries,
    [&](std::size_t index) -> const void*
    {
      const ModelTensorPlace& place = places[index];
      if (entries[index].type == ElementType::Int64)
      {
        return &updates;
      }
      copy = place.parameter != nullptr ? ParameterStore::toTorch(store.values, *place.parameter)
                                        : place.statistic.cpu().contiguous();
      return copy.const_data_ptr();
    });
}

} // namespace tensorview
