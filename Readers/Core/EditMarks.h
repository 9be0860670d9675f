#ifndef TENSORVIEW_EDIT_MARKS_H
#define TENSORVIEW_EDIT_MARKS_H

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// An edit of the network, as views show it.
struct EditMark
{
  std::int64_t step = 0; ///< the network was another one from this step on
  std::string text;      ///< "conv1 16 to 14"; empty: nothing is to be seen of it
};

/// A mark for each line of the text `edits` of a run (docs/run-format.md#text), in that order.
/// Nothing is to be seen of what was undone or left for an older checkpoint, of undoing, redoing
/// and loading themselves, and of lines that say no step: the marks are of the edits that made the
/// network what it is at the last line. The lines of a branch, which lack those that an undo
/// outside of it took back, are understood, too.
std::vector<EditMark> editMarks(const std::vector<std::string>& lines);

} // namespace tensorview

#endif
