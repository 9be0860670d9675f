#include "pqTensorViewSettings.h"

#include "pqApplicationCore.h"
#include "pqSettings.h"

namespace
{

const char* const createViewsForRunsKey = "TensorView/CreateViewsForRuns";
const char* const growColorRangesKey = "TensorView/GrowColorRanges";

bool read(const char* key)
{
  return pqApplicationCore::instance()->settings()->value(key, true).toBool();
}

void write(const char* key, bool value)
{
  pqApplicationCore::instance()->settings()->setValue(key, value);
}

} // namespace

namespace pqTensorViewSettings
{

//-----------------------------------------------------------------------------
bool createViewsForRuns()
{
  return read(createViewsForRunsKey);
}

//-----------------------------------------------------------------------------
void setCreateViewsForRuns(bool value)
{
  write(createViewsForRunsKey, value);
}

//-----------------------------------------------------------------------------
bool growColorRanges()
{
  return read(growColorRangesKey);
}

//-----------------------------------------------------------------------------
void setGrowColorRanges(bool value)
{
  write(growColorRangesKey, value);
}

} // namespace pqTensorViewSettings
