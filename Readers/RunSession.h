#ifndef TENSORVIEW_RUN_SESSION_H
#define TENSORVIEW_RUN_SESSION_H

#include "Core/RunReader.h"

#include <cstdint>
#include <map>
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

  /// A rank's filters of a tensor: piece `piece` of `pieces`, contiguous. Kept until another
  /// snapshot is asked for.
  const TensorValues& tensor(std::size_t tensor, std::size_t snapshot, int piece, int pieces);
  /// Can tensor() answer without reading?
  bool holds(std::size_t tensor, std::size_t snapshot, int piece, int pieces) const;

  /// Number of tensors read from the file so far (for tests).
  std::int64_t reads() const { return this->reads_; }

private:
  std::shared_ptr<RunReader> run_;
  std::string path_;
  std::string branch_;
  std::pair<std::uint64_t, std::uint64_t> identity_; ///< device and inode
  std::map<std::size_t, TensorValues> tensors_;
  std::size_t snapshot_ = 0;
  std::pair<int, int> piece_{ 0, 1 };
  std::int64_t reads_ = 0;
};

} // namespace tensorview

#endif
