#include "RecordedRun.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <atomic>
#include <thread>

namespace tensorview
{
namespace
{

using namespace testing;

class RunFollowTest : public RunFileTest
{
};

TEST_F(RunFollowTest, ShowsWhatAWriterFlushed)
{
  const RunLayout layout = endlessLayout();
  const std::string path = this->file("run.tvr");
  const auto writer = RunWriter::create(path, layout);
  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->followObstacle(), "");
  EXPECT_EQ(reader->stepCount(), 0U);
  EXPECT_FALSE(reader->refresh());
  for (std::int64_t portion = 0; portion < 40; ++portion)
  {
    appendPortion(*writer, layout, portion);
    EXPECT_FALSE(reader->refresh()); // not before the flush
    writer->flush();
    EXPECT_TRUE(reader->refresh());
    EXPECT_FALSE(reader->refresh());
    EXPECT_EQ(reader->stepCount(), std::size_t((portion + 1) * rowsPerPortion));
    ASSERT_EQ(problemIn(*reader, portion + 1), "") << portion;
  }
  writer->close();
  EXPECT_FALSE(reader->refresh());
  EXPECT_EQ(problemIn(*reader, 40), "");
  EXPECT_EQ(problemIn(*RunReader::open(path), 40), "");
}

TEST_F(RunFollowTest, ReadersInOneProcessDoNotDisturbEachOther)
{
  const RunLayout layout = endlessLayout();
  const std::string path = this->file("run.tvr");
  const auto writer = RunWriter::create(path, layout);
  const auto early = RunReader::open(path);
  appendPortion(*writer, layout, 0);
  writer->flush();
  const auto late = RunReader::open(path);
  EXPECT_EQ(problemIn(*late, 1), "");
  appendPortion(*writer, layout, 1);
  writer->flush();
  EXPECT_TRUE(early->refresh());
  EXPECT_EQ(problemIn(*early, 2), "");
  EXPECT_EQ(problemIn(*late, 1), "");
  EXPECT_TRUE(late->refresh());
  EXPECT_EQ(problemIn(*late, 2), "");
}

TEST_F(RunFollowTest, ReadsBesideAWriterInAnotherThread)
{
  const RunLayout layout = endlessLayout();
  const std::string path = this->file("run.tvr");
  const auto writer = RunWriter::create(path, layout);
  std::atomic<std::int64_t> flushed{ 0 };
  std::thread recorder(
    [&]
    {
      for (std::int64_t portion = 0; portion < 60; ++portion)
      {
        appendPortion(*writer, layout, portion);
        writer->flush();
        ++flushed;
      }
    });
  const auto reader = RunReader::open(path);
  while (flushed < 60)
  {
    const std::int64_t before = flushed;
    reader->refresh();
    const std::string problem = problemIn(*reader, before);
    EXPECT_EQ(problem, "");
    if (!problem.empty())
    {
      break;
    }
  }
  recorder.join();
  writer->close();
  reader->refresh();
  EXPECT_EQ(problemIn(*reader, 60), "");
}

TEST_F(RunFollowTest, FindsNewSegments)
{
  const RunLayout layout = endlessLayout();
  const std::string path = this->file("run.tvr");
  auto writer = RunWriter::create(path, layout);
  appendPortion(*writer, layout, 0);
  writer->flush();
  const auto reader = RunReader::open(path);
  appendPortion(*writer, layout, 1);
  writer->close();

  RunLayout next = layout;
  next.parentSegment = "run.tvr";
  next.parentStep = 2 * rowsPerPortion;
  writer = RunWriter::create(nextSegmentPath(path), next);
  appendPortion(*writer, next, 2);
  writer->flush();
  EXPECT_TRUE(reader->refresh());
  EXPECT_EQ(problemIn(*reader, 3), "");
  EXPECT_EQ(reader->branches(), (std::vector<std::string>{ "run.0001.tvr" }));
  appendPortion(*writer, next, 3);
  writer->flush();
  EXPECT_TRUE(reader->refresh());
  EXPECT_EQ(problemIn(*reader, 4), "");
}

} // namespace
} // namespace tensorview
