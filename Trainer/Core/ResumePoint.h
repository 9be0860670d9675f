#ifndef TENSORVIEW_RESUME_POINT_H
#define TENSORVIEW_RESUME_POINT_H

#include "RunLayout.h"
#include "TrainerOptions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tensorview
{

/// Where and how a recorded run goes on.
struct ResumePoint
{
  TrainerOptions options;    ///< to go on with, with the record file of the next segment
  TrainerOptions asked;      ///< what was asked for, of which `options` took what was given
  std::string remark;        ///< what changes, in words; empty if nothing
  std::string warning;       ///< what was asked for and not taken, in words; empty if nothing
  std::string parentSegment; ///< file name of the segment that goes before; empty: a new run begins
  std::string parentRun;     ///< of a new run: path of the other's file, from the new one's folder
  std::int64_t step = 0;     ///< of the checkpoint
  std::string optimizer;     ///< whose moments `state` holds
  std::string state;         ///< for TrainingModel::loadState
  StepBlock rows;            ///< metrics and tracked values of the steps up to `step`
  std::vector<Evaluation> evaluations;
  std::vector<std::string> edits; ///< JSON lines, up to `step`
};

/// What the option Resume names.
struct ResumeTarget
{
  std::string run; ///< path of any segment
  /// Of the checkpoint to go on from; none: the newest.
  std::optional<std::int64_t> step;
};

/// "run.tvr", "run.tvr@1080", or a checkpoint's file beside its run: "run.checkpoint-00001080.pt".
ResumeTarget parseResume(const std::string& text);

/// The newest checkpoint of a run, or the one that is named, and the run's own options, with what
/// was changed on purpose, see mergeOptions(). A run that had come to its end goes on to
/// `asked.epochs` or `asked.maximumSteps`, given or not. It goes on in the run's next segment; or,
/// if a checkpoint is named, in a new run.
/// @param asked with `resume` naming any segment of the run, and `recordFile` empty or naming one,
/// or that of the new run
/// @throws std::runtime_error naming the file and the remedy: no run, no checkpoint, record file
/// of another run, the run is complete and `asked` goes no further
ResumePoint loadResumePoint(const TrainerOptions& asked);

} // namespace tensorview

#endif
