#include "EngineImpl.h"
#include "FakeModel.h"

#include <cstdlib>
#include <exception>

/// The engine's factory behind which no libtorch is: for tests of everything that opens the engine
/// late. A step takes $TENSORVIEW_FAKE_STEP_MICROSECONDS (default 2,000), an epoch has 10,000
/// images.
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
    FakeSettings settings;
    settings.large = true;
    settings.imagesPerEpoch = 10000;
    settings.stepMicroseconds = 2000;
    if (const char* text = std::getenv("TENSORVIEW_FAKE_STEP_MICROSECONDS"))
    {
      settings.stepMicroseconds = std::atoi(text);
    }
    return new EngineImpl(fakeBackend(settings));
  }
  catch (const std::exception&)
  {
    return nullptr;
  }
}
