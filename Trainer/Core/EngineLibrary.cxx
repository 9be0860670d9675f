#include "EngineLibrary.h"

#include "ProgramFolder.h"

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <system_error>

#include <dlfcn.h>

namespace fs = std::filesystem;

namespace tensorview
{

namespace
{
constexpr const char* libraryName = "libTensorViewEngine.so";

/// Symbols of the engine bind to the engine's own libraries first: ParaView's process already holds
/// another BLAS under the same names. The sanitizers refuse that flag.
constexpr int openFlags()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return RTLD_NOW | RTLD_LOCAL;
#else
  return RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif
}

std::vector<std::string> candidates(const std::vector<std::string>& folders)
{
  if (const char* path = std::getenv("TENSORVIEW_ENGINE_LIBRARY"))
  {
    if (*path != '\0')
    {
      return { path };
    }
  }
  std::vector<std::string> paths;
  for (const std::string& folder : folders)
  {
    paths.push_back((fs::path(folder) / libraryName).string());
  }
  const fs::path own = folderOf(reinterpret_cast<const void*>(&createEngine));
  if (!own.empty())
  {
    for (const fs::path& folder : { own, own.parent_path() / "lib" / "TensorView",
           own.parent_path() / "TensorView", own.parent_path() / "lib" })
    {
      paths.push_back((folder / libraryName).string());
    }
  }
  std::vector<std::string> present;
  std::error_code ignored;
  for (const std::string& path : paths)
  {
    if (fs::exists(path, ignored))
    {
      present.push_back(path);
    }
  }
  present.push_back(libraryName); // LD_LIBRARY_PATH, RUNPATH, ldconfig
  return present;
}

EngineFactory openFactory(const std::vector<std::string>& folders, std::string& error)
{
  for (const std::string& path : candidates(folders))
  {
    void* const library = ::dlopen(path.c_str(), openFlags());
    if (!library)
    {
      error += (error.empty() ? "" : "; ") + std::string(::dlerror());
      continue;
    }
    void* const symbol = ::dlsym(library, engineFactoryName);
    if (symbol)
    {
      error.clear();
      return reinterpret_cast<EngineFactory>(symbol);
    }
    error += (error.empty() ? "" : "; ") + path + " has no function " + engineFactoryName;
  }
  error = "cannot open the training engine (" + error +
          "). Build it with scripts/build, or name it in TENSORVIEW_ENGINE_LIBRARY";
  return nullptr;
}
}

std::unique_ptr<Engine> createEngine(const std::vector<std::string>& folders, std::string& error)
{
  static std::mutex mutex;
  static EngineFactory factory = nullptr;
  std::lock_guard<std::mutex> lock(mutex);
  error.clear();
  if (!factory)
  {
    factory = openFactory(folders, error);
  }
  if (!factory)
  {
    return nullptr;
  }
  std::unique_ptr<Engine> engine(factory(engineInterfaceVersion));
  if (!engine)
  {
    error = "the training engine is of another version than this program (it knows interface " +
            std::to_string(engineInterfaceVersion) + "): build both again with scripts/build";
  }
  return engine;
}

} // namespace tensorview
