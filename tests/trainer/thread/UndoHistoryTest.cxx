#include "UndoHistory.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// A state of 100 bytes that says which step it is of.
class TextState final : public ModelState
{
public:
  explicit TextState(std::int64_t step)
    : step_(step)
  {
  }
  std::int64_t step() const override { return this->step_; }
  std::size_t bytes() const override { return 100; }
  std::string serialize() const override { return "state of step " + std::to_string(this->step_); }

private:
  std::int64_t step_;
};

UndoPoint at(std::int64_t step)
{
  UndoPoint point;
  point.state = std::make_shared<TextState>(step);
  point.segment = "segment of step " + std::to_string(step);
  return point;
}

/// What a network was restored from.
struct Restored
{
  std::string text;
  bool fromFile = false;
  UndoHistory::Load load()
  {
    return [this](const ModelState* state, const std::string& bytes)
    {
      this->fromFile = !state;
      this->text = state ? state->serialize() : bytes;
    };
  }
};

std::size_t filesIn(const TemporaryFolder& folder)
{
  const fs::directory_iterator begin(folder / "");
  return static_cast<std::size_t>(std::distance(begin, fs::directory_iterator()));
}
}

TEST(UndoHistory, GoesBackAndForth)
{
  const TemporaryFolder folder;
  UndoHistory history(1000, folder.path());
  EXPECT_EQ(history.undoStep(), -1);
  history.add(at(10));
  history.add(at(20));
  EXPECT_EQ(history.undoCount(), 2U);
  EXPECT_EQ(history.undoStep(), 20);
  Restored restored;
  EXPECT_EQ(history.undo(at(35), restored.load()).segment, "segment of step 20");
  EXPECT_EQ(restored.text, "state of step 20");
  EXPECT_EQ(history.undoStep(), 10);
  EXPECT_EQ(history.redoStep(), 35);
  history.undo(at(20), restored.load());
  EXPECT_EQ(restored.text, "state of step 10");
  EXPECT_EQ(history.undoCount(), 0U);
  history.redo(at(12), restored.load());
  EXPECT_EQ(restored.text, "state of step 20");
  history.redo(at(21), restored.load());
  EXPECT_EQ(restored.text, "state of step 35");
  EXPECT_EQ(history.redoCount(), 0U);
  EXPECT_EQ(history.undoStep(), 21) << "where the last redo was given";
  EXPECT_EQ(filesIn(folder), 0U);
}

TEST(UndoHistory, NothingToUndoIsSaidInWords)
{
  UndoHistory history(1000, "");
  Restored restored;
  EXPECT_THROW(history.undo(at(1), restored.load()), std::runtime_error);
  EXPECT_THROW(history.redo(at(1), restored.load()), std::runtime_error);
}

TEST(UndoHistory, AnEditForgetsWhatCouldBeRedone)
{
  UndoHistory history(1000, "");
  Restored restored;
  history.add(at(10));
  history.undo(at(15), restored.load());
  EXPECT_EQ(history.redoCount(), 1U);
  history.add(at(12));
  EXPECT_EQ(history.redoCount(), 0U);
  EXPECT_EQ(history.undoCount(), 1U);
}

TEST(UndoHistory, WhatCannotBeRestoredStays)
{
  UndoHistory history(1000, "");
  history.add(at(10));
  const auto broken = [](const ModelState*, const std::string&)
  { throw std::runtime_error("broken"); };
  EXPECT_THROW(history.undo(at(15), broken), std::runtime_error);
  EXPECT_EQ(history.undoStep(), 10);
  EXPECT_EQ(history.redoCount(), 0U);
}

TEST(UndoHistory, OldStatesGoToFilesWithoutNames)
{
  const TemporaryFolder folder;
  {
    UndoHistory history(250, folder.path());
    for (std::int64_t step = 1; step <= 5; ++step)
    {
      history.add(at(step));
      EXPECT_EQ(filesIn(folder), 0U);
    }
    Restored restored;
    for (std::int64_t step = 5; step >= 1; --step)
    {
      history.undo(at(step + 10), restored.load());
      EXPECT_EQ(restored.text, "state of step " + std::to_string(step));
    }
    EXPECT_TRUE(restored.fromFile) << "of the oldest";
    EXPECT_EQ(history.redoCount(), 5U);
    for (std::int64_t step = 1; step <= 5; ++step)
    {
      history.redo(at(step), restored.load());
      EXPECT_EQ(restored.text, "state of step " + std::to_string(step + 10));
    }
    EXPECT_EQ(history.problem(), "");
  }
  EXPECT_EQ(filesIn(folder), 0U);
}

TEST(UndoHistory, NothingIsLeftOfAFileWhenTheProcessIsKilled)
{
  const TemporaryFolder folder;
  int ends[2] = { -1, -1 };
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0)
  {
    UnnamedFile file(folder.path());
    file.write(std::string(1000000, 'x'));
    const char ready = file.read().size() == 1000000 ? 'y' : 'n';
    [[maybe_unused]] const ssize_t told = ::write(ends[1], &ready, 1);
    ::pause();
    ::_exit(1);
  }
  char ready = 0;
  EXPECT_EQ(::read(ends[0], &ready, 1), 1);
  EXPECT_EQ(ready, 'y');
  EXPECT_EQ(filesIn(folder), 0U);
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(filesIn(folder), 0U);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(UndoHistory, ADiskThatIsFullIsToldWithItsFolder)
{
  const TemporaryFolder folder;
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string reason;
  UnnamedFile file(folder.path());
  try
  {
    file.write(std::string(100000, 'x'));
  }
  catch (const std::runtime_error& error)
  {
    reason = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(reason.find("cannot write a file in '" + folder.path() + "'"), std::string::npos)
    << reason;
  EXPECT_THROW(file.read(), std::runtime_error);
}

TEST(UndoHistory, WithoutRoomTheOldestAreForgottenAndTold)
{
  UndoHistory history(250, "/no/such/folder");
  // A write that failed is seen when the next one is added.
  for (std::int64_t step = 1; step < 1000 && history.problem().empty(); ++step)
  {
    history.add(at(step));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_NE(history.problem().find("/no/such/folder"), std::string::npos);
  history.add(at(1000));
  EXPECT_LE(history.undoCount(), 3U);
  Restored restored;
  history.undo(at(1001), restored.load());
  EXPECT_EQ(restored.text, "state of step 1000");
}
