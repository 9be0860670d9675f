#ifndef TENSORVIEW_ENGINE_REGISTRY_H
#define TENSORVIEW_ENGINE_REGISTRY_H

namespace tensorview
{

class EngineCore;

/// All engines with a worker thread. When the process ends while some still work, they are shut
/// down before the destructors of static objects run: else those die under the running thread.
namespace EngineRegistry
{
/// Makes sure that `engine` is shut down at the process's end.
void add(EngineCore* engine);
void remove(EngineCore* engine);
/// Called after an engine's first step: by then the training library has made static objects of
/// its own, and only a handler registered later runs before their destructors.
void renew();
}

} // namespace tensorview

#endif
