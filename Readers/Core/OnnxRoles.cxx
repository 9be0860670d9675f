#include "OnnxRoles.h"

#include "TensorFileError.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace tensorview
{
namespace
{

/// What input `input` of an operation is.
struct Parameter
{
  std::string_view operation;
  std::size_t input;
  const char* kind;
  /// The axes; "*" stands for as many axes of a window as there are.
  const char* axes;
};

/// From the operators' descriptions (onnx.ai/onnx/operators).
constexpr Parameter parameters[] = { { "Conv", 1, "weight", "OI*" }, { "Conv", 2, "bias", "O" },
  { "ConvTranspose", 1, "weight", "IO*" }, { "ConvTranspose", 2, "bias", "O" },
  { "Gemm", 1, "weight", "IO" }, { "Gemm", 2, "bias", "O" }, { "MatMul", 1, "weight", "IO" },
  { "MatMul", 0, "weight", "OI" }, { "BatchNormalization", 1, "weight", "O" },
  { "BatchNormalization", 2, "bias", "O" }, { "BatchNormalization", 3, "running_mean", "O" },
  { "BatchNormalization", 4, "running_variance", "O" },
  { "InstanceNormalization", 1, "weight", "O" }, { "InstanceNormalization", 2, "bias", "O" },
  { "LayerNormalization", 1, "weight", "" }, { "LayerNormalization", 2, "bias", "" },
  { "GroupNormalization", 1, "weight", "O" }, { "GroupNormalization", 2, "bias", "O" },
  { "Gather", 0, "weight", "OI" }, { "LSTM", 1, "weight", ".OI" },
  { "LSTM", 2, "recurrent_weight", ".OI" }, { "LSTM", 3, "bias", ".O" },
  { "GRU", 1, "weight", ".OI" }, { "GRU", 2, "recurrent_weight", ".OI" },
  { "GRU", 3, "bias", ".O" }, { "RNN", 1, "weight", ".OI" },
  { "RNN", 2, "recurrent_weight", ".OI" }, { "RNN", 3, "bias", ".O" },
  { "PRelu", 1, "slope", "" } };

/// The axes of a window, outermost first, of those with 0 to 3 axes.
constexpr const char* windows[] = { "", "W", "HW", "DHW" };

std::string axesFor(std::string_view pattern, std::size_t rank)
{
  std::string axes(pattern.substr(0, pattern.find('*')));
  const std::size_t fixed = axes.size();
  if (fixed < pattern.size() && rank >= fixed && rank - fixed < std::size(windows))
  {
    axes += windows[rank - fixed];
  }
  return axes.size() == rank ? axes : rank == 1 ? "O" : "";
}

/// The layer of "conv1.weight"; empty for names that do not end so.
std::string layerOfName(const std::string& name)
{
  for (const std::string_view end :
    { ".weight", ".bias", ".running_mean", ".running_var", "/kernel", "/bias" })
  {
    if (name.size() > end.size() &&
        name.compare(name.size() - end.size(), std::string::npos, end) == 0)
    {
      return name.substr(0, name.size() - end.size());
    }
  }
  return {};
}

/// "/block/conv1/Conv" is "block.conv1", as PyTorch names what it exports.
std::string layerOfNode(const OnnxNode& node)
{
  std::string path = !node.name.empty()     ? node.name
                     : node.outputs.empty() ? std::string()
                                            : node.outputs.front();
  const bool fromModule = path.compare(0, 1, "/") == 0;
  const std::size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0 &&
      path.compare(slash + 1, node.operation.size(), node.operation) == 0)
  {
    path.resize(slash);
  }
  if (fromModule)
  {
    path.erase(0, 1);
    std::replace(path.begin(), path.end(), '/', '.');
  }
  return path;
}

/// Tells the roles, node by node.
class RoleFinder
{
public:
  explicit RoleFinder(const OnnxGraph& graph)
    : graph_(graph)
    , roles_(graph.initializers.size())
  {
    for (std::size_t i = 0; i < graph.initializers.size(); ++i)
    {
      this->initializers_.emplace(graph.initializers[i].name, i);
      this->roles_[i].place = graph.nodes.size();
    }
  }

  std::vector<OnnxRole> find()
  {
    for (std::size_t n = 0; n < this->graph_.nodes.size(); ++n)
    {
      const OnnxNode& node = this->graph_.nodes[n];
      const std::string layer = this->layerOf(node);
      for (std::size_t input = 0; input < node.inputs.size(); ++input)
      {
        const auto found = this->initializers_.find(node.inputs[input]);
        if (found != this->initializers_.end() &&
            this->roles_[found->second].place == this->graph_.nodes.size())
        {
          this->roles_[found->second].place = n;
          this->roles_[found->second].input = input;
          this->setRole(found->second, node, input, layer);
        }
      }
      this->remember(node);
    }
    return std::move(this->roles_);
  }

private:
  /// Where an Add adds to what a MatMul gives, that MatMul's weight.
  const std::size_t* biasedWeight(const OnnxNode& node) const
  {
    if (node.operation != "Add" || node.inputs.size() != 2)
    {
      return nullptr;
    }
    for (const std::string& input : node.inputs)
    {
      const auto found = this->products_.find(input);
      if (found != this->products_.end())
      {
        return &found->second;
      }
    }
    return nullptr;
  }

  std::string layerOf(const OnnxNode& node) const
  {
    for (const std::string& input : node.inputs)
    {
      if (this->initializers_.count(input) > 0)
      {
        std::string layer = layerOfName(input);
        if (!layer.empty())
        {
          return layer;
        }
      }
    }
    return layerOfNode(node);
  }

  void setRole(std::size_t index, const OnnxNode& node, std::size_t input, const std::string& layer)
  {
    const std::size_t rank = this->graph_.initializers[index].shape.size();
    TensorRole& role = this->roles_[index].role;
    const auto known = std::find_if(std::begin(parameters), std::end(parameters),
      [&](const Parameter& one) { return one.operation == node.operation && one.input == input; });
    if (known != std::end(parameters) && (rank > 1 || known->input > 0))
    {
      role.kind = known->kind;
      role.axes = axesFor(
        node.operation == "Gemm" && input == 1 && node.transposesB ? "OI" : known->axes, rank);
    }
    else if (const std::size_t* const biased = this->biasedWeight(node);
             biased && rank == 1 && !this->roles_[*biased].role.layer.empty())
    {
      role.kind = "bias";
      role.axes = "O";
      // PyTorch keeps the bias's name where it has none for the transposed weight.
      TensorRole& weight = this->roles_[*biased].role;
      const std::string own = layerOfName(this->graph_.initializers[index].name);
      if (!own.empty() && layerOfName(this->graph_.initializers[*biased].name).empty())
      {
        weight.layer = printableText(own);
      }
      role.layer = weight.layer;
      role.layerClass = weight.layerClass;
      return;
    }
    else
    {
      return;
    }
    role.layer = printableText(layer);
    role.layerClass = printableText(node.operation);
  }

  /// What a MatMul gives may be added a bias to.
  void remember(const OnnxNode& node)
  {
    if (node.operation != "MatMul" || node.outputs.empty())
    {
      return;
    }
    for (const std::string& input : node.inputs)
    {
      const auto found = this->initializers_.find(input);
      if (found != this->initializers_.end())
      {
        this->products_.emplace(node.outputs.front(), found->second);
      }
    }
  }

  const OnnxGraph& graph_;
  std::vector<OnnxRole> roles_;
  std::unordered_map<std::string, std::size_t> initializers_;
  std::unordered_map<std::string, std::size_t> products_; ///< weights by the outputs of MatMuls
};

} // namespace

std::vector<OnnxRole> onnxRoles(const OnnxGraph& graph)
{
  return RoleFinder(graph).find();
}

} // namespace tensorview
