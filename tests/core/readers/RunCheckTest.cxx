#include "RunCheck.h"
#include "ChildProcess.h"
#include "Hdf5.h"
#include "Lookup3.h"
#include "RecordedRun.h"
#include "RunFixture.h"
#include "RunFormat.h"
#include "RunReader.h"
#include "RunWriter.h"
#include "Superblock.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/wait.h>

namespace tensorview
{
namespace
{

using namespace testing;
using hdf5::Handle;

/// The damage in words: "place: what", a line each.
std::string wordsOf(const RunReport& run)
{
  std::string text;
  for (const SegmentReport& segment : run.segments)
  {
    for (const RunDamage& damage : segment.damage)
    {
      text += damage.place + ": " + damage.what + "\n";
    }
  }
  return text;
}

::testing::AssertionResult tells(const std::string& path, const std::string& part)
{
  const std::string words = wordsOf(checkRun(path));
  return words.find(part) != std::string::npos
           ? ::testing::AssertionSuccess()
           : ::testing::AssertionFailure() << "'" << words << "' lacks '" << part << "'";
}

class RunCheckTest : public RunFileTest
{
protected:
  void SetUp() override
  {
    RunFileTest::SetUp();
    this->path_ = this->file("run.tvr");
    this->record(this->path_, this->layout_, 1);
  }

  static void record(const std::string& path, const RunLayout& layout, std::int64_t firstStep)
  {
    const auto writer = RunWriter::create(path, layout);
    writer->appendSteps(stepsOf(layout, firstStep, 12));
    for (const std::int64_t step : { firstStep - 1, firstStep + 4, firstStep + 9 })
    {
      const auto buffers = snapshotOf(layout, step);
      writer->appendSnapshot(step, 0.0, buffers.tensorPointers(), buffers.probePointers());
    }
    writer->appendFilters(filtersOf(layout, firstStep + 9));
    writer->appendEvaluation({ firstStep + 9, 0.5, 1.0F, 0.5F, { 0, 1, 1, 0, 1, 0 } });
    writer->appendJsonLine("edits", R"({"step":10})");
    writer->appendJsonLine("events", R"({"step":11,"event":"checkpoint"})");
    writer->close();
  }

  /// Damages the file with HDF5 itself.
  template <typename Change>
  void damage(Change&& change)
  {
    const hdf5::Silence silence;
    const Handle file(H5Fopen(this->path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    ASSERT_TRUE(file);
    change(hid_t(file));
  }

  template <typename T>
  void overwrite(const char* name, hid_t type, const std::vector<T>& values)
  {
    this->damage(
      [&](hid_t file)
      {
        const Handle dataset(H5Dopen2(file, name, H5P_DEFAULT));
        ASSERT_TRUE(dataset) << name;
        const hdf5::Extents extents = hdf5::extents(dataset);
        std::vector<T> all(values);
        hsize_t size = 1;
        for (const hsize_t extent : extents)
        {
          size *= extent;
        }
        all.resize(size);
        ASSERT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()), 0) << name;
      });
  }

