#include "SeenWeights.h"

#include <gtest/gtest.h>

#include <cmath>

using tensorview::TensorShape;
using tensorview::TensorValues;

namespace
{
/// Filters `slots` of a layer [3, 2, 1, 2]; every value is 100 slot + 10 channel + column + step /
/// 1000.
TensorValues tensor(std::int64_t step, const std::vector<std::int32_t>& slots = { 0, 1, 2 },
  const std::vector<std::int32_t>& channels = { 0, 1 })
{
  auto values = std::make_shared<std::vector<float>>();
  for (const std::int32_t slot : slots)
  {
    for (const std::int32_t channel : channels)
    {
      for (const std::int32_t column : { 0, 1 })
      {
        values->push_back(static_cast<float>(100 * slot + 10 * channel + column) +
                          0.001F * static_cast<float>(step));
      }
    }
  }
  TensorValues result;
  result.slot = slots;
  result.channelSlot = channels;
  result.shape = { static_cast<std::int64_t>(slots.size()),
    static_cast<std::int64_t>(channels.size()), 1, 2 };
  result.data = std::shared_ptr<const float>(values, values->data());
  return result;
}
constexpr TensorShape shape{ 3, 2, 1, 2 };
}

TEST(SeenWeights, KeepsWhatWasShown)
{
  SeenWeights seen(shape);
  EXPECT_TRUE(seen.isPossible());
  EXPECT_EQ(seen.lastStep(), -1);
  seen.add(5, tensor(5));
  seen.add(7, tensor(7, { 0, 2 }, { 1 }));
  seen.add(7, tensor(7, { 0, 2 }, { 1 })); // once more
  EXPECT_EQ(seen.description().step, (std::vector<std::int64_t>{ 5, 7 }));
  EXPECT_EQ(seen.description().slot, (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(seen.description().channelSlot, (std::vector<std::int32_t>{ 1 }));
  std::vector<float> values(2 * 4);
  seen.read({ { 1, 0, 0, 1 }, { 2, 2, 1, 1 } }, { 0, 1 }, values.data());
  EXPECT_NEAR(values[0], 101.005F, 1e-3F);
  EXPECT_NEAR(values[3], 211.005F, 1e-3F);
  EXPECT_TRUE(std::isnan(values[4]));
  EXPECT_TRUE(std::isnan(values[6]));
  EXPECT_NEAR(values[7], 211.007F, 1e-3F);
}

TEST(SeenWeights, ThinsOutEvenlyAndKeepsBothEnds)
{
  SeenWeights seen(shape, 8 * 12 * sizeof(float));
  for (std::int64_t step = 0; step < 100; ++step)
  {
    seen.add(step, tensor(step));
    ASSERT_LE(seen.description().step.size(), 8U);
    ASSERT_EQ(seen.description().step.front(), 0);
    ASSERT_EQ(seen.description().step.back(), step);
  }
  const auto& steps = seen.description().step;
  ASSERT_GE(steps.size(), 4U);
  for (std::size_t i = 2; i + 1 < steps.size(); ++i)
  {
    EXPECT_EQ(steps[i] - steps[i - 1], steps[1] - steps[0]);
  }
}

TEST(SeenWeights, SaysWhenALayerIsTooLarge)
{
  EXPECT_FALSE(SeenWeights(shape, 12 * sizeof(float)).isPossible());
}
