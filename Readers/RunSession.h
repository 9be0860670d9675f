#ifndef TENSORVIEW_RUN_SESSION_H
#define TENSORVIEW_RUN_SESSION_H

#include "Core/RunReader.h"
#include "TensorCache.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace tensorview
{

/// A run that is kept open between the executions of a reader: opens it anew when another file
/// stands under its name, and keeps the tensors of the last snapshot that was read. Every method
/// may throw RunFileError.
class RunSession
{
public:
  /// Opens the run, or keeps the one that is open if nothing has changed.
  void open(const std::string& path, const std::string& branch);
  void close();

  const std::shared_ptr<RunReader>& run() const { return this->run_; }

  /// Looks for what a writer has appended, and for another file under the same name; true if there
  /// is anything new.
  bool refresh();

  /// A rank's filters of a tensor. Kept until another snapshot is asked for.
  const TensorValues& tensor(std::size_t tensor, const SnapshotPiece& piece);
  /// Can tensor() answer without reading?
  bool holds(std::size_t tensor, const SnapshotPiece& piece) const
  {
    return this->tensors_.holds(tensor, piece);
  }

  /// Number of tensors read from the file so far (for tests).
  std::int64_t reads() const { return this->reads_; }

private:
  std::shared_ptr<RunReader> run_;
  std::string path_;
  std::string branch_;
  std::pair<std::uint64_t, std::uint64_t> identity_; ///< device and inode
  TensorCache tensors_;
  std::int64_t reads_ = 0;
};

} // namespace tensorview

#endif
