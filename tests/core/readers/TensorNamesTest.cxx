#include "TensorNames.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

/// "index layer kind" of each.
std::vector<std::string> described(const std::vector<std::string>& names)
{
  std::vector<std::string> lines;
  for (const ModelTensor& tensor : modelTensors(names))
  {
    lines.push_back(std::to_string(tensor.index) + " " + tensor.layer + " " + tensor.kind);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(TensorNamesTest, SplitsLayerAndKind)
{
  EXPECT_EQ(described({ "conv1.weight", "layer1.0.bn1.running_mean", "layer1.0.bn1.running_var",
              "layer1.0.bn1.bias", "layer1.0.bn1.num_batches_tracked" }),
    (Lines{ "0 conv1 weight", "1 layer1.0.bn1 running_mean", "2 layer1.0.bn1 running_variance",
      "3 layer1.0.bn1 bias", "4 layer1.0.bn1.num_batches_tracked other" }));
}

TEST(TensorNamesTest, KeepsOtherNamesWhole)
{
  EXPECT_EQ(described({ "weight", ".weight", "attention.in_proj_weight", "", "a." }),
    (Lines{ "0 weight other", "1 .weight other", "2 attention.in_proj_weight other", "3  other",
      "4 a. other" }));
}

TEST(TensorNamesTest, TakesOffWhatAllBeginWith)
{
  EXPECT_EQ(described({ "module.conv1.weight", "module.fc.bias" }),
    (Lines{ "0 conv1 weight", "1 fc bias" }));
  EXPECT_EQ(
    described({ "state_dict.model.module.conv1.weight", "state_dict.model.module.fc.bias" }),
    (Lines{ "0 conv1 weight", "1 fc bias" }));
  EXPECT_EQ(described({ "_orig_mod.module.a.weight" }), (Lines{ "0 a weight" }));
  EXPECT_EQ(described({ "model.layers.0.weight", "head.weight" }),
    (Lines{ "0 model.layers.0 weight", "1 head weight" }));
  EXPECT_EQ(
    described({ "model.weight", "model.bias" }), (Lines{ "0 weight other", "1 bias other" }));
}

TEST(TensorNamesTest, KnowsTheWordsOfKeras)
{
  EXPECT_EQ(described({ "conv2d/kernel:0", "conv2d/bias:0", "bn/gamma", "bn/beta",
              "bn/moving_mean:0", "bn/moving_variance:0", "dense/dense/kernel:0",
              "params.Dense_0.kernel", "lstm/recurrent_kernel:0", "a/conv:1x/bias" }),
    (Lines{ "0 conv2d weight", "1 conv2d bias", "2 bn weight", "3 bn bias", "4 bn running_mean",
      "5 bn running_variance", "6 dense weight", "7 params.Dense_0 weight",
      "8 lstm/recurrent_kernel:0 other", "9 a/conv:1x bias" }));
  EXPECT_EQ(modelTensors({ "a/kernel:0" })[0].style, NameStyle::Keras);
  EXPECT_EQ(modelTensors({ "a.weight" })[0].style, NameStyle::Torch);
  EXPECT_EQ(modelTensors({ "a/depthwise_kernel" })[0].word, "depthwise_kernel");
}

TEST(TensorNamesTest, PartsNamesOfArraysAtUnderscores)
{
  EXPECT_EQ(described({ "conv1_weight", "conv1_running_mean", "fc_weight_grad", "conv1_activation",
              "arr_0", "_weight", "block1/in_proj_weight" }),
    (Lines{ "0 conv1 weight", "1 conv1 running_mean", "2 fc weight_gradient", "3 conv1 activation",
      "4 arr_0 other", "5 _weight other", "6 block1/in_proj_weight other" }));
}

TEST(TensorNamesTest, KnowsGradientsAndOurOwnWords)
{
  EXPECT_EQ(described({ "a.weight.grad", "a.bias.grad", "a/weight_gradient", "a/activation",
              "a/momentum", "a.running_variance" }),
    (Lines{ "0 a weight_gradient", "1 a bias_gradient", "2 a weight_gradient", "3 a activation",
      "4 a momentum", "5 a running_variance" }));
}

TEST(TensorNamesTest, ShowsEverythingOnDemand)
{
  std::vector<std::string> lines;
  for (const ModelTensor& tensor : modelTensors({ "optimizer.state.0", "model.a.weight" }, true))
  {
    lines.push_back(tensor.layer + " " + tensor.kind);
  }
  EXPECT_EQ(lines, (Lines{ "optimizer.state.0 other", "a weight" }));
}

TEST(TensorNamesTest, LeavesOutWhatIsKeptBesideTheNetwork)
{
  EXPECT_EQ(described({ "optimizer.state.0.exp_avg", "model.conv1.weight", "generator",
              "model.fc.weight", "ema.conv1.weight" }),
    (Lines{ "1 conv1 weight", "3 fc weight" }));
  EXPECT_EQ(described({ "optimizer.state.0.exp_avg", "optimizers.weight" }),
    (Lines{ "0 optimizer.state.0.exp_avg other", "1 optimizers weight" }));
  EXPECT_TRUE(described({}).empty());
}

} // namespace
} // namespace tensorview
