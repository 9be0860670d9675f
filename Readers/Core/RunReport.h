#ifndef TENSORVIEW_RUN_REPORT_H
#define TENSORVIEW_RUN_REPORT_H

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Something in a run that is not as docs/run-format.md says.
struct RunDamage
{
  std::string place; ///< data set, or "superblock", "parent_segment", ...
  std::string what;  ///< in words
};

/// Rows of one series that the counters promise, and how many of them are there in every data set
/// and can be read.
struct RowCount
{
  std::int64_t counted = 0;
  std::int64_t whole = 0;
};

/// What checkRun() finds in one segment.
struct SegmentReport
{
  enum class Writer
  {
    Closed, ///< it has closed the file
    Lives,  ///< it has the file open now
    Killed  ///< it did not live to close the file
  };

  std::string path;
  Writer writer = Writer::Closed;
  bool opened = false; ///< false: nothing below is known, `damage` says why
  std::uint64_t bytes = 0;
  RowCount steps, filterRows, snapshots, evaluations, edits, events;
  std::int64_t firstStep = -1; ///< of rows and snapshots, -1 = there is none
  std::int64_t lastStep = -1;
  std::vector<RunDamage> damage;

  bool whole() const { return this->damage.empty(); }
};

/// All segments of a run, by number.
struct RunReport
{
  std::vector<SegmentReport> segments;

  bool whole() const;
};

} // namespace tensorview

#endif
