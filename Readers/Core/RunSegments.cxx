#include "RunSegments.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

constexpr std::size_t digits = 4;

/// The number in "run.0001" (without ".tvr"); 0 if there is none.
int segmentNumber(const std::string& stem)
{
  const auto dot = stem.rfind('.');
  if (dot == std::string::npos || dot == 0)
  {
    return 0;
  }
  const std::string number = stem.substr(dot + 1);
  const bool numeric =
    number.size() >= digits && number.size() <= 9 &&
    std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return numeric ? std::stoi(number) : 0;
}

} // namespace

std::string rootSegmentPath(const std::string& path)
{
  const fs::path file(path);
  const std::string stem = file.stem().string();
  if (segmentNumber(stem) == 0)
  {
    return path;
  }
  const fs::path root =
    file.parent_path() / (stem.substr(0, stem.rfind('.')) + file.extension().string());
  std::error_code ignored;
  return fs::exists(root, ignored) ? root.string() : path;
}

std::string segmentPath(const std::string& root, int number)
{
  if (number == 0)
  {
    return root;
  }
  char text[16];
  std::snprintf(text, sizeof(text), ".%0*d", int(digits), number);
  const fs::path file(root);
  return (file.parent_path() / (file.stem().string() + text + file.extension().string())).string();
}

std::vector<std::string> existingSegments(const std::string& path)
{
  const fs::path root(rootSegmentPath(path));
  const std::string stem = root.stem().string();
  const fs::path folder = root.has_parent_path() ? root.parent_path() : fs::path(".");
  std::map<int, std::string> found;
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem))
  {
    const fs::path& candidate = it->path();
    const std::string candidateStem = candidate.stem().string();
    if (candidate.extension() != root.extension())
    {
      continue;
    }
    if (candidateStem == stem)
    {
      found[0] = root.string();
    }
    else if (const int number = segmentNumber(candidateStem);
             number > 0 && candidateStem.substr(0, candidateStem.rfind('.')) == stem)
    {
      found[number] = (root.parent_path() / candidate.filename()).string();
    }
  }
  std::vector<std::string> paths;
  for (auto& entry : found)
  {
    paths.push_back(std::move(entry.second));
  }
  return paths;
}

std::string nextSegmentPath(const std::string& path)
{
  const std::string root = rootSegmentPath(path);
  std::error_code ignored;
  for (int number = 1;; ++number)
  {
    std::string candidate = segmentPath(root, number);
    if (!fs::exists(candidate, ignored))
    {
      return candidate;
    }
  }
}

} // namespace tensorview
