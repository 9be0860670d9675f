// Returns from main while an engine trains: the process must end cleanly all the same.
// Usage: engine-exit [kept]: the engine is leaked, or (kept) a static object.

#include "EngineImpl.h"
#include "FakeModel.h"

#include <cstdio>
#include <memory>
#include <string>

int main(int argc, char** argv)
{
  using namespace tensorview;
  static std::unique_ptr<Engine> kept;
  FakeSettings settings;
  settings.stepMicroseconds = 200;
  auto engine = std::make_unique<EngineImpl>(fakeBackend(settings));
  TrainerOptions options;
  options.epochs = 1000000;
  engine->configure(options);
  engine->waitFor(engine->advance(3), 60.0);
  engine->waitFor(engine->start(), 60.0);
  std::printf("training at step %lld\n", static_cast<long long>(engine->status().step));
  if (argc > 1 && std::string(argv[1]) == "kept")
  {
    kept = std::move(engine);
  }
  else
  {
    static_cast<void>(engine.release());
  }
  return 0;
}
