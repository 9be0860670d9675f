#ifndef TENSORVIEW_CHECKPOINT_STORE_H
#define TENSORVIEW_CHECKPOINT_STORE_H

#include <cstdint>
#include <deque>
#include <string>

namespace tensorview
{

/// Name (without folder) of the checkpoint at `step` of the run that `runFile` belongs to:
/// run.checkpoint-00000550.pt for run.tvr and for its later segments run.0001.tvr, ...
std::string checkpointName(const std::string& runFile, std::int64_t step);

/// Checkpoint files beside a run file. Of those that this object wrote, the newest `kept` stay:
/// one to go on from and one before it, should the disk fill while the newest is written.
class CheckpointStore
{
public:
  explicit CheckpointStore(const std::string& runFile, std::size_t kept = 2);

  /// Writes the checkpoint (see writeDurably) and removes those too old.
  /// @return the file's name without folder
  /// @throws std::runtime_error naming the file and the reason
  std::string write(std::int64_t step, const std::string& state);

  /// Removes all checkpoints of the run file, for a run that replaces it. Errors are ignored: a
  /// file that stays does no harm, as a run lists its own checkpoints.
  void removeAll();

private:
  std::string runFile_;
  std::size_t kept_;
  std::deque<std::string> written_; ///< paths, oldest first
};

} // namespace tensorview

#endif
