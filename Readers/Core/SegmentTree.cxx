#include "SegmentTree.h"

#include "RunSegments.h"
#include "SegmentRows.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

std::string nameOf(const std::string& path)
{
  return fs::path(path).filename().string();
}

/// Step of the last row that a segment has of anything; -1 if it has none.
std::int64_t lastStepOf(SegmentFile& file)
{
  std::int64_t last = -1;
  for (const auto& [name, counter] : { std::pair{ runformat::stepStep, runformat::Steps },
         std::pair{ runformat::snapshotStep, runformat::Snapshots } })
  {
    const std::int64_t rows = file.count(counter);
    if (rows > 0)
    {
      last = std::max(last, readRows<std::int64_t>(file, name, rows - 1, 1).front());
    }
  }
  return last;
}

} // namespace

SegmentTree::SegmentTree(const std::string& path)
  : path_(path)
{
  this->files_[nameOf(path)] = std::make_shared<SegmentFile>(path);
  this->refresh();
}

bool SegmentTree::refresh()
{
  const fs::path folder = fs::path(this->path_).parent_path();
  std::error_code problem;
  const auto changed = fs::last_write_time(folder.empty() ? fs::path(".") : folder, problem);
  // The date of a folder is coarse: one that has changed just now may change once more unseen.
  const bool settled =
    !problem && fs::file_time_type::clock::now() - changed > std::chrono::seconds(2);
  if (settled && changed == this->folderChanged_)
  {
    return false;
  }
  this->folderChanged_ = changed;

  bool grown = false;
  this->problems_.clear();
  std::vector<std::string> order;
  for (const std::string& path : existingSegments(this->path_))
  {
    const std::string name = nameOf(path);
    if (this->files_.count(name) == 0)
    {
      try
      {
        this->files_[name] = std::make_shared<SegmentFile>(path);
        grown = true;
      }
      catch (const RunFileError& error)
      {
        this->files_.erase(name);
        this->problems_[name] = error.what();
        continue;
      }
    }
    order.push_back(name);
  }
  if (order.empty())
  {
    order.push_back(nameOf(this->path_));
  }
  this->order_ = std::move(order);
  return grown;
}

bool SegmentTree::isChildless(const std::string& name) const
{
  return std::none_of(this->files_.begin(), this->files_.end(),
    [&](const auto& entry) { return entry.second->layout().parentSegment == name; });
}

std::string SegmentTree::newestLeaf() const
{
  const auto found = std::find_if(this->order_.rbegin(), this->order_.rend(),
    [this](const std::string& name) { return this->isChildless(name); });
  return found != this->order_.rend() ? *found : nameOf(this->path_);
}

std::vector<std::string> SegmentTree::ends() const
{
  const std::string newest = this->newestLeaf();
  std::vector<std::string> result;
  for (const std::string& name : this->order_)
  {
    std::int64_t continued = -1;
    bool parent = false;
    for (const auto& entry : this->files_)
    {
      if (entry.second->layout().parentSegment == name)
      {
        parent = true;
        continued = std::max(continued, entry.second->layout().parentStep);
      }
    }
    if (name != newest && (!parent || lastStepOf(*this->files_.at(name)) > continued))
    {
      result.push_back(name);
    }
  }
  result.push_back(newest);
  return result;
}

std::vector<std::string> SegmentTree::problems() const
{
  std::vector<std::string> result;
  for (const auto& entry : this->problems_)
  {
    result.push_back(entry.second);
  }
  return result;
}

std::vector<PathSegment> SegmentTree::pathTo(const std::string& branch) const
{
  std::string name = branch.empty() ? this->newestLeaf() : branch;
  if (this->files_.count(name) == 0)
  {
    std::string known;
    for (const std::string& end : this->ends())
    {
      known += (known.empty() ? "" : ", ") + end;
    }
    throw RunFileError(
      "the run " + this->path_ + " has no branch '" + branch + "'; choose one of " + known);
  }
  std::vector<PathSegment> path;
  std::set<std::string> seen;
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  for (bool root = false; !root;)
  {
    const auto found = this->files_.find(name);
    if (found == this->files_.end())
    {
      const auto reason = this->problems_.find(name);
      throw RunFileError("the run file " + path.back().file->path() + " goes on from '" + name +
                         "', which " +
                         (reason != this->problems_.end()
                             ? "cannot be read: " + reason->second
                             : std::string("is not beside it; put it into the same folder")));
    }
    if (!seen.insert(name).second)
    {
      throw RunFileError("the run file " + found->second->path() +
                         " is its own ancestor ('parent_segment' in 'layout'); take another copy");
    }
    path.push_back({ found->second, limit });
    const RunLayout& layout = found->second->layout();
    root = layout.parentSegment.empty();
    limit = std::min(limit, layout.parentStep);
    name = layout.parentSegment;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

} // namespace tensorview
