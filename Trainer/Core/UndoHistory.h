#ifndef TENSORVIEW_UNDO_HISTORY_H
#define TENSORVIEW_UNDO_HISTORY_H

#include "Edit.h"
#include "TrainingHistory.h"
#include "TrainingModel.h"
#include "UnnamedFile.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// A training at one step: what it takes to go back (or forth) there.
struct UndoPoint
{
  std::shared_ptr<const ModelState> state;
  std::shared_ptr<TrainingHistory> history; ///< up to this step
  std::string segment;                      ///< file name of the one recorded to; empty = none
  bool evaluationOwed = false;
  bool checkpointOwed = false;
  bool testOwed = false;
};

/// The points to undo and redo edits to, as in a text editor: a new edit forgets what could be
/// redone. States take at most `mostBytes` of memory together; older ones go to files, by a thread
/// of their own. The files have no names: nothing is left of them even if the process is killed.
/// Where there is no room for them the oldest points are forgotten, see problem().
class UndoHistory
{
public:
  /// @param folder of the files
  UndoHistory(std::size_t mostBytes, const std::string& folder);
  ~UndoHistory();
  UndoHistory(const UndoHistory&) = delete;
  UndoHistory& operator=(const UndoHistory&) = delete;

  /// After an edit: the point before it.
  void add(UndoPoint point);

  std::size_t undoCount() const { return this->undo_.size(); }
  std::size_t redoCount() const { return this->redo_.size(); }
  /// Step of the point that undo goes back to; -1 = none.
  std::int64_t undoStep() const;
  std::int64_t redoStep() const;

  /// The point to go to. `load` restores a network from it: it is given the state, or the bytes of
  /// ModelState::serialize() (and null). If it throws, nothing has changed. Then `here` can be gone
  /// back to.
  /// @throws std::runtime_error if there is none, or its file cannot be read
  using Load = std::function<void(const ModelState* state, const std::string& bytes)>;
  UndoPoint undo(UndoPoint here, const Load& load);
  UndoPoint redo(UndoPoint here, const Load& load);

  /// Why the oldest edits cannot be undone any more; empty while all can.
  const std::string& problem() const { return this->problem_; }

private:
  struct Entry
  {
    UndoPoint point;
    std::int64_t step = 0;
    std::shared_ptr<UnnamedFile> file; ///< instead of the state, or what it is being written to
    std::future<std::string> write;    ///< says what went wrong
  };
  UndoPoint go(std::vector<Entry>& from, std::vector<Entry>& to, UndoPoint here, const Load& load,
    const char* what);
  Entry makeEntry(UndoPoint point) const;
  void spill();
  void finishWriting(Entry& entry);
  static void forget(Entry& entry);

  std::size_t mostBytes_;
  std::string folder_;
  std::vector<Entry> undo_; ///< oldest first
  std::vector<Entry> redo_; ///< furthest first
  std::string problem_;
};

} // namespace tensorview

#endif
