#include "SegmentTree.h"

#include "RunSegments.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

std::string fileName(const std::string& path)
{
  return fs::path(path).filename().string();
}

} // namespace

SegmentTree::SegmentTree(const std::string& path)
  : path_(path)
{
  this->files_[fileName(path)] = std::make_shared<SegmentFile>(path);
  this->refresh();
  this->pathTo(""); // tells at once if a parent is missing
}

bool SegmentTree::refresh()
{
  bool grown = false;
  std::vector<std::string> order;
  for (const std::string& path : existingSegments(this->path_))
  {
    const std::string name = fileName(path);
    if (this->files_.count(name) == 0)
    {
      try
      {
        this->files_[name] = std::make_shared<SegmentFile>(path);
        grown = true;
      }
      catch (const RunFileError&)
      {
        continue; // just being made, or damaged: the others can still be read
      }
    }
    order.push_back(name);
  }
  if (order.empty())
  {
    order.push_back(fileName(this->path_));
  }
  this->order_ = std::move(order);
  return grown;
}

std::vector<std::string> SegmentTree::leaves() const
{
  std::set<std::string> parents;
  for (const auto& entry : this->files_)
  {
    parents.insert(entry.second->layout().parentSegment);
  }
  std::vector<std::string> result;
  for (const std::string& name : this->order_)
  {
    if (parents.count(name) == 0)
    {
      result.push_back(name);
    }
  }
  return result;
}

std::vector<PathSegment> SegmentTree::pathTo(const std::string& branch) const
{
  const std::vector<std::string> ends = this->leaves();
  std::string name =
    branch.empty() ? (ends.empty() ? fileName(this->path_) : ends.back()) : fileName(branch);
  if (this->files_.count(name) == 0)
  {
    std::string known;
    for (const std::string& end : ends)
    {
      known += (known.empty() ? "" : ", ") + end;
    }
    throw RunFileError(
      "the run " + this->path_ + " has no branch '" + branch + "'; it has " + known);
  }
  std::vector<PathSegment> path;
  std::set<std::string> seen;
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  while (true)
  {
    const auto found = this->files_.find(name);
    if (found == this->files_.end())
    {
      throw RunFileError("the run file " + path.back().file->path() + " goes on from '" + name +
                         "', which is not beside it; put it there");
    }
    if (!seen.insert(name).second)
    {
      throw RunFileError("the run file " + found->second->path() +
                         " is its own ancestor; it is damaged, take another copy");
    }
    path.push_back({ found->second, limit });
    const RunLayout& layout = found->second->layout();
    if (layout.parentSegment.empty())
    {
      break;
    }
    limit = std::min(limit, layout.parentStep);
    name = fileName(layout.parentSegment);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

} // namespace tensorview
