#ifndef TENSORVIEW_RUN_SEGMENTS_H
#define TENSORVIEW_RUN_SEGMENTS_H

#include <string>
#include <vector>

/// File names of a run's segments: run.tvr, run.0001.tvr, run.0002.tvr, ...
namespace tensorview
{

/// Path of the root segment of the run that `path` belongs to. A file that only looks like a later
/// segment (no root beside it) is a root itself.
std::string rootSegmentPath(const std::string& path);

/// Path of segment `number` (0 = the root) of the run whose root is `root`.
std::string segmentPath(const std::string& root, int number);

/// Paths of the segments that exist, by number. One look at the folder.
std::vector<std::string> existingSegments(const std::string& path);

/// First segment path of the run that does not exist yet.
std::string nextSegmentPath(const std::string& path);

} // namespace tensorview

#endif
