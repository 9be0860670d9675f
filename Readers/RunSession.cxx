#include "RunSession.h"

#include <sys/stat.h>

namespace tensorview
{
namespace
{

using Identity = std::pair<std::uint64_t, std::uint64_t>;
constexpr Identity missing{ 0, 0 };

/// The number of an open file is not given to another one.
Identity identityOf(const std::string& path)
{
  struct stat information = {};
  if (::stat(path.c_str(), &information) != 0)
  {
    return missing;
  }
  return { information.st_dev, information.st_ino };
}

} // namespace

void RunSession::open(const std::string& path, const std::string& branch)
{
  const auto identity = identityOf(path);
  if (this->run_ && this->path_ == path && this->branch_ == branch && this->identity_ == identity)
  {
    return;
  }
  // What was open stays open if this fails.
  std::shared_ptr<RunReader> run = RunReader::open(path, branch);
  this->close();
  this->run_ = std::move(run);
  this->path_ = path;
  this->branch_ = branch;
  this->identity_ = identity;
}

void RunSession::close()
{
  this->run_.reset();
  this->tensors_.clear();
}

bool RunSession::refresh()
{
  const auto identity = identityOf(this->path_);
  if (identity != this->identity_ && identity != missing)
  {
    this->open(this->path_, this->branch_);
    return true;
  }
  const bool grown = this->run_->refresh();
  if (grown)
  {
    this->tensors_.clear(); // another segment may have taken the place of a snapshot
  }
  return grown;
}

const TensorValues& RunSession::tensor(std::size_t tensor, const SnapshotPiece& piece)
{
  return this->tensors_.get(tensor, piece,
    [&]()
    {
      const auto [first, count] =
        piece.filters(this->run_->model().tensors.at(tensor).shape.filters);
      ++this->reads_;
      return this->run_->readTensor(tensor, piece.snapshot, first, count);
    });
}

} // namespace tensorview
