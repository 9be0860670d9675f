#ifndef TENSORVIEW_RUN_FILE_PLAN_H
#define TENSORVIEW_RUN_FILE_PLAN_H

#include "RunLayout.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Type of the values of a data set, as stored (little-endian).
enum class Element
{
  Float32,
  Float64,
  Int64,
  UInt32,
  UInt16,
  UInt8
};
std::uint64_t sizeOf(Element element);

/// What a row of a data set stands for.
enum class RowKind
{
  Step,
  FilterRow,
  Snapshot,
  Evaluation,
  Text,  ///< bytes or lines
  Fixed, ///< written once, when the file is made
  Counter
};

/// One data set of a run file: everything that is fixed when it is made. Its first extent counts
/// rows.
struct DatasetPlan
{
  std::string path;
  Element element = Element::Float32;
  RowKind rows = RowKind::Fixed;
  std::vector<std::uint64_t> row;   ///< extents of one row; empty = one value
  std::vector<std::uint64_t> chunk; ///< extents of a chunk, rows first
  std::size_t unlimited = 1;        ///< how many leading extents may grow
  bool cached = true; ///< rows come in small portions that must be gathered into chunks

  /// Bytes of all chunks that hold the newest rows.
  std::uint64_t frontBytes() const;
  /// Bytes that `count` rows take in the file, whole chunks.
  std::uint64_t bytes(std::uint64_t count) const;
};

/// All data sets of a file with this layout, in the order in which they are made. Data sets whose
/// rows would hold nothing (no tracked coordinates, no labels, ...) are left out.
std::vector<DatasetPlan> planRunFile(const RunLayout& layout);

/// Extents of one row of a tensor.
std::vector<std::uint64_t> tensorRow(const TensorShape& shape);

/// Chunk of a tensor [snapshot, slot, channel, row, column]: of one snapshot, at most 1 MB, split
/// evenly over slots; only a slot (a channel, a row) that is larger itself is split as well.
std::vector<std::uint64_t> tensorChunk(const TensorShape& shape);

} // namespace tensorview

#endif
