#include "RunCheck.h"

#include "NewRunFile.h"
#include "RunFileOpen.h"
#include "RunSegments.h"
#include "SegmentCheck.h"
#include "Superblock.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace tensorview
{
namespace
{

/// What is needed of each segment to see how they follow each other.
struct Link
{
  std::string parent;
  std::int64_t parentStep = -1;
};
using Links = std::map<std::string, Link>; ///< by file name

std::string nameOf(const std::string& path)
{
  return std::filesystem::path(path).filename().string();
}

void checkSuperblock(const Superblock& start, SegmentReport& report)
{
  if (!start.whole)
  {
    report.damage.push_back({ "superblock", "its checksum is wrong" });
  }
  if (start.foreignMarks)
  {
    report.damage.push_back({ "superblock", "it has marks that no writer of runs makes" });
  }
}

SegmentReport checkSegmentFile(const std::string& path, Links& links)
{
  SegmentReport report;
  report.path = path;
  const bool writing = isBeingWritten(path);
  const Superblock start = readSuperblock(path);
  report.bytes = start.fileSize;
  if (start.writing)
  {
    report.writer = writing ? SegmentReport::Writer::Lives : SegmentReport::Writer::Killed;
  }
  if (start.kind == Superblock::Kind::Current)
  {
    checkSuperblock(start, report);
  }
  try
  {
    SegmentFile file(path);
    report.opened = true;
    links[nameOf(path)] = { file.layout().parentSegment, file.layout().parentStep };
    checkSegment(file, report);
  }
  catch (const RunFileError& problem)
  {
    report.damage.push_back({ "", problem.what() });
  }
  return report;
}

/// Why the way from `name` to a root does not end; empty if it does.
std::string parentProblem(const std::string& name, const Links& links, const RunReport& run)
{
  const Link& link = links.at(name);
  if (link.parent.empty())
  {
    return link.parentStep == -1 ? "" : "it has a parent step, but no parent";
  }
  const auto parent = std::find_if(run.segments.begin(), run.segments.end(),
    [&](const SegmentReport& other) { return nameOf(other.path) == link.parent; });
  if (parent == run.segments.end())
  {
    return "its parent '" + link.parent + "' is not beside it; put it into the same folder";
  }
  if (!parent->opened)
  {
    return "its parent '" + link.parent + "' cannot be opened";
  }
  if (link.parentStep < 0 || link.parentStep > parent->lastStep)
  {
    return "it goes on from step " + std::to_string(link.parentStep) + " of '" + link.parent +
           "', whose last step is " + std::to_string(parent->lastStep);
  }
  std::set<std::string> seen;
  for (std::string at = name; !at.empty();)
  {
    if (!seen.insert(at).second)
    {
      return "it is its own ancestor";
    }
    const auto next = links.find(at);
    at = next != links.end() ? next->second.parent : std::string();
  }
  return "";
}

} // namespace

bool RunReport::whole() const
{
  return std::all_of(this->segments.begin(), this->segments.end(),
    [](const SegmentReport& segment) { return segment.whole(); });
}

RunReport checkRun(const std::string& path)
{
  if (readSuperblock(path).kind != Superblock::Kind::Current)
  {
    openRunFile(path); // says what it is instead
  }
  std::vector<std::string> paths = existingSegments(path);
  if (paths.empty())
  {
    paths.push_back(path);
  }
  RunReport run;
  Links links;
  for (const std::string& segment : paths)
  {
    run.segments.push_back(checkSegmentFile(segment, links));
  }
  for (SegmentReport& segment : run.segments)
  {
    if (!segment.opened)
    {
      continue;
    }
    const std::string problem = parentProblem(nameOf(segment.path), links, run);
    if (!problem.empty())
    {
      segment.damage.push_back({ "parent_segment", problem });
    }
    const std::int64_t parentStep = links.at(nameOf(segment.path)).parentStep;
    if (segment.firstStep >= 0 && segment.firstStep < parentStep)
    {
      segment.damage.push_back({ "parent_step",
        "its first step " + std::to_string(segment.firstStep) + " is before step " +
          std::to_string(parentStep) + ", where it goes on from" });
    }
  }
  return run;
}

} // namespace tensorview
