#ifndef TENSORVIEW_NETWORK_DATA_H
#define TENSORVIEW_NETWORK_DATA_H

#include "../Network/NetworkGraph.h"
#include "../Network/SlotTables.h"
#include "ParameterStore.h"

#include <map>
#include <set>

namespace tensorview
{

/// A network as plain data: what it is and all its tensors. Copied, cut and put back as a whole.
struct NetworkData
{
  NetworkGraph graph;
  SlotTables slots;
  ParameterStore store;
  /// By layer (index in the graph): slots that updates leave as they are.
  std::map<int, std::set<int>> frozen;

  /// A deep copy, without gradients. @param withMoments of the optimizer, too
  NetworkData copy(bool withMoments) const
  {
    return { this->graph, this->slots, this->store.copy(withMoments), this->frozen };
  }
};

} // namespace tensorview

#endif
