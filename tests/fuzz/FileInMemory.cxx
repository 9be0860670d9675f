#include "FileInMemory.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <unistd.h>

namespace tensorview::fuzz
{
namespace
{

class Folder
{
public:
  Folder()
    : path_("/dev/shm/tensorview-fuzz-" + std::to_string(::getpid()))
  {
    std::filesystem::create_directories(this->path_);
  }
  ~Folder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(this->path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return this->path_; }

private:
  std::string path_;
};

struct CloseFile
{
  void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

const std::string& memoryFolder()
{
  static const Folder folder;
  return folder.path();
}

std::string writeInMemory(const std::string& name, const void* bytes, std::size_t size)
{
  std::string path = memoryFolder() + "/" + name;
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(bytes, 1, size, file.get()) != size)
  {
    std::perror(path.c_str());
    std::abort();
  }
  return path;
}

} // namespace tensorview::fuzz
