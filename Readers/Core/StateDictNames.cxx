#include "StateDictNames.h"

#include "TensorTypes.h"

#include <algorithm>
#include <string_view>

namespace tensorview
{
namespace
{

struct NamedKind
{
  std::string_view name;
  const char* kind;
};

/// Last parts of names in PyTorch's state dicts.
constexpr NamedKind knownKinds[] = { { "weight", kinds::weight }, { "bias", kinds::bias },
  { "running_mean", kinds::runningMean }, { "running_var", kinds::runningVariance } };

/// First parts of what a training keeps beside the network.
constexpr std::string_view beside[] = { "optimizer", "optimizer_state_dict", "optimizers",
  "optimizer_states", "optim", "optim_state_dict", "scheduler", "scheduler_state_dict",
  "lr_scheduler", "lr_schedulers", "scaler", "grad_scaler", "loss_scaler", "amp", "ema",
  "model_ema", "ema_state_dict", "state_dict_ema", "generator", "rng_state", "rng_states",
  "cuda_rng_state", "random_state", "callbacks", "loops", "loss", "criterion", "metrics",
  "history" };

/// What wraps a network and says nothing about it.
constexpr std::string_view wrappers[] = { "state_dict.", "model_state_dict.", "model.", "module.",
  "net.", "network.", "_orig_mod." };

bool isBeside(std::string_view name)
{
  const std::string_view first = name.substr(0, name.find('.'));
  return std::find(std::begin(beside), std::end(beside), first) != std::end(beside);
}

bool beginsWith(std::string_view name, std::string_view prefix)
{
  return name.size() > prefix.size() && name.compare(0, prefix.size(), prefix) == 0;
}

/// Length of all the wrappers that all `names` begin with.
std::size_t commonWrapping(const std::vector<std::string_view>& names)
{
  std::size_t length = 0;
  for (bool longer = !names.empty(); longer;)
  {
    longer = false;
    for (const std::string_view wrapper : wrappers)
    {
      if (std::all_of(names.begin(), names.end(),
            [&](std::string_view name) { return beginsWith(name.substr(length), wrapper); }))
      {
        length += wrapper.size();
        longer = true;
      }
    }
  }
  return length;
}

ModelTensor modelTensor(std::size_t index, std::string_view name)
{
  const std::size_t dot = name.rfind('.');
  const std::string_view last =
    dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  for (const NamedKind& known : knownKinds)
  {
    if (last == known.name && dot > 0)
    {
      return { index, std::string(name.substr(0, dot)), known.kind };
    }
  }
  return { index, std::string(name), kinds::other };
}

} // namespace

std::vector<ModelTensor> modelTensors(const std::vector<std::string>& names)
{
  const bool nothingElse = std::all_of(names.begin(), names.end(), isBeside);
  std::vector<std::size_t> indices;
  std::vector<std::string_view> chosen;
  for (std::size_t i = 0; i < names.size(); ++i)
  {
    if (nothingElse || !isBeside(names[i]))
    {
      indices.push_back(i);
      chosen.push_back(names[i]);
    }
  }
  const std::size_t wrapping = commonWrapping(chosen);
  std::vector<ModelTensor> tensors;
  for (std::size_t i = 0; i < indices.size(); ++i)
  {
    tensors.push_back(modelTensor(indices[i], chosen[i].substr(wrapping)));
  }
  return tensors;
}

} // namespace tensorview
