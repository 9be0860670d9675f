#ifndef TENSORVIEW_TEMPORARY_FOLDER_H
#define TENSORVIEW_TEMPORARY_FOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace tensorview
{

/// A new folder that is gone at the end of the test.
class TemporaryFolder
{
public:
  TemporaryFolder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "tensorview-XXXXXX").string();
    if (!::mkdtemp(name.data()))
    {
      throw std::runtime_error("cannot make a temporary folder " + name);
    }
    this->path_ = name;
  }
  ~TemporaryFolder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(this->path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return this->path_ + "/" + name; }
  const std::string& path() const { return this->path_; }

private:
  std::string path_;
};

inline void writeFile(const std::string& path, const std::string& bytes)
{
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

} // namespace tensorview

#endif
