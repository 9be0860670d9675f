// The layout of a run file (docs/run-format.md); one that is good is planned, written and read
// again.

#include "LimitWatch.h"
#include "RunFilePlan.h"
#include "RunJson.h"
#include "RunLayoutCheck.h"

#include <string>

#include <cstddef>
#include <cstdint>

using namespace tensorview;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const fuzz::LimitWatch watch;
  try
  {
    const RunLayout layout =
      runLayoutFromJson({ reinterpret_cast<const char*>(data), size }, "run.tvr");
    if (contradictionIn(layout).empty())
    {
      planRunFile(layout);
      runLayoutFromJson(runLayoutToJson(layout), "what was written");
    }
  }
  catch (const RunFileError&)
  {
    return 0;
  }
  return 0;
}
