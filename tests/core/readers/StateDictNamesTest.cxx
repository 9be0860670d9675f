#include "StateDictNames.h"

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

TEST(StateDictNamesTest, SplitsLayerAndKind)
{
  EXPECT_EQ(described({ "conv1.weight", "layer1.0.bn1.running_mean", "layer1.0.bn1.running_var",
              "layer1.0.bn1.bias", "layer1.0.bn1.num_batches_tracked" }),
    (Lines{ "0 conv1 weight", "1 layer1.0.bn1 running_mean", "2 layer1.0.bn1 running_variance",
      "3 layer1.0.bn1 bias", "4 layer1.0.bn1.num_batches_tracked other" }));
}

TEST(StateDictNamesTest, KeepsOtherNamesWhole)
{
  EXPECT_EQ(described({ "weight", ".weight", "attention.in_proj_weight", "", "a." }),
    (Lines{ "0 weight other", "1 .weight other", "2 attention.in_proj_weight other", "3  other",
      "4 a. other" }));
}

TEST(StateDictNamesTest, TakesOffWhatAllBeginWith)
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

TEST(StateDictNamesTest, LeavesOutWhatIsKeptBesideTheNetwork)
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