  RunLayout layout_ = smallLayout();
  std::string path_;
};

TEST(Lookup3Test, IsThatOfItsAuthor)
{
  // driver5() in Bob Jenkins' lookup3.c (public domain).
  const std::string text = "Four score and seven years ago";
  EXPECT_EQ(lookup3(reinterpret_cast<const unsigned char*>(text.data()), text.size()), 0x17770551U);
  EXPECT_EQ(lookup3(nullptr, 0), 0xDEADBEEFU);
}

TEST_F(RunCheckTest, AWholeRunIsWholeAndCounted)
{
  const RunReport run = checkRun(this->path_);
  ASSERT_EQ(run.segments.size(), 1U);
  EXPECT_EQ(wordsOf(run), "");
  EXPECT_TRUE(run.whole());
  const SegmentReport& segment = run.segments.front();
  EXPECT_EQ(segment.writer, SegmentReport::Writer::Closed);
  EXPECT_EQ(segment.bytes, std::filesystem::file_size(this->path_));
  EXPECT_EQ(segment.steps.counted, 12);
  EXPECT_EQ(segment.steps.whole, 12);
  EXPECT_EQ(segment.snapshots.whole, 3);
  EXPECT_EQ(segment.filterRows.whole, 1);
  EXPECT_EQ(segment.evaluations.whole, 1);
  EXPECT_EQ(segment.edits.whole, 1);
  EXPECT_EQ(segment.events.whole, 1);
  EXPECT_EQ(segment.firstStep, 0);
  EXPECT_EQ(segment.lastStep, 12);
}

TEST_F(RunCheckTest, WhatIsNoRunIsRefused)
{
  EXPECT_NE(runFileErrorOf([&] { checkRun(this->file("missing.tvr")); }), "");
  writeFile(this->file("text.tvr"), "step,loss\n1,2.3\n");
  EXPECT_NE(runFileErrorOf([&] { checkRun(this->file("text.tvr")); }), "");
  writeFile(this->file("empty.tvr"), "");
  EXPECT_NE(runFileErrorOf([&] { checkRun(this->file("empty.tvr")); }), "");
}

TEST_F(RunCheckTest, EveryCutIsTold)
{
  const std::string whole = contentOf(this->path_);
  for (std::size_t length = 48; length < whole.size(); length += 4999)
  {
    writeFile(this->path_, whole.substr(0, length));
    EXPECT_FALSE(checkRun(this->path_).whole()) << "cut at " << length;
  }
}

TEST_F(RunCheckTest, ValuesThatContradictEachOtherAreTold)
{
  const std::string whole = contentOf(this->path_);
  const auto told = [&](const char* name, hid_t type, const auto& values, const std::string& part)
  {
    this->overwrite(name, type, values);
    EXPECT_TRUE(tells(this->path_, part)) << name;
    writeFile(this->path_, whole);
  };
  using Integers = std::vector<std::int64_t>;
  const hid_t integer = H5T_NATIVE_INT64;
  told("steps/step", integer, Integers{ 1, 2, 3, 3 }, "steps/step: row 3 is of step 3");
  told("steps/step", integer, Integers{ 0, 1, 2 }, "steps/step: row 0 is of step 0");
  told("snapshots/step", integer, Integers{ 5, 0, 10 }, "snapshots/step: row 1 is of step 0");
  told("counters", integer, Integers{ 13 }, "it has 12 rows, the counters promise 13");
  told("counters", integer, Integers{ -1 }, "a counter says -1");
  told("slots/conv1", integer, Integers{ 0, 5, 3, -1, 1, 0, -1, -1, 2, 0, -1, -1, 3, 0, -1, -1 },
    "slots/conv1: slot 0 has steps of birth and removal that cannot be");
  told("slots/conv1", integer, Integers{ 0, 0, -1, 77, 1, 0, -1, -1, 2, 0, -1, -1, 3, 0, -1, -1 },
    "slots/conv1: slot 0 comes from slot 77");
  told("slots/conv1", integer, Integers{ 0, 0, -1, -1, 1, 0, -1, -1, 2, 0, -1, -1, 9, 0, -1, -1 },
    "has no room for slot 9");
  told("text/edits_end", integer, Integers{ 0 }, "line ends do not ascend");
  told("text/edits_end", integer, Integers{ 5 }, "line 0 does not end with a line feed");
  using Bytes = std::vector<std::uint8_t>;
  const std::string lines[] = { "\n\"step\":10}\n", "{\"step\" 10}\n", "{\"stop\":10}\n",
    "{\"st\xFFp\":10}\n" };
  const char* const reasons[] = { "has a line feed within", "is no JSON object",
    "has no integer 'step'", "is no JSON object in UTF-8" };
  for (int i = 0; i < 4; ++i)
  {
    const Bytes text(lines[i].begin(), lines[i].end());
    ASSERT_EQ(text.size(), 12U);
    told("text/edits", H5T_NATIVE_UINT8, text, reasons[i]);
  }
}

TEST_F(RunCheckTest, DataSetsOfAnotherMakeAreTold)
{
  struct Case
  {
    const char* name;
    hid_t type;
    hdf5::Extents size;
    bool unlimited;
    const char* reason;
  };
  const Case cases[] = {
    { "steps/metrics", H5T_IEEE_F64LE, { 12, 3 }, true, "not stored as little-endian float32" },
    { "steps/metrics", H5T_IEEE_F32BE, { 12, 3 }, true, "not stored as little-endian float32" },
    { "steps/metrics", H5T_IEEE_F32LE, { 12, 3 }, true, "its fill value is not NaN" },
    { "steps/metrics", H5T_IEEE_F32LE, { 12, 3 }, false, "its extent 0 is limited" },
    { "steps/metrics", H5T_IEEE_F32LE, { 12, 2 }, true, "its rows are not as described" },
    { "steps/metrics", H5T_IEEE_F32LE, { 12, 3 }, true, "rows 0 to 11: it was never written" },
    { "tensors/conv1/weight", H5T_IEEE_F32LE, { 3, 4, 1, 3, 3 }, true, "it was never written" },
  };
  const std::string whole = contentOf(this->path_);
  for (const Case& wrong : cases)
  {
    this->damage(
      [&](hid_t file)
      {
        H5Ldelete(file, wrong.name, H5P_DEFAULT);
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
        H5Pset_chunk(creation, int(wrong.size.size()), wrong.size.data());
        hdf5::Extents most = wrong.size;
        most[0] = wrong.unlimited ? H5S_UNLIMITED : most[0];
        const Handle space(
          H5Screate_simple(int(wrong.size.size()), wrong.size.data(), most.data()));
        const Handle made(
          H5Dcreate2(file, wrong.name, wrong.type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
        ASSERT_TRUE(made);
      });
    EXPECT_TRUE(tells(this->path_, wrong.reason)) << wrong.name;
    writeFile(this->path_, whole);
  }
}

TEST_F(RunCheckTest, ThereIsAnEndToWhatIsAlmostEmpty)
{
  RunLayout layout = smallLayout();
  layout.gram = { { 1, "conv1", 4 } };
  for (const bool stored : { false, true })
  {
    this->path_ = this->file(stored ? "little.tvr" : "nothing.tvr");
    record(this->path_, layout, 1);
    this->damage(
      [&](hid_t file)
      {
        H5Ldelete(file, "gram/conv1", H5P_DEFAULT);
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
        const hsize_t chunk[] = { 1, 1, 1 };
        const hsize_t size[] = { 3, hsize_t(1) << 40, 1 << 10 };
        const hsize_t most[] = { H5S_UNLIMITED, H5S_UNLIMITED, H5S_UNLIMITED };
        H5Pset_chunk(creation, 3, chunk);
        const Handle space(H5Screate_simple(3, size, most));
        const Handle made(H5Dcreate2(
          file, "gram/conv1", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
        ASSERT_TRUE(made);
        const double value = 1.0;
        const Handle one(H5Screate_simple(3, chunk, nullptr));
        const hsize_t start[] = { 2, 7, 3 };
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, chunk, nullptr);
        ASSERT_TRUE(
          !stored || H5Dwrite(made, H5T_NATIVE_DOUBLE, one, space, H5P_DEFAULT, &value) >= 0);
      });
    EXPECT_TRUE(tells(this->path_, "gram/conv1: its rows are not as described"));
    EXPECT_EQ(
      bool(tells(this->path_, "gram/conv1: rows 0 to 2: hardly anything of it is stored")), stored);
  }
}

TEST_F(RunCheckTest, AChunkForEachValueIsRefused)
{
  this->damage(
    [&](hid_t file)
    {
      H5Ldelete(file, runformat::layout, H5P_DEFAULT);
      const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
      const hsize_t chunk = 2;
      const hsize_t size = 1 << 20;
      const hsize_t most = H5S_UNLIMITED;
      H5Pset_chunk(creation, 1, &chunk);
      H5Pset_deflate(creation, 1);
      const Handle space(H5Screate_simple(1, &size, &most));
      const Handle made(H5Dcreate2(
        file, runformat::layout, H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
      ASSERT_TRUE(made);
    });
  EXPECT_TRUE(tells(this->path_, "chunks of 2 values are too small for 1048576 values"));
}

TEST_F(RunCheckTest, MissingDataSetsAreToldAndTheOthersCounted)
{
  this->damage([](hid_t file) { H5Ldelete(file, "tensors/fc1/weight", H5P_DEFAULT); });
  EXPECT_TRUE(tells(this->path_, "tensors/fc1/weight: the data set is missing"));
  const SegmentReport segment = checkRun(this->path_).segments.front();
  EXPECT_EQ(segment.snapshots.counted, 3);
  EXPECT_EQ(segment.snapshots.whole, 0);
  EXPECT_EQ(segment.steps.whole, 12);
}

TEST_F(RunCheckTest, AChangedByteOfTheSuperblockIsTold)
{
  const std::string whole = contentOf(this->path_);
  for (std::size_t at = 12; at < 48; ++at)
  {
    std::string content = whole;
    content[at] = char(content[at] ^ 0x20);
    writeFile(this->path_, content);
    EXPECT_TRUE(tells(this->path_, "superblock: its checksum is wrong")) << at;
  }
}

TEST_F(RunCheckTest, ParentsAreFollowed)
{
  RunLayout child = this->layout_;
  child.parentSegment = "run.tvr";
  child.parentStep = 12;
  this->record(this->file("run.0001.tvr"), child, 13);
  EXPECT_EQ(wordsOf(checkRun(this->path_)), "");
  EXPECT_EQ(checkRun(this->file("run.0001.tvr")).segments.size(), 2U);

  child.parentStep = 40;
  this->record(this->file("run.0002.tvr"), child, 41);
  EXPECT_TRUE(tells(this->path_, "it goes on from step 40 of 'run.tvr', whose last step is 12"));
  std::filesystem::remove(this->file("run.0002.tvr"));

  child.parentStep = 12;
  this->record(this->file("run.0002.tvr"), child, 5);
  EXPECT_TRUE(tells(this->path_, "its first step 4 is before step 12"));
  std::filesystem::remove(this->file("run.0002.tvr"));

  child.parentSegment = "gone.tvr";
  this->record(this->file("run.0002.tvr"), child, 13);
  EXPECT_TRUE(tells(this->path_, "its parent 'gone.tvr' is not beside it"));
  std::filesystem::remove(this->file("run.0002.tvr"));

  child.parentSegment = "run.0002.tvr";
  child.parentStep = 13;
  this->record(this->file("run.0002.tvr"), child, 13);
  EXPECT_TRUE(tells(this->path_, "it is its own ancestor"));
  std::filesystem::remove(this->file("run.0002.tvr"));
  writeFile(this->file("run.0002.tvr"), contentOf(this->path_).substr(0, 1000));
  EXPECT_TRUE(tells(this->path_, "it is cut off"));
}

TEST_F(RunCheckTest, RandomDamageIsToldOrHarmless)
{
  const std::string whole = contentOf(this->path_);
  // In a child: HDF5 may lose track of what a damaged file had open, and says so at exit.
  EXPECT_EQ(inChild(
              [&]
              {
                unsigned random = 12345;
                for (int i = 0; i < 200; ++i)
                {
                  std::string content = whole;
                  for (int k = 0; k < 4; ++k)
                  {
                    random = random * 1664525U + 1013904223U;
                    content[(random >> 8) % content.size()] = char(random);
                  }
                  writeFile(this->path_, content);
                  runFileErrorOf([&] { checkRun(this->path_); });
                }
                return std::string();
              }),
    "");
}

TEST_F(RunCheckTest, MarksOfAKilledWriterAreCleared)
{
  const std::string path = this->file("killed.tvr");
  const RunLayout layout = endlessLayout();
  const std::string ready = this->file("ready");
  const pid_t writer = startChild(
    [&]
    {
      const auto run = RunWriter::create(path, layout);
      for (std::int64_t portion = 0; portion < 3; ++portion)
      {
        appendPortion(*run, layout, portion);
        run->flush();
      }
      appendPortion(*run, layout, 3); // not flushed
      writeFile(ready, "");
      for (;;)
      {
        std::this_thread::sleep_for(std::chrono::seconds(1));
      }
    });
  while (!std::filesystem::exists(ready))
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(checkRun(path).segments.front().writer, SegmentReport::Writer::Lives);
  EXPECT_NE(runFileErrorOf([&] { clearWriterMarks(path); }).find("a training is recording to it"),
    std::string::npos);
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);

  const SegmentReport before = checkRun(path).segments.front();
  EXPECT_EQ(before.writer, SegmentReport::Writer::Killed);
  EXPECT_TRUE(before.whole());
  EXPECT_EQ(before.steps.whole, 3 * rowsPerPortion);
  {
    const hdf5::Silence silence;
    EXPECT_FALSE(Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)));
  }
  const std::string content = contentOf(path);
  clearWriterMarks(path);
  const std::string repaired = contentOf(path);
  EXPECT_EQ(repaired.substr(48), content.substr(48)); // nothing else has changed
  EXPECT_TRUE(Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)));
  EXPECT_TRUE(Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)));
  const SegmentReport after = checkRun(path).segments.front();
  EXPECT_EQ(after.writer, SegmentReport::Writer::Closed);
  EXPECT_TRUE(after.whole()) << wordsOf(checkRun(path));
  EXPECT_EQ(problemIn(*RunReader::open(path), 3), "");
}

} // namespace
} // namespace tensorview
