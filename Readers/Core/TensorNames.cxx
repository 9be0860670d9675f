#include "TensorNames.h"

#include "TensorTypes.h"

#include <algorithm>
#include <string_view>

namespace tensorview
{
namespace
{

struct KindWord
{
  std::string_view word;
  const char* kind;
  NameStyle style = NameStyle::Torch;
};

/// Last parts of names, longer ones before those that they end with.
constexpr KindWord kindWords[] = { { "weight.grad", kinds::weightGradient },
  { "bias.grad", kinds::biasGradient }, { "weight_grad", kinds::weightGradient },
  { "bias_grad", kinds::biasGradient }, { kinds::weightGradient, kinds::weightGradient },
  { kinds::biasGradient, kinds::biasGradient },
  { kinds::activationGradient, kinds::activationGradient }, { "weight", kinds::weight },
  { "bias", kinds::bias }, { "running_mean", kinds::runningMean },
  { "running_var", kinds::runningVariance }, { kinds::runningVariance, kinds::runningVariance },
  { kinds::momentum, kinds::momentum }, { kinds::activation, kinds::activation },
  { "activations", kinds::activation }, { "depthwise_kernel", kinds::weight, NameStyle::Keras },
  { "pointwise_kernel", kinds::weight, NameStyle::Keras },
  { "recurrent_kernel", kinds::other, NameStyle::Keras },
  { "kernel", kinds::weight, NameStyle::Keras }, { "embeddings", kinds::weight, NameStyle::Keras },
  { "gamma", kinds::weight, NameStyle::Keras }, { "beta", kinds::bias, NameStyle::Keras },
  { "moving_mean", kinds::runningMean, NameStyle::Keras },
  { "moving_variance", kinds::runningVariance, NameStyle::Keras } };

constexpr const char* separators = "./";

/// First parts of what a training keeps beside the network.
constexpr std::string_view beside[] = { "optimizer", "optimizer_state_dict", "optimizers",
  "optimizer_states", "optimizer_weights", "opt_state", "optim", "optim_state_dict", "scheduler",
  "scheduler_state_dict", "lr_scheduler", "lr_schedulers", "scaler", "grad_scaler", "loss_scaler",
  "amp", "ema", "model_ema", "ema_state_dict", "state_dict_ema", "generator", "rng_state",
  "rng_states", "cuda_rng_state", "random_state", "callbacks", "loops", "loss", "criterion",
  "metrics", "history" };

/// What wraps a network and says nothing about it.
constexpr std::string_view wrappers[] = { "state_dict.", "model_state_dict.", "model.", "module.",
  "net.", "network.", "params.", "params/", "_orig_mod." };

bool isBeside(std::string_view name)
{
  const std::string_view first = name.substr(0, name.find_first_of(separators));
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

/// Without the ":0" of TensorFlow's variables.
std::string_view withoutNumber(std::string_view name)
{
  const std::size_t colon = name.rfind(':');
  const bool number = colon != std::string_view::npos && colon + 1 < name.size() &&
                      name.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return number ? name.substr(0, colon) : name;
}

/// Keras writes "dense/dense/kernel": the layer, then the name of its variable's scope.
std::string_view withoutRepetition(std::string_view layer)
{
  const std::size_t slash = layer.rfind('/');
  if (slash == std::string_view::npos)
  {
    return layer;
  }
  const std::string_view last = layer.substr(slash + 1);
  const std::string_view before = layer.substr(0, slash);
  const bool twice = before == last || (before.size() > last.size() &&
                                         before[before.size() - last.size() - 1] == '/' &&
                                         before.substr(before.size() - last.size()) == last);
  return twice ? before : layer;
}

ModelTensor modelTensor(std::size_t index, std::string_view name)
{
  const std::string_view bare = withoutNumber(name);
  const bool hasParts = bare.find_first_of(separators) != std::string_view::npos;
  for (const KindWord& known : kindWords)
  {
    const std::string_view word = known.word;
    if (bare.size() < word.size() + 2 || bare.substr(bare.size() - word.size()) != word)
    {
      continue;
    }
    const char separator = bare[bare.size() - word.size() - 1];
    if (separator == '.' || separator == '/' || (separator == '_' && !hasParts))
    {
      const std::string_view layer = bare.substr(0, bare.size() - word.size() - 1);
      const bool placed = known.kind != std::string_view(kinds::other);
      return { index, std::string(placed ? withoutRepetition(layer) : name), known.kind,
        known.style, std::string(word) };
    }
  }
  return { index, std::string(name), kinds::other, NameStyle::Torch, {} };
}

} // namespace

std::vector<ModelTensor> modelTensors(const std::vector<std::string>& names, bool everything)
{
  const bool nothingElse = std::all_of(names.begin(), names.end(), isBeside);
  std::vector<std::string_view> network;
  for (const std::string& name : names)
  {
    if (nothingElse || !isBeside(name))
    {
      network.push_back(name);
    }
  }
  const std::size_t wrapping = commonWrapping(network);
  std::vector<ModelTensor> tensors;
  for (std::size_t i = 0; i < names.size(); ++i)
  {
    if (nothingElse || !isBeside(names[i]))
    {
      tensors.push_back(modelTensor(i, std::string_view(names[i]).substr(wrapping)));
    }
    else if (everything)
    {
      tensors.push_back({ i, names[i], kinds::other, NameStyle::Torch, {} });
    }
  }
  return tensors;
}

} // namespace tensorview
