// A network file (docs/network-json.md); one that is good is written and read again.

#include "LimitWatch.h"
#include "NetworkGraph.h"

#include <string>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  try
  {
    const NetworkFit fit{ { 3, 32, 32 }, 10 };
    const NetworkGraph graph =
      parseNetworkGraph({ reinterpret_cast<const char*>(data), size }, "network", fit);
    parseNetworkGraph(toJson(graph), "what was written", fit);
  }
  catch (const NetworkError&)
  {
    return 0;
  }
  return 0;
}
