#include "SnapshotPool.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <vector>

using namespace tensorview;

TEST(SnapshotPool, BuffersComeBack)
{
  SnapshotPool pool(12, 100);
  const SnapshotValues* first = nullptr;
  {
    const std::shared_ptr<SnapshotValues> values = pool.take();
    first = values.get();
    values->tensors = { { 1.0F, 2.0F }, {} };
    values->probe = { { 3.0F } };
    EXPECT_EQ(values->bytes(), 12U);
  }
  const std::shared_ptr<SnapshotValues> again = pool.take();
  EXPECT_EQ(again.get(), first);
}

TEST(SnapshotPool, HasRoomForItsBytesOrTwo)
{
  SnapshotPool pool(10, 35);
  std::vector<std::shared_ptr<SnapshotValues>> held;
  for (int i = 0; i < 3; ++i)
  {
    EXPECT_TRUE(pool.hasRoom());
    held.emplace_back(pool.take());
  }
  EXPECT_FALSE(pool.hasRoom());
  held.emplace_back(pool.take()); // room or not
  held.resize(2);
  EXPECT_TRUE(pool.hasRoom());

  SnapshotPool tight(100, 35);
  const std::shared_ptr<SnapshotValues> shown = tight.take();
  EXPECT_TRUE(tight.hasRoom());
  const std::shared_ptr<SnapshotValues> next = tight.take();
  EXPECT_FALSE(tight.hasRoom());
}

TEST(SnapshotPool, BuffersOutliveIt)
{
  std::shared_ptr<SnapshotValues> values;
  {
    SnapshotPool pool(4, 100);
    values = pool.take();
    values->tensors = { { 1.0F } };
  }
  EXPECT_EQ(values->tensors[0][0], 1.0F);
}

TEST(SnapshotPool, ViewersShareTheMemory)
{
  RunLayout layout;
  layout.model.tensors = { { 1, "conv1", kinds::weight, { 2, 1, 1, 2 } },
    { 1, "conv1", kinds::activation, { 2, 1, 3, 3 } } };
  auto values = std::make_shared<SnapshotValues>();
  values->step = 7;
  values->epoch = 0.5;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  values->tensors = { { -1.0F, 4.0F, nan, 2.0F }, {} };
  const auto snapshot = makeNetworkSnapshot(layout, values);
  EXPECT_EQ(snapshot->step, 7);
  ASSERT_EQ(snapshot->tensors.size(), 2U);
  const TensorValues& weight = snapshot->tensors[0];
  EXPECT_EQ(weight.data.get(), values->tensors[0].data());
  EXPECT_EQ(weight.slot, (std::vector<std::int32_t>{ 0, 1 }));
  EXPECT_EQ(weight.channelSlot, (std::vector<std::int32_t>{ 0 }));
  EXPECT_EQ(weight.range.finiteMin, -1.0F);
  EXPECT_EQ(weight.range.finiteMax, 4.0F);
  EXPECT_EQ(snapshot->tensors[1].data, nullptr);
  EXPECT_EQ(snapshot->tensors[1].shape.filters, 0);
  values.reset(); // the snapshot keeps what it shows
  EXPECT_EQ(weight.data.get()[3], 2.0F);
}
