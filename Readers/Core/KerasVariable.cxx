#include "KerasVariable.h"

#include <vector>

namespace tensorview
{
namespace
{

bool has(std::string_view text, std::string_view part)
{
  return text.find(part) != std::string_view::npos;
}

bool startsWith(std::string_view text, std::string_view start)
{
  return text.substr(0, start.size()) == start;
}

bool endsWith(std::string_view text, std::string_view end)
{
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::vector<std::string> normalisationVariables(
  std::string_view group, const KerasLayer* layer, std::size_t count)
{
  const bool batch = startsWith(group, "batch_normalization");
  const std::size_t moving = batch ? 2 : 0;
  // Without a config the number tells; of one of the two it is not known which.
  const bool scale = layer ? layer->scale : count == moving + 2;
  const bool center = layer ? layer->center : count == moving + 2;
  std::vector<std::string> names;
  if (!layer && count == moving + 1)
  {
    names.emplace_back();
  }
  if (scale)
  {
    names.emplace_back("gamma");
  }
  if (center)
  {
    names.emplace_back("beta");
  }
  if (batch)
  {
    names.emplace_back("moving_mean");
    names.emplace_back("moving_variance");
  }
  return names;
}

std::vector<std::string> variablesOf(
  std::string_view group, const KerasLayer* layer, std::size_t count)
{
  if (endsWith(group, "normalization"))
  {
    return normalisationVariables(group, layer, count);
  }
  if (endsWith(group, "cell"))
  {
    return { "kernel", "recurrent_kernel", "bias" };
  }
  if (startsWith(group, "separable_conv"))
  {
    return { "depthwise_kernel", "pointwise_kernel", "bias" };
  }
  if (group == "embedding")
  {
    return { "embeddings" };
  }
  if (has(group, "conv") || has(group, "dense"))
  {
    return { "kernel", "bias" };
  }
  return {};
}

} // namespace

std::string kerasVariable(std::string_view group, const KerasLayer* layer, std::size_t index,
  std::size_t count, std::size_t rank)
{
  const std::vector<std::string> known = variablesOf(group, layer, count);
  if (!known.empty())
  {
    return index < known.size() ? known[index] : std::string();
  }
  // Layers of one's own: most make a kernel and then a bias.
  return index == 0 && rank >= 2 && count <= 2   ? "kernel"
         : index == 1 && rank == 1 && count == 2 ? "bias"
                                                 : "";
}

std::string kerasKind(std::string_view group, std::string_view variable)
{
  if (variable == "kernel" || variable == "gamma" || variable == "embeddings" ||
      (variable == "depthwise_kernel" && !startsWith(group, "separable_conv")))
  {
    return "weight";
  }
  if (variable == "bias" || variable == "beta")
  {
    return "bias";
  }
  if (variable == "moving_mean")
  {
    return "running_mean";
  }
  return variable == "moving_variance" ? "running_variance" : std::string(variable);
}

std::string kerasAxes(std::string_view group, std::string_view variable, std::size_t rank)
{
  if (rank == 1)
  {
    return "O";
  }
  if (variable == "embeddings" && rank == 2)
  {
    return "OI";
  }
  if (!endsWith(variable, "kernel") || rank < 2 || rank > 5)
  {
    return variable == "bias" && rank == 2 ? "OO" : ""; // of an attention: heads x their size
  }
  if (rank == 2)
  {
    return "IO";
  }
  if (rank == 3 && !has(group, "conv")) // of an attention: its heads x their size are two axes
  {
    return has(group, "output") ? "IIO" : "IOO";
  }
  static constexpr const char* windows[] = { "W", "HW", "DHW" };
  const bool depthwise = startsWith(group, "depthwise_conv") || variable == "depthwise_kernel";
  const bool transposed = startsWith(group, "conv") && endsWith(group, "transpose");
  return windows[rank - 3] + std::string(depthwise ? "OO" : transposed ? "OI" : "IO");
}

} // namespace tensorview
