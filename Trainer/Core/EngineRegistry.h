#ifndef TENSORVIEW_ENGINE_REGISTRY_H
#define TENSORVIEW_ENGINE_REGISTRY_H

namespace tensorview
{

class EngineCore;

/// All engines that have trained. When the process ends while some still train, they are shut down
/// before the destructors of static objects run: else those die under the running thread. The
/// handler is registered with the first step, that is after the training library has made its own
/// static objects, so it runs before their destructors.
namespace EngineRegistry
{
void add(EngineCore* engine); ///< cheap when it is there already
void remove(EngineCore* engine);
}

} // namespace tensorview

#endif
