#include "SmpParallelFor.h"

#include "vtkSMPTools.h"

#include <cstdlib>
#include <cstring>
#include <string>

namespace
{
constexpr std::size_t worthThreads = std::size_t{ 1 } << 17;
}

tensorview::ParallelFor SmpParallelFor(std::size_t values)
{
  if (values < worthThreads)
  {
    return tensorview::serialFor;
  }
  return [](std::size_t count, const tensorview::RangeWork& work)
  {
    const auto run = [&]
    {
      vtkSMPTools::For(0, static_cast<vtkIdType>(count),
        [&](vtkIdType begin, vtkIdType end)
        { work(static_cast<std::size_t>(begin), static_cast<std::size_t>(end)); });
    };
    const bool sequential = std::strcmp(vtkSMPTools::GetBackend(), "Sequential") == 0;
    if (sequential && std::getenv("VTK_SMP_BACKEND_IN_USE") == nullptr)
    {
      vtkSMPTools::LocalScope(vtkSMPTools::Config(std::string("STDThread")), run);
    }
    else
    {
      run();
    }
  };
}
