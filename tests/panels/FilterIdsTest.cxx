#include "FilterIds.h"

#include <gtest/gtest.h>

using FilterIds::Id;
using FilterIds::slotsPerLayer;

namespace
{

std::set<Id> filters(std::int64_t layer, std::initializer_list<Id> slots)
{
  std::set<Id> ids;
  for (const auto slot : slots)
  {
    ids.insert(layer * slotsPerLayer + slot);
  }
  return ids;
}

} // namespace

TEST(FilterIds, slotsOfOneLayerJoinNeighbours)
{
  auto ids = filters(1, { 0, 3, 4, 8, 9, 10 });
  ids.merge(filters(2, { 0 }));
  EXPECT_EQ(FilterIds::slotText(ids, 1), "0 3 4 8-10");
  EXPECT_EQ(FilterIds::slotText(ids, 2), "0");
  EXPECT_EQ(FilterIds::slotText(ids, 3), "");
}

TEST(FilterIds, theLastSlotOfALayerIsNoNeighbourOfTheNextLayer)
{
  auto ids = filters(1, { slotsPerLayer - 1 });
  ids.merge(filters(2, { 0 }));
  EXPECT_EQ(FilterIds::slotText(ids, 1), std::to_string(slotsPerLayer - 1));
}

TEST(FilterIds, descriptionNamesLayers)
{
  auto ids = filters(1, { 3, 9 });
  ids.merge(filters(4, { 0, 1, 2 }));
  EXPECT_EQ(FilterIds::describe(ids, { { 1, "conv1" } }), "conv1: 3 9; layer 4: 0-2");
  EXPECT_EQ(FilterIds::describe({}, {}), "");
}

TEST(FilterIds, longDescriptionsAreCutAndCounted)
{
  std::set<Id> ids;
  for (Id slot = 0; slot < 200; slot += 2)
  {
    ids.insert(slotsPerLayer + slot);
  }
  EXPECT_EQ(FilterIds::describe(ids, { { 1, "conv1" } }, 15), "conv1: 0 2 4 6 ... (100 filters)");
}
