#include "EngineRegistry.h"

#include "EngineCore.h"

#include <cstdlib>
#include <mutex>
#include <set>

namespace tensorview
{
namespace EngineRegistry
{

namespace
{
struct Registry
{
  std::mutex mutex;
  std::set<EngineCore*> engines;
  int handlers = 0; ///< times that shutdownAll is registered, at most 2
};

/// Lives for ever, so that it outlives every static object.
Registry& registry()
{
  static Registry* const instance = new Registry;
  return *instance;
}

void shutdownAll()
{
  std::set<EngineCore*> engines;
  {
    std::lock_guard<std::mutex> lock(registry().mutex);
    engines = registry().engines;
  }
  for (EngineCore* engine : engines)
  {
    engine->shutdown();
  }
}
}

void add(EngineCore* engine)
{
  Registry& all = registry();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.engines.insert(engine);
  if (all.handlers == 0 && std::atexit(shutdownAll) == 0)
  {
    ++all.handlers;
  }
}

void renew()
{
  Registry& all = registry();
  std::lock_guard<std::mutex> lock(all.mutex);
  if (all.handlers < 2 && std::atexit(shutdownAll) == 0)
  {
    ++all.handlers;
  }
}

void remove(EngineCore* engine)
{
  Registry& all = registry();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.engines.erase(engine);
}

} // namespace EngineRegistry
} // namespace tensorview
