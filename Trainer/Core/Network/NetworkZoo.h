#ifndef TENSORVIEW_NETWORK_ZOO_H
#define TENSORVIEW_NETWORK_ZOO_H

#include "NetworkGraph.h"

#include <string>
#include <vector>

namespace tensorview
{

/// Names of the built-in networks.
std::vector<std::string> builtInNetworks();

/// The description of a built-in network, as a user would write it in a file; empty if there is
/// none of that name.
std::string builtInNetworkJson(const std::string& name);

/// @param network the name of a built-in network, or the path of a JSON file
/// @throws NetworkError naming what, where and why: no such name or file, a file that cannot be
/// read, is too large or not valid, or does not fit
NetworkGraph loadNetwork(const std::string& network, const NetworkFit& fit);

} // namespace tensorview

#endif
