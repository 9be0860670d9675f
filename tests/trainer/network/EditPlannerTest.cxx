// Edits planned from statistics by hand.

#include "../../../Trainer/Core/Network/EditPlanner.h"
#include "RefusalOf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

using namespace tensorview;

namespace
{
NetworkGraph graphOf()
{
  return parseNetworkGraph(R"({ "format": "tensorview-network", "version": 1, "name": "small",
    "layers": [
      { "name": "conv", "type": "convolution", "filters": 3, "kernel": 1 },
      { "name": "relu", "type": "relu" },
      { "name": "flatten", "type": "flatten" },
      { "name": "fc", "type": "dense", "units": "classes" } ] })",
    "test", { { 1, 2, 2 }, 4 });
}

/// Filter 1 is twice filter 0; weights of different filters leave them at right angles.
RemovalStatistics statisticsOf()
{
  const std::vector<std::vector<double>> maps = { { 1, 0, 1, 0 }, { 2, 0, 2, 0 }, { 0, 1, 1, 3 },
    { 1, 1, 1, 1 } };
  RemovalStatistics statistics;
  statistics.maps.push_back({ 1, {} });
  for (const std::vector<double>& a : maps)
  {
    for (const std::vector<double>& b : maps)
    {
      statistics.maps[0].gram.push_back(std::inner_product(a.begin(), a.end(), b.begin(), 0.0));
    }
  }
  statistics.products = { { 1, 0, 0, 0, 1, 0, 0, 0, 1 } };
  statistics.correlation = { 1, 1, -0.5, 1, 1, -0.5, -0.5, -0.5, 1 };
  statistics.norms = { 3, 1, 2 };
  return statistics;
}

EditRequest pruneTo(std::int64_t filters)
{
  EditRequest request;
  request.layer = "conv";
  request.pruneTo = filters;
  return request;
}

EditPlan plan(const EditRequest& request, const RemovalStatistics& statistics = statisticsOf())
{
  const NetworkGraph graph = graphOf();
  return planEdit(graph, SlotTables(graph), request, statistics, 70);
}

}

TEST(EditPlanner, RebuildsANamedFilter)
{
  EditRequest request = pruneTo(0);
  request.slots = { 1 };
  request.why = "twice the other";
  const EditPlan edit = plan(request);
  EXPECT_EQ(edit.step, 70);
  ASSERT_EQ(edit.members.size(), 1U);
  EXPECT_EQ(edit.members[0].layer, "conv");
  EXPECT_EQ(edit.members[0].present, (std::vector<int>{ 0, 1, 2 }));
  EXPECT_EQ(edit.members[0].removed, std::vector<int>{ 1 });
  EXPECT_EQ(edit.members[0].survivors, std::vector<int>{ 0 });
  ASSERT_EQ(edit.readers.size(), 1U);
  EXPECT_EQ(edit.readers[0].layer, "fc");
  const std::vector<double>& c = edit.readers[0].coefficients; // of filters 0, 2 and a constant
  ASSERT_EQ(c.size(), 3U);
  EXPECT_NEAR(c[0], 2.0, 1e-4);
  EXPECT_NEAR(c[1], 0.0, 1e-4);
  EXPECT_NEAR(c[2], 0.0, 1e-4);
  EXPECT_LT(edit.predictedError, 1e-3);

  const EditReport report = reportOf(edit, 80);
  EXPECT_EQ(report.what, "prune");
  EXPECT_EQ(report.step, 80);
  EXPECT_EQ(report.choice, "slots");
  EXPECT_EQ(report.layers[0].filtersAfter, 2);
  EXPECT_EQ(report.why, "twice the other");
}

TEST(EditPlanner, DropLosesWhatTheFilterGave)
{
  EditRequest request = pruneTo(0);
  request.slots = { 1 };
  request.method = PruneMethod::Drop;
  // Energies 2, 8 and 11.
  EXPECT_NEAR(plan(request).predictedError, std::sqrt(8.0 / 21.0), 1e-12);
  request.method = PruneMethod::Sum; // replaced by filter 0: half of it is missing
  EXPECT_NEAR(plan(request).predictedError, std::sqrt(2.0 / 21.0), 1e-12);
  request.method = PruneMethod::Scale;
  EXPECT_NEAR(plan(request).predictedError, 0.0, 1e-6);
}

