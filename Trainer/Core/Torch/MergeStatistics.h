#ifndef TENSORVIEW_MERGE_STATISTICS_H
#define TENSORVIEW_MERGE_STATISTICS_H

#include "../Network/DataOrder.h"
#include "../Network/EditPlanner.h"
#include "ImageStore.h"
#include "NetworkData.h"
#include "NetworkExecutor.h"

#include <cstdint>
#include <functional>

namespace tensorview
{

/// Training images that statistics are taken from: those that the updates from a step on see.
struct StatisticsImages
{
  const ImageStore& images;
  DataOrder& order;
  std::int64_t step = 0;
};

/// How many images: enough for several samples of each filter, fewer of large networks.
std::int64_t statisticsImages(const NetworkGraph& graph, const EditScope& scope);

/// Gathers what planEdit() needs: products of the maps that the readers see, on the device and in
/// double precision, batch by batch; of their weights; and what else the request chooses by.
/// @param proceed asked between batches
/// @throws std::runtime_error if `proceed` said no
RemovalStatistics gatherStatistics(const NetworkData& network, NetworkExecutor& executor,
  const EditRequest& request, const EditScope& scope, const StatisticsImages& from,
  const std::function<bool()>& proceed);

} // namespace tensorview

#endif
