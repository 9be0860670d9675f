#include "CheckpointStore.h"

#include "DurableFile.h"
#include "RunSegments.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

namespace fs = std::filesystem;

namespace tensorview
{

namespace
{
constexpr const char* marker = ".checkpoint-";

bool allDigits(const std::string& text)
{
  return !text.empty() && std::all_of(text.begin(), text.end(),
                            [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string rootStem(const std::string& runFile)
{
  return fs::path(rootSegmentPath(runFile)).stem().string();
}
}

std::string checkpointName(const std::string& runFile, std::int64_t step)
{
  char number[32];
  std::snprintf(number, sizeof(number), "%08lld", static_cast<long long>(step));
  return rootStem(runFile) + marker + number + ".pt";
}

CheckpointStore::CheckpointStore(const std::string& runFile, std::size_t kept)
  : runFile_(runFile)
  , kept_(std::max<std::size_t>(1, kept))
{
}

std::string CheckpointStore::write(std::int64_t step, const std::string& state)
{
  const std::string name = checkpointName(this->runFile_, step);
  const std::string path = (fs::path(this->runFile_).parent_path() / name).string();
  writeDurably(path, state);
  const auto same = std::find(this->written_.begin(), this->written_.end(), path);
  if (same == this->written_.end())
  {
    this->written_.push_back(path);
  }
  while (this->written_.size() > this->kept_)
  {
    std::error_code ignored;
    fs::remove(this->written_.front(), ignored);
    this->written_.pop_front();
  }
  return name;
}

void CheckpointStore::removeAll()
{
  const std::string prefix = rootStem(this->runFile_) + marker;
  fs::path folder = fs::path(this->runFile_).parent_path();
  if (folder.empty())
  {
    folder = ".";
  }
  std::error_code ignored;
  std::vector<fs::path> doomed;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored))
  {
    const std::string name = entry->path().filename().string();
    if (name.compare(0, prefix.size(), prefix) == 0 && entry->path().extension() == ".pt" &&
        allDigits(entry->path().stem().string().substr(prefix.size())))
    {
      doomed.push_back(entry->path());
    }
  }
  for (const fs::path& path : doomed)
  {
    fs::remove(path, ignored);
  }
}

} // namespace tensorview
