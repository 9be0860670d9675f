#include "FullSnapshot.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace tensorview;

namespace
{
/// conv1 had 3 filters, of which slot 1 was removed at step 5; fc1 reads them.
RunLayout editedLayout()
{
  RunLayout layout;
  layout.model.layers = { { 1, "conv1", "convolution", { { 0 }, { 1, 0, 5 }, { 2 } } },
    { 2, "fc1", "dense", {} } };
  layout.model.tensors = { { 1, "conv1", kinds::weight, { 3, 1, 1, 2 } },
    { 2, "fc1", kinds::weight, { 2, 3, 1, 2 }, 1 }, { 2, "fc1", kinds::bias, { 2, 1, 1, 1 } } };
  layout.probe = { { 1, "conv1", kinds::activation, { 3, 1, 1, 2 } } };
  layout.gram = { { 1, "conv1", 3 } };
  return layout;
}

/// Text of `count` values: numbers, "." for NaN.
template <typename T>
std::string text(const T* values, std::size_t count)
{
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
  {
    result += std::isnan(values[i]) ? "." : std::to_string(int(values[i]));
  }
  return result;
}
}

TEST(FullSnapshot, TellsWhatExists)
{
  const ModelDescription model = editedLayout().model;
  EXPECT_EQ(presentSlots(model, 1, 3), (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(presentSlots(model, 2, 2), (std::vector<std::int32_t>{ 0, 1 })) << "has no table";
  EXPECT_EQ(presentSlots(model, -1, 1), (std::vector<std::int32_t>{ 0 })) << "the image";
}

TEST(FullSnapshot, PutsValuesIntoTheirSlots)
{
  FullSnapshot full(editedLayout());
  SnapshotValues values;
  values.tensors = { { 1, 2, 3, 4 }, { 1, 2, 3, 4, 5, 6, 7, 8 }, { 9, 8 } };
  values.probe = { { 1, 2, 5, 6 } };
  values.gram = { { 1, 2, 3, 4, 5, 6, 7, 8, 9 } };
  full.take(values);
  ASSERT_EQ(full.tensors().size(), 3U);
  EXPECT_EQ(text(full.tensors()[0], 6), "12..34");
  EXPECT_EQ(text(full.tensors()[1], 12), "12..3456..78");
  EXPECT_EQ(full.tensors()[2], values.tensors[2].data()) << "nothing to put in its place";
  EXPECT_EQ(text(full.probe().at(0), 6), "12..56");
  EXPECT_EQ(text(full.gram().at(0), 16), "1.23....4.567.89");
}

TEST(FullSnapshot, WhatHasAnotherSizeIsNotAvailable)
{
  FullSnapshot full(editedLayout());
  SnapshotValues values;
  values.tensors = { { 1, 2, 3, 4, 5, 6 }, {}, { 1 } };
  full.take(values);
  EXPECT_EQ(full.tensors(), (std::vector<const float*>(3, nullptr)));
  EXPECT_TRUE(full.probe().empty());
  EXPECT_TRUE(full.gram().empty());
}

TEST(FullSnapshot, ViewersSeeWhatExists)
{
  auto values = std::make_shared<SnapshotValues>();
  values->tensors = { { 1, 2, 3, 4 }, { 1, 2, 3, 4, 5, 6, 7, 8 }, { 9, 8 } };
  const auto snapshot = makeNetworkSnapshot(editedLayout(), values);
  const TensorValues& filters = snapshot->tensors.at(0);
  EXPECT_EQ(filters.data.get(), values->tensors[0].data()) << "not copied";
  EXPECT_EQ(filters.slot, (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(filters.shape, (TensorShape{ 2, 1, 1, 2 }));
  const TensorValues& reader = snapshot->tensors.at(1);
  EXPECT_EQ(reader.channelSlot, (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(reader.shape, (TensorShape{ 2, 2, 1, 2 }));
  EXPECT_EQ(reader.description.shape, (TensorShape{ 2, 3, 1, 2 }));
}
