#ifndef TENSORVIEW_SEGMENT_TREE_H
#define TENSORVIEW_SEGMENT_TREE_H

#include "SegmentFile.h"

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
  /// Steps after this one were given up by an undo or a branch; the leaf has no such limit.
  std::int64_t lastStep = std::numeric_limits<std::int64_t>::max();
};

/// All segments of a run, open.
class SegmentTree
{
public:
  /// @throws RunFileError if the segment at `path` cannot be opened or names a parent that is not
  /// there. Other segments that cannot be opened are left out.
  explicit SegmentTree(const std::string& path);

  /// Looks for segments that have come since; true if there are any.
  bool refresh();

  /// From the root to the leaf called `branch` (a file name); "" = the newest leaf.
  /// @throws RunFileError for an unknown branch, a missing parent or parents in a circle.
  std::vector<PathSegment> pathTo(const std::string& branch) const;

  /// File names of all leaves, newest last.
  std::vector<std::string> leaves() const;

  const std::map<std::string, std::shared_ptr<SegmentFile>>& files() const { return this->files_; }

private:
  std::string path_;
  std::map<std::string, std::shared_ptr<SegmentFile>> files_; ///< by file name
  std::vector<std::string> order_;                            ///< file names, by number
};

} // namespace tensorview

#endif