TEST(EditPlanner, EveryChoice)
{
  const EditPlan least = plan(pruneTo(2));
  EXPECT_NE(least.members[0].removed, std::vector<int>{ 2 });
  EXPECT_EQ(least.ranking.size(), 2U); // all that could go
  EXPECT_LT(least.ranking[0].error, 1e-3);
  EXPECT_GT(least.ranking[1].error, 0.1);

  EditRequest request = pruneTo(2);
  request.choice = PruneChoice::SmallestNorm;
  EXPECT_EQ(plan(request).members[0].removed, std::vector<int>{ 1 });
  request.pruneTo = 1;
  EXPECT_EQ(plan(request).members[0].removed, (std::vector<int>{ 1, 2 }));

  request.choice = PruneChoice::Correlated;
  request.threshold = 0.9; // filter 2 is like no other
  EXPECT_EQ(plan(request).members[0].removed, std::vector<int>{ 1 });
  request.threshold = -1.0;
  EXPECT_EQ(plan(request).members[0].removed, (std::vector<int>{ 1, 2 }));
  request.groups = true; // the search ends at the pair that it finds first
  EXPECT_EQ(plan(request).members[0].removed, std::vector<int>{ 1 });
  RemovalStatistics unlike = statisticsOf();
  unlike.correlation = { 1, 0.8, -0.5, 0.8, 1, -0.5, -0.5, -0.5, 1 };
  request.threshold = 0.85;
  EXPECT_THROW(plan(request, unlike), NothingToMerge);
  RemovalStatistics alike = statisticsOf();
  alike.correlation.assign(9, 1.0);
  request.pruneTo = 2; // of a group of three
  EXPECT_EQ(plan(request, alike).members[0].removed, std::vector<int>{ 1 });
  request.groups = false;
  request.pruneTo = 0;
  request.threshold = 0.9;
  EXPECT_EQ(plan(request).members[0].removed, std::vector<int>{ 1 });
}

TEST(EditPlanner, RefusesWhatIsNotFinite)
{
  RemovalStatistics statistics = statisticsOf();
  statistics.maps[0].gram[5] = std::nan("");
  EXPECT_EQ(refusalOf([&] { plan(pruneTo(2), statistics); }),
    "layer 'conv' cannot be pruned: the maps of filter 1 are not finite (the training diverged, "
    "or a weight is not a number)");
  EditRequest request = pruneTo(2);
  request.ridge = -1.0;
  EXPECT_EQ(refusalOf([&] { plan(request); }), "Ridge must be 0 or more");
}

TEST(EditPlanner, APlanFitsOnlyWhatItWasMadeFor)
{
  const NetworkGraph graph = graphOf();
  SlotTables slots(graph);
  EditRequest request = pruneTo(0);
  request.slots = { 1 };
  const EditPlan edit = plan(request);
  const ResolvedEdit resolved = resolveEdit(graph, slots, edit);
  EXPECT_EQ(resolved.removed, std::vector<std::int64_t>{ 1 });
  EXPECT_EQ(resolved.left, (std::vector<std::int64_t>{ 0, 2 }));
  const std::string stale = "the edit of layer 'conv' was planned for other layers or filters than "
                            "are there now; plan it anew";
  EditPlan other = edit;
  other.readers[0].coefficients.pop_back();
  EXPECT_EQ(refusalOf([&] { resolveEdit(graph, slots, other); }), stale);
  other = edit;
  other.members[0].removed = { 1, 1 };
  EXPECT_EQ(refusalOf([&] { resolveEdit(graph, slots, other); }), stale);
  other = edit;
  other.members[0].removed = { 0, 1, 2 };
  EXPECT_EQ(refusalOf([&] { resolveEdit(graph, slots, other); }), stale);
  slots.remove(resolved.removal, { 0 }, 3);
  const NetworkGraph smaller = withoutFilters(graph, resolved.removal, 2);
  EXPECT_EQ(refusalOf([&] { resolveEdit(smaller, slots, edit); }), stale);
  // Filters by slot: 2 is the second one by now.
  request.slots = { 2 };
  EXPECT_EQ(findEditScope(smaller, slots, request).places, std::vector<std::int64_t>{ 1 });
}

TEST(EditPlanner, WhatCanBeFrozen)
{
  const NetworkGraph graph = graphOf();
  SlotTables slots(graph);
  EXPECT_EQ(slotsToFreeze(graph, slots, "conv", {}), (std::vector<int>{ 0, 1, 2 }));
  EXPECT_EQ(slotsToFreeze(graph, slots, "fc", { 3, 0, 3 }), (std::vector<int>{ 0, 3 }));
  EXPECT_EQ(refusalOf([&] { slotsToFreeze(graph, slots, "relu", {}); }),
    "layer 'relu' has no filters that could be frozen");
  EXPECT_NE(refusalOf([&] { slotsToFreeze(graph, slots, "conv", { 3 }); }), "nothing was refused");
}
