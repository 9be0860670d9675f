#ifndef TENSORVIEW_SEGMENT_TREE_H
#define TENSORVIEW_SEGMENT_TREE_H

#include "SegmentFile.h"

#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// One segment on the way from the root to a leaf.
struct PathSegment
{
  std::shared_ptr<SegmentFile> file;
  /// Later steps were given up by an undo or a branch; the last segment has no such limit.
  std::int64_t lastStep = std::numeric_limits<std::int64_t>::max();
};

/// All segments of a run, open, and how they follow each other.
class SegmentTree
{
public:
  /// @throws RunFileError if the segment at `path` cannot be opened. Others that cannot are left
  /// out, see problems().
  explicit SegmentTree(const std::string& path);

  /// Looks for segments that have come since; true if there are any. Costs one look at the folder's
  /// date when nothing has changed in it.
  bool refresh();

  /// From the root to the segment called `branch` (a file name); "" = to the newest leaf.
  /// @throws RunFileError for an unknown branch, a missing parent or parents in a circle.
  std::vector<PathSegment> pathTo(const std::string& branch) const;

  /// File names of all segments that are the end of a way: leaves, and segments with steps that
  /// none of their successors goes on from. The newest leaf is last.
  std::vector<std::string> ends() const;

  /// Why segments beside the opened one are left out, a sentence each.
  std::vector<std::string> problems() const;

private:
  bool isChildless(const std::string& name) const;
  std::string newestLeaf() const;

  std::string path_;
  std::map<std::string, std::shared_ptr<SegmentFile>> files_; ///< by file name
  std::vector<std::string> order_;                            ///< names in files_, by number
  std::map<std::string, std::string> problems_;               ///< by file name
  std::filesystem::file_time_type folderChanged_{};
};

} // namespace tensorview

#endif
