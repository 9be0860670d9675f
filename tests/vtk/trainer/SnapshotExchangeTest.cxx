#include "Trainer/SnapshotExchange.h"

#include <gtest/gtest.h>

#include <numeric>

using tensorview::TensorValues;

namespace
{

/// Three filters (slots 0, 2, 5) of 2 x 1 x 2 values 0, 1, 2, ...
TensorValues threeFilters()
{
  TensorValues values;
  values.description.layer = "conv1";
  values.description.kind = "weight";
  values.description.shape = { 6, 2, 1, 2 };
  values.shape = { 3, 2, 1, 2 };
  values.slot = { 0, 2, 5 };
  values.channelSlot = { 0, 1 };
  const std::shared_ptr<float> data(new float[12], std::default_delete<float[]>());
  std::iota(data.get(), data.get() + 12, 0.0F);
  values.data = data;
  values.range = tensorview::computeRange(data.get(), 12);
  return values;
}

TEST(FiltersOf, SharesTheMemoryOfTheChosenFilters)
{
  const TensorValues all = threeFilters();
  const TensorValues part = tensorview::filtersOf(all, 1, 2);
  EXPECT_EQ(part.shape, (tensorview::TensorShape{ 2, 2, 1, 2 }));
  EXPECT_EQ(part.slot, (std::vector<std::int32_t>{ 2, 5 }));
  EXPECT_EQ(part.channelSlot, all.channelSlot);
  EXPECT_EQ(part.data.get(), all.data.get() + 4);
  EXPECT_EQ(part.range.min, 4.0F);
  EXPECT_EQ(part.range.max, 11.0F);
}

TEST(FiltersOf, AllFiltersAreTheTensorItself)
{
  const TensorValues all = threeFilters();
  const TensorValues same = tensorview::filtersOf(all, 0, 3);
  EXPECT_EQ(same.data.get(), all.data.get());
  EXPECT_EQ(same.slot, all.slot);
}

TEST(FiltersOf, NoFiltersIsAnEmptyTensor)
{
  const TensorValues none = tensorview::filtersOf(threeFilters(), 3, 0);
  EXPECT_EQ(none.shape.filters, 0);
  EXPECT_TRUE(none.slot.empty());
  EXPECT_GT(none.range.min, none.range.max);
}

TEST(ShareWithOneProcess, PassesOn)
{
  const auto model = std::make_shared<const tensorview::ModelDescription>();
  const auto snapshot = std::make_shared<const tensorview::NetworkSnapshot>();
  EXPECT_EQ(tensorview::shareModel(nullptr, model), model);
  EXPECT_EQ(tensorview::shareModel(nullptr, nullptr), nullptr);
  EXPECT_EQ(tensorview::shareSnapshot(nullptr, snapshot, *model), snapshot);
  EXPECT_EQ(tensorview::shareSnapshot(nullptr, nullptr, *model), nullptr);
  EXPECT_EQ(tensorview::shareNames(nullptr, { "loss" }), (std::vector<std::string>{ "loss" }));
}

}
