#include "PruneReport.h"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace tensorview;

namespace
{
ModelDescription model()
{
  ModelDescription description;
  for (const char* type : { "convolution", "batch_norm", "dense" })
  {
    LayerDescription layer;
    layer.name = std::string("a_") + type;
    layer.type = type;
    layer.slots = { { 0, 0, -1, -1 }, { 1, 0, 5, -1 }, { 2, 0, -1, -1 }, { 3, 0, -1, -1 } };
    description.layers.push_back(layer);
  }
  return description;
}

EditRequest prune(const std::string& layer, std::int64_t to)
{
  EditRequest request;
  request.layer = layer;
  request.pruneTo = to;
  return request;
}
}

TEST(PruneReport, OfAnEdit)
{
  EditReport report;
  report.what = "prune";
  report.layers.push_back({ "conv1", 16, 8, {}, {} });
  report.layers.push_back({ "coupled", 16, 8, {}, {} });
  report.accuracyBefore = 0.9921F;
  report.accuracyAfter = 0.99F;
  const PruneResult result = pruneResult(toJson(report));
  EXPECT_EQ(toJsonLine(result),
    R"({"layer":"conv1","filters_before":16,"filters_after":8,"accuracy_before":0.9921,)"
    R"("accuracy_after":0.99})");
  EXPECT_EQ(toWords(result), "conv1: 8 filters of 16 remain, test accuracy 0.9921 -> 0.9900");
}

TEST(PruneReport, WhatIsNotKnownIsNull)
{
  EditReport report;
  report.layers.push_back({ "conv1", 16, 8, {}, {} });
  EXPECT_EQ(toJsonLine(pruneResult(toJson(report))),
    R"({"layer":"conv1","filters_before":16,"filters_after":8,"accuracy_before":null,)"
    R"("accuracy_after":null})");
  EXPECT_THROW(pruneResult("{}"), std::runtime_error);
  EXPECT_THROW(pruneResult("no JSON"), std::runtime_error);
}

TEST(PruneReport, RefusesBeforeTheTraining)
{
  EXPECT_EQ(checkPrunes(model(), {}), "");
  EXPECT_EQ(checkPrunes(model(), { prune("a_convolution", 2), prune("a_convolution", 1) }), "");
  EXPECT_EQ(checkPrunes(model(), { prune("conv9", 2) }),
    "--prune: there is no layer 'conv9' with filters; there are a_convolution, a_dense");
  EXPECT_NE(checkPrunes(model(), { prune("a_batch_norm", 2) }), "");
  EXPECT_EQ(checkPrunes(model(), { prune("a_dense", 3) }),
    "--prune: layer 'a_dense' has 3 filters, so fewer than that can remain, not 3");
  EXPECT_NE(checkPrunes(model(), { prune("a_dense", 1), prune("a_dense", 2) }), "");
}
