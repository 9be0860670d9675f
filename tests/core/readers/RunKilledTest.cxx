#include "ChildProcess.h"
#include "RecordedRun.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <new>
#include <random>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>

namespace tensorview
{
namespace
{

using namespace testing;

/// A counter that a child and its parent share.
class SharedCounter
{
public:
  SharedCounter()
    : memory_(::mmap(nullptr, sizeof(std::atomic<std::int64_t>), PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    , value_(new (this->memory_) std::atomic<std::int64_t>(0))
  {
  }
  ~SharedCounter() { ::munmap(this->memory_, sizeof(std::atomic<std::int64_t>)); }
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;
  std::atomic<std::int64_t>& operator*() { return *this->value_; }

private:
  void* memory_;
  std::atomic<std::int64_t>* value_;
};

class RunKilledTest : public RunFileTest
{
};

TEST_F(RunKilledTest, EveryFlushedRowIsWholeWheneverTheWriterDies)
{
  // More for a long search by hand.
  const char* const asked = std::getenv("TENSORVIEW_TEST_KILLS");
  const int kills = asked ? std::atoi(asked) : 50;
  const RunLayout layout = endlessLayout();
  std::mt19937 random(20240501);
  std::uniform_int_distribution<int> microseconds(0, 60000);
  int opened = 0;
  for (int i = 0; i < kills; ++i)
  {
    const std::string path = this->file("run" + std::to_string(i) + ".tvr");
    SharedCounter flushed;
    const pid_t writer = startChild(
      [&]
      {
        const auto run = RunWriter::create(path, layout);
        for (std::int64_t portion = 0;; ++portion)
        {
          appendPortion(*run, layout, portion);
          run->flush();
          ++*flushed;
        }
      });
    // Every second one dies while it makes its file, or soon after; the others while they write,
    // however slow this machine is.
    while (i % 2 == 1 && *flushed == 0)
    {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);

    const std::int64_t portions = *flushed;
    if (!std::filesystem::exists(path))
    {
      EXPECT_EQ(portions, 0) << "kill " << i;
      continue;
    }
    std::string problem;
    const std::string error =
      runFileErrorOf([&] { problem = problemIn(*RunReader::open(path), portions); });
    EXPECT_EQ(error + problem, "") << "kill " << i << " after " << portions << " portions";
    ++opened;
    if (error.empty() && problem.empty())
    {
      std::filesystem::remove(path);
    }
  }
  EXPECT_GE(opened, kills / 2);
}

TEST_F(RunKilledTest, TheLockDiesWithTheWriter)
{
  const std::string path = this->file("run.tvr");
  SharedCounter ready;
  const pid_t writer = startChild(
    [&]
    {
      const auto run = RunWriter::create(path, smallLayout());
      ++*ready;
      for (;;)
      {
        std::this_thread::sleep_for(std::chrono::seconds(1));
      }
    });
  while (*ready == 0)
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string busy = runFileErrorOf([&] { RunWriter::create(path, smallLayout(), true); });
  EXPECT_NE(busy.find("another training is recording to " + path), std::string::npos) << busy;
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
  EXPECT_EQ(runFileErrorOf([&] { RunWriter::create(path, smallLayout(), true)->close(); }), "");
}

TEST_F(RunKilledTest, WhatAKilledMakerLeftIsReplaced)
{
  const std::string path = this->file("run.tvr");
  writeFile(path + ".new", "half a file");
  RunWriter::create(path, smallLayout())->close();
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_EQ(RunReader::open(path)->stepCount(), 0U);
}

} // namespace
} // namespace tensorview
