#include "ChildProcess.h"
#include "Hdf5.h"
#include "RunFixture.h"
#include "RunFormat.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <algorithm>
#include <random>

namespace tensorview
{
namespace
{

using namespace testing;
using hdf5::Handle;

::testing::AssertionResult says(const std::string& message, const std::string& part)
{
  return message.find(part) != std::string::npos
           ? ::testing::AssertionSuccess()
           : ::testing::AssertionFailure() << "'" << message << "' lacks '" << part << "'";
}

/// Opens a file for damaging it.
Handle openForChange(const std::string& path)
{
  return Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
}

/// Replaces a data set by one of other extents, type or layout.
void replace(
  hid_t file, const std::string& name, hid_t type, const hdf5::Extents& size, bool chunked = true)
{
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
  if (chunked)
  {
    hdf5::Extents chunk = size;
    chunk[0] = std::min<hsize_t>(chunk[0], 1 << 16);
    H5Pset_chunk(creation, int(chunk.size()), chunk.data());
  }
  const Handle space(H5Screate_simple(int(size.size()), size.data(), nullptr));
  const Handle made(
    H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  ASSERT_TRUE(made) << name;
}

void setCounters(hid_t file, std::vector<std::int64_t> counts)
{
  counts.resize(runformat::CounterCount);
  const Handle dataset(H5Dopen2(file, runformat::counters, H5P_DEFAULT));
  ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, counts.data()), 0);
}

void setLayoutText(hid_t file, const std::string& text)
{
  replace(file, runformat::layout, H5T_STD_U8LE, { text.size() });
  const Handle dataset(H5Dopen2(file, runformat::layout, H5P_DEFAULT));
  ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), 0);
}

class RunBadFileTest : public RunFileTest
{
protected:
  void SetUp() override
  {
    RunFileTest::SetUp();
    this->path_ = this->file("run.tvr");
    const RunLayout layout = smallLayout();
    const auto writer = RunWriter::create(this->path_, layout);
    writer->appendSteps(stepsOf(layout, 1, 12));
    for (const std::int64_t step : { 0, 5, 10 })
    {
      const auto buffers = snapshotOf(layout, step);
      writer->appendSnapshot(step, 0.0, buffers.tensorPointers(), buffers.probePointers());
    }
    writer->appendFilters(filtersOf(layout, 10));
    writer->appendEvaluation({ 10, 0.5, 1.0F, 0.5F, { 0, 1, 1, 0, 1, 0 } });
    writer->appendJsonLine("edits", R"({"step":10})");
    writer->close();
  }

  std::string refusal(const std::string& path)
  {
    return runFileErrorOf([&] { RunReader::open(path); });
  }

  /// Reads everything there is; the message of what is refused.
  static std::string readAll(const std::string& path)
  {
    return runFileErrorOf(
      [&]
      {
        const auto reader = RunReader::open(path);
        for (std::size_t snapshot = 0; snapshot < reader->snapshotSteps().size(); ++snapshot)
        {
          for (std::size_t tensor = 0; tensor < reader->model().tensors.size(); ++tensor)
          {
            reader->readTensor(tensor, snapshot);
          }
          for (std::size_t probe = 0; probe < reader->layout().probe.size(); ++probe)
          {
            reader->readProbe(probe, snapshot);
          }
        }
        reader->metrics();
        for (std::size_t i = 0; i < reader->layout().statisticTensors.size(); ++i)
        {
          reader->statistics(i);
          for (std::size_t row = 0; row < reader->stepCount(); ++row)
          {
            reader->histogram(i, row);
          }
        }
        for (const auto& series : reader->layout().filterSeries)
        {
          reader->filterSeries(series.name);
        }
        reader->changeBands();
        reader->evaluations(true);
        reader->jsonLines("edits");
        reader->coordinates("conv1", { 0, 4 });
        reader->coordinates("conv1", { 1 });
      });
  }

  /// Damages the file with HDF5 itself.
  template <typename Change>
  void damage(Change&& change)
  {
    const hdf5::Silence silence;
    const Handle file = openForChange(this->path_);
    ASSERT_TRUE(file);
    change(hid_t(file));
  }

  std::string path_;
};

