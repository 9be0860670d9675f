#include "EngineBackend.h"
#include "EngineImpl.h"

#include <exception>

/// The one symbol that others look up in the engine library.
/// @return a new engine, or null if the caller was built against another version of Engine.h or
/// there is no memory
extern "C" __attribute__((visibility("default"))) tensorview::Engine* tensorviewCreateEngine(
  int interfaceVersion)
{
  using namespace tensorview;
  if (interfaceVersion != engineInterfaceVersion)
  {
    return nullptr;
  }
  try
  {
    EngineBackend backend;
    backend.loadData = [](const TrainerOptions& options, const DatasetProgress& progress)
    {
      return std::make_shared<const Dataset>(
        loadDataset(options.dataset, options.dataDirectory, options.seed, progress));
    };
    backend.createModel = createTorchModel;
    return new EngineImpl(std::move(backend));
  }
  catch (const std::exception&)
  {
    return nullptr;
  }
}
