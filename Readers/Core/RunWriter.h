#ifndef TENSORVIEW_RUN_WRITER_H
#define TENSORVIEW_RUN_WRITER_H

#include "RunLayout.h"
#include "RunSegments.h"

#include <memory>

namespace tensorview
{

/// Writes one segment of a run (docs/run-format.md). Not thread safe: one thread owns it
/// (Trainer/Core/Recorder gives it one). Every call may block on the disk.
///
/// Readable by others while open (HDF5 SWMR) and after the process was killed at any instant: all
/// rows counted by the last flush() are whole.
///
/// A full disk or another write error never throws after create(): from then on nothing reaches the
/// file (as if the writer had been killed), error() says why, and the file stays readable up to its
/// last flush.
class RunWriter
{
public:
  /// Creates `path`, writes all fixed parts and starts SWMR.
  /// @throws RunFileError if the file exists and `overwrite` is false (or another writer has it
  /// open),
  ///   if the folder is missing or not writable, or if the layout is contradictory.
  static std::unique_ptr<RunWriter> create(
    const std::string& path, const RunLayout& layout, bool overwrite = false);
  ~RunWriter(); ///< closes

  void appendSteps(const StepBlock& block);
  void appendFilters(const FilterBlock& block);

  /// A snapshot: one pointer per layout.model.tensors entry, each with all slots of the tensor
  /// ([slot, channel, row, column], C order); nullptr = not recorded this time (stays NaN).
  /// `probe`: one pointer per layout.probe entry, or empty.
  /// `gram`: one pointer per layout.gram entry, or empty; each [slots + 1, slots + 1], the last row
  /// and column of the constant 1; nullptr = not recorded this time.
  /// Steps ascend strictly; @throws RunFileError otherwise.
  void appendSnapshot(std::int64_t step, double epoch, const std::vector<const float*>& tensors,
    const std::vector<const float*>& probe = {}, const std::vector<const double*>& gram = {});

  void appendEvaluation(const Evaluation& evaluation);
  /// One line of JSON, without newline: edits ("edits") or other happenings ("events": test
  /// accuracy, checkpoints, drops, pauses). Streams: "edits", "events".
  void appendJsonLine(const std::string& stream, const std::string& json);

  /// Makes everything appended so far durable for readers: data first, counters last.
  void flush();
  /// Flushes and closes; afterwards the file opens without SWMR, and what comes is ignored.
  void close();

  /// Empty while all is well, else a sentence that names the file and the reason.
  const std::string& error() const;
  const std::string& path() const;

private:
  RunWriter();
  struct Internals;
  std::unique_ptr<Internals> internals_;
};

} // namespace tensorview

#endif