TEST_F(RunBadFileTest, TheGoodOneIsRead)
{
  EXPECT_EQ(readAll(this->path_), "");
  EXPECT_TRUE(RunReader::canRead(this->path_));
}

TEST_F(RunBadFileTest, WhatIsNoRunIsRefusedWithAReason)
{
  const auto refused = [&](const std::string& path, const std::string& reason)
  {
    EXPECT_FALSE(RunReader::canRead(path));
    const std::string message = this->refusal(path);
    EXPECT_TRUE(says(message, path));
    EXPECT_TRUE(says(message, reason));
  };
  refused(this->file("missing.tvr"), "there is no such file");
  refused(this->file("no/folder/run.tvr"), "there is no folder");
  refused(this->folder().string(), "it is a folder");
  refused("/dev/null", "not an ordinary file");
  writeFile(this->file("empty.tvr"), "");
  refused(this->file("empty.tvr"), "it is empty");
  writeFile(this->file("text.tvr"), "step,loss\n1,2.3\n");
  refused(this->file("text.tvr"), "no HDF5 signature");
  writeFile(this->file("short.tvr"), "\x89HD");
  refused(this->file("short.tvr"), "no HDF5 signature");

  {
    const Handle other(
      H5Fcreate(this->file("other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    const Handle newer(
      H5Fcreate(this->file("newer.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access));
    ASSERT_TRUE(other && newer);
  }
  refused(this->file("other.h5"), "HDF5 file of another program");
  refused(this->file("newer.h5"), "HDF5 file of another program");
}

TEST_F(RunBadFileTest, AnotherMajorVersionIsRefused)
{
  const auto setVersion = [this](int version)
  {
    this->damage(
      [&](hid_t file)
      {
        const Handle attribute(H5Aopen(file, runformat::majorAttribute, H5P_DEFAULT));
        H5Awrite(attribute, H5T_NATIVE_INT, &version);
      });
  };
  setVersion(7);
  EXPECT_TRUE(RunReader::canRead(this->path_));
  EXPECT_TRUE(says(this->refusal(this->path_), "format version is 7"));
  EXPECT_TRUE(says(this->refusal(this->path_), "use a newer TensorView"));
  setVersion(0);
  EXPECT_TRUE(says(this->refusal(this->path_), "record the run anew"));
  this->damage([](hid_t file) { H5Adelete(file, runformat::majorAttribute); });
  EXPECT_TRUE(says(this->refusal(this->path_), "version is missing"));
}

TEST_F(RunBadFileTest, AnotherFormatIsRefused)
{
  this->damage(
    [](hid_t file)
    {
      const Handle attribute(H5Aopen(file, runformat::formatAttribute, H5P_DEFAULT));
      const Handle type(H5Aget_type(attribute));
      const std::string text = "tensorview-run"; // of the same length, but another one
      std::string other(text.size() + 1, '\0');
      other.replace(0, text.size(), "somebody-else!");
      H5Awrite(attribute, type, other.data());
    });
  EXPECT_FALSE(RunReader::canRead(this->path_));
  EXPECT_TRUE(says(this->refusal(this->path_), "HDF5 file of another program"));
}

TEST_F(RunBadFileTest, EveryCutIsRefused)
{
  const std::string whole = contentOf(this->path_);
  const std::string path = this->file("cut.tvr");
  for (std::size_t length = 0; length < whole.size(); length += length < 4096 ? 61 : 3001)
  {
    writeFile(path, whole.substr(0, length));
    const std::string message = this->refusal(path);
    EXPECT_TRUE(says(message, path)) << "cut at " << length;
    EXPECT_FALSE(RunReader::canRead(path)) << "cut at " << length;
  }
  EXPECT_TRUE(says(this->refusal(path), "it is cut off"));
}

TEST_F(RunBadFileTest, EveryCutOfAnUnfinishedFileIsToldOrHarmless)
{
  // As of a writer that was killed: the file does not know how long it should be.
  const RunLayout layout = smallLayout();
  const std::string path = this->file("live.tvr");
  const auto writer = RunWriter::create(path, layout);
  writer->appendSteps(stepsOf(layout, 1, 12));
  for (const std::int64_t step : { 0, 5, 10 })
  {
    const auto buffers = snapshotOf(layout, step);
    writer->appendSnapshot(step, 0.0, buffers.tensorPointers(), buffers.probePointers());
  }
  writer->flush();
  const std::string whole = contentOf(path);
  const std::string cut = this->file("cut.tvr");
  for (std::size_t length = 48; length < whole.size(); length += 7001)
  {
    writeFile(cut, whole.substr(0, length));
    EXPECT_NE(readAll(cut), "") << "cut at " << length;
  }
  writeFile(cut, whole);
  EXPECT_EQ(readAll(cut), "");
}

TEST_F(RunBadFileTest, RandomDamageNeverCrashes)
{
  const std::string whole = contentOf(this->path_);
  const std::string path = this->file("damaged.tvr");
  // In a child: HDF5 may lose track of what a damaged file had open, and says so at exit.
  EXPECT_EQ(inChild(
              [&]
              {
                std::mt19937 random(7);
                for (int i = 0; i < 300; ++i)
                {
                  std::string content = whole;
                  const std::size_t count = 1 + random() % 8;
                  for (std::size_t k = 0; k < count; ++k)
                  {
                    // Half of the hits go to the descriptions at the start.
                    const std::size_t most =
                      k % 2 ? content.size() : std::min<std::size_t>(8192, content.size());
                    content[random() % most] = static_cast<char>(random());
                  }
                  writeFile(path, content);
                  readAll(path); // an answer or a RunFileError
                }
                return std::string();
              }),
    "");
}

TEST_F(RunBadFileTest, CountersThatPromiseTooMuchAreTold)
{
  this->damage([](hid_t file) { setCounters(file, { 1000 }); });
  EXPECT_TRUE(says(readAll(this->path_), "'steps/step': it has 12 rows"));
  this->damage([](hid_t file) { setCounters(file, { 0, 0, 1000 }); });
  EXPECT_TRUE(says(readAll(this->path_), "snapshots/step"));
  this->damage([](hid_t file) { setCounters(file, { -1 }); });
  EXPECT_TRUE(says(readAll(this->path_), "a counter says -1"));
  this->damage([](hid_t file) { setCounters(file, { std::int64_t(1) << 62 }); });
  EXPECT_TRUE(says(readAll(this->path_), "a counter says"));
  this->damage([](hid_t file) { replace(file, runformat::counters, H5T_STD_I64LE, { 2 }); });
  EXPECT_TRUE(says(readAll(this->path_), "'counters'"));
}

TEST_F(RunBadFileTest, DataSetsThatAreNotAsDescribedAreTold)
{
  struct Case
  {
    const char* name;
    hid_t type;
    hdf5::Extents size;
    bool chunked;
    const char* reason;
  };
  const Case cases[] = {
    { "steps/metrics", H5T_IEEE_F32LE, { 12, 2 }, true, "rows are not as described" },
    { "steps/metrics", H5T_IEEE_F32LE, { 12 }, true, "1 extents instead of 2" },
    { "steps/metrics", H5T_STD_I32LE, { 12, 3 }, true, "of another type" },
    { "steps/metrics", H5T_IEEE_F32LE, { 12, 3 }, false, "not chunked" },
    { "steps/metrics", H5T_C_S1, { 12, 3 }, true, "does not hold numbers" },
    { "steps/tracked", H5T_IEEE_F32LE, { 12, 4 }, true, "rows are not as described" },
    { "steps/statistics", H5T_IEEE_F32LE, { 12, 1, 12 }, true, "smaller than described" },
    { "tensors/conv1/weight", H5T_IEEE_F32LE, { 3, 4, 1, 3, 4 }, true, "not as described" },
    { "tensors/conv1/weight", H5T_IEEE_F32LE, { 2, 4, 1, 3, 3 }, true, "it has 2 rows" },
    { "snapshots/step", H5T_IEEE_F64LE, { 3 }, true, "of another type" },
    { "text/edits_end", H5T_STD_I64LE, { 1 }, true, "do not ascend" },
    { "slots/conv1", H5T_STD_I64LE, { 4, 3 }, true, "rows are not as described" },
    { "slots/conv1", H5T_STD_I64LE, { 4, 4 }, true, "do not ascend" },
  };
  const std::string whole = contentOf(this->path_);
  for (const Case& wrong : cases)
  {
    writeFile(this->path_, whole);
    this->damage(
      [&](hid_t file) { replace(file, wrong.name, wrong.type, wrong.size, wrong.chunked); });
    const std::string message = readAll(this->path_);
    EXPECT_TRUE(says(message, this->path_));
    EXPECT_TRUE(says(message, wrong.reason)) << wrong.name;
  }
}

TEST_F(RunBadFileTest, MissingDataSetsAreTold)
{
  for (const char* name : { "counters", "layout", "steps/step", "snapshots/epoch",
         "tensors/fc1/weight", "probe/fc1/activation", "text/edits" })
  {
    const std::string whole = contentOf(this->path_);
    this->damage([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); });
    EXPECT_TRUE(says(readAll(this->path_), std::string("'") + name + "': the data set is missing"));
    writeFile(this->path_, whole);
  }
}

TEST_F(RunBadFileTest, SizesThatTheFileCannotHoldAreTold)
{
  // 10^12 rows that were never stored.
  this->damage(
    [](hid_t file)
    {
      replace(file, "steps/step", H5T_STD_I64LE, { 1000000000000 });
      setCounters(file, { 1000000000000 });
    });
  EXPECT_TRUE(says(readAll(this->path_), "more than the file"));
}

TEST_F(RunBadFileTest, BadDescriptionsAreTold)
{
  const auto refusalOf = [this](const std::string& text)
  {
    this->damage([&](hid_t file) { setLayoutText(file, text); });
    return this->refusal(this->path_);
  };
  EXPECT_TRUE(says(refusalOf("{"), "damaged description"));
  EXPECT_TRUE(says(refusalOf("[1]"), "damaged description"));
  EXPECT_TRUE(says(refusalOf(std::string(100000, '[')), "damaged description"));
  EXPECT_TRUE(says(refusalOf(R"({"metrics": 3})"), "damaged description"));
  EXPECT_TRUE(says(refusalOf(R"({"parent_step": 1e21})"), "is not whole, or too large"));
  EXPECT_TRUE(says(refusalOf(R"({"threads": 18446744073709551616})"), "too large"));
  EXPECT_TRUE(says(refusalOf(R"({"layers": [{"id": 1.5, "name": "a"}]})"), "is not whole"));
  EXPECT_TRUE(says(refusalOf(R"({"tensors": [{"layer": "a"}]})"), "damaged description"));
  EXPECT_TRUE(
    says(refusalOf(R"({"tensors": [{"layer_id":1,"layer":"a","kind":"weight","shape":[1,2,3]}]})"),
      "damaged description"));
  EXPECT_TRUE(says(
    refusalOf(R"({"tensors": [{"layer_id":1,"layer":"a","kind":"weight","shape":[-1,2,3,4]}]})"),
    "impossible shape"));
  EXPECT_TRUE(
    says(refusalOf(R"({"filter_series": [{"name":"a","layer_id":1,"slots":-5}]})"), "slots"));
}

TEST_F(RunBadFileTest, QuestionsOutOfRangeAreRefused)
{
  const auto reader = RunReader::open(this->path_);
  const auto refused = [](const std::string& part, auto&& ask)
  { EXPECT_TRUE(says(runFileErrorOf(ask), part)); };
  refused("no tensor number 5", [&] { reader->readTensor(5, 0); });
  refused("no snapshot number 3", [&] { reader->readTensor(0, 3); });
  refused("no tensor number 1", [&] { reader->readProbe(1, 0); });
  refused("no statistics number 2", [&] { reader->statistics(2); });
  refused("no histogram", [&] { reader->histogram(0, 12); });
  refused("no histogram", [&] { reader->histogram(2, 0); });
  refused("no filter series 'x'", [&] { reader->filterSeries("x"); });
  refused("no weights of a layer 'pool'", [&] { reader->coordinates("pool", { 0 }); });
  refused("has 36 weights; there is no number 36", [&] { reader->coordinates("conv1", { 36 }); });
  refused("there is no number -1", [&] { reader->coordinates("conv1", { -1 }); });
  refused("no text stream 'x'", [&] { reader->jsonLines("x"); });
  EXPECT_EQ(reader->readTensor(0, 0).shape.filters, 4); // and goes on
}

} // namespace
} // namespace tensorview
