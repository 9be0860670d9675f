#include "Hdf5.h"
#include "RunFixture.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <cmath>

namespace tensorview
{
namespace
{

using namespace testing;

/// Gram matrices of a layer of four slots, of which slot 1 is removed at step 7.
class RunGramTest : public RunFileTest
{
protected:
  RunGramTest()
    : layout_(smallLayout())
  {
    this->layout_.model.layers[0].slots[1].removedStep = 7;
    this->layout_.gram = { { 1, "conv1", 4 } };
  }

  /// Entry (i, j) of the matrix at a step; the last one counts samples.
  static double value(std::int64_t step, std::size_t i, std::size_t j)
  {
    return static_cast<double>(step) + 10.0 * static_cast<double>(std::min(i, j)) +
           static_cast<double>(std::max(i, j)) + 1.0 / 3.0;
  }

  void append(RunWriter& writer, std::int64_t step, bool withGram)
  {
    std::vector<double> gram;
    for (std::size_t i = 0; i < 5; ++i)
    {
      for (std::size_t j = 0; j < 5; ++j)
      {
        gram.push_back(value(step, i, j));
      }
    }
    const auto buffers = snapshotOf(this->layout_, step);
    const std::vector<const double*> pointers = { withGram ? gram.data() : nullptr };
    writer.appendSnapshot(step, 0.0, buffers.tensorPointers(), buffers.probePointers(), pointers);
  }

  void record(const std::string& path)
  {
    const auto writer = RunWriter::create(path, this->layout_);
    this->append(*writer, 0, true);
    this->append(*writer, 5, false);
    this->append(*writer, 10, true);
    writer->close();
    EXPECT_EQ(writer->error(), "");
  }

  RunLayout layout_;
};

TEST_F(RunGramTest, GivesBackTheFiltersThatExist)
{
  this->record(this->file("run.tvr"));
  const auto reader = RunReader::open(this->file("run.tvr"));
  ASSERT_EQ(reader->layout().gram.size(), 1U);
  EXPECT_EQ(reader->layout().gram[0].slots, 4);

  const GramMatrix first = reader->readGram("conv1", 0);
  EXPECT_EQ(first.layer, "conv1");
  EXPECT_EQ(first.slot, (std::vector<std::int32_t>{ 0, 1, 2, 3 }));
  ASSERT_EQ(first.values.size(), 25U);
  EXPECT_EQ(first.values[5 + 3], value(0, 1, 3));
  EXPECT_EQ(first.values[24], value(0, 4, 4));

  const GramMatrix last = reader->readGram("conv1", 2);
  EXPECT_EQ(last.slot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  ASSERT_EQ(last.values.size(), 16U);
  EXPECT_EQ(last.values[1], value(10, 0, 2));
  EXPECT_EQ(last.values[4 + 3], value(10, 2, 4));
  EXPECT_EQ(last.values[15], value(10, 4, 4));
}

TEST_F(RunGramTest, TheNewestIsOfTheSnapshotOrOneBefore)
{
  this->record(this->file("run.tvr"));
  const auto reader = RunReader::open(this->file("run.tvr"));
  for (const auto& [snapshot, step] : { std::pair(0U, 0), std::pair(1U, 0), std::pair(2U, 10) })
  {
    const GramMatrix gram = reader->newestGram("conv1", snapshot);
    EXPECT_EQ(gram.values, reader->readGram("conv1", step == 10 ? 2 : 0).values) << snapshot;
    EXPECT_EQ(gram.values.at(0), value(step, 0, 0)) << snapshot;
  }
  EXPECT_TRUE(reader->newestGram("fc1", 2).empty());
  EXPECT_NE(runFileErrorOf([&] { reader->newestGram("conv1", 3); }), "");
}

TEST_F(RunGramTest, NoneIsEmpty)
{
  this->record(this->file("run.tvr"));
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_TRUE(reader->readGram("conv1", 1).empty());
  EXPECT_TRUE(reader->readGram("fc1", 0).empty());
  EXPECT_TRUE(reader->readGram("nothing", 0).empty());
  EXPECT_NE(runFileErrorOf([&] { reader->readGram("conv1", 3); }), "");

  // A run of version 1.0 has no such thing.
  this->layout_.gram.clear();
  const auto writer = RunWriter::create(this->file("old.tvr"), this->layout_);
  const auto buffers = snapshotOf(this->layout_, 0);
  writer->appendSnapshot(0, 0.0, buffers.tensorPointers());
  writer->close();
  EXPECT_TRUE(RunReader::open(this->file("old.tvr"))->readGram("conv1", 0).empty());
}

TEST_F(RunGramTest, TakesSnapshotsWithoutAnyAndRefusesAWrongNumber)
{
  const auto writer = RunWriter::create(this->file("run.tvr"), this->layout_);
  const auto buffers = snapshotOf(this->layout_, 0);
  EXPECT_NE(runFileErrorOf(
              [&] {
                writer->appendSnapshot(0, 0.0, buffers.tensorPointers(), {}, { nullptr, nullptr });
              }),
    "");
  writer->appendSnapshot(0, 0.0, buffers.tensorPointers());
  this->append(*writer, 1, true);
  writer->close();
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_TRUE(reader->readGram("conv1", 0).empty());
  EXPECT_EQ(reader->readGram("conv1", 1).values[0], value(1, 0, 0));
}

TEST_F(RunGramTest, RefusesContradictions)
{
  const auto problemWith = [this](const std::vector<GramDescription>& gram)
  {
    this->layout_.gram = gram;
    return runFileErrorOf([this] { RunWriter::create(this->file("run.tvr"), this->layout_); });
  };
  EXPECT_NE(problemWith({ { 1, "conv1", 0 } }).find("Gram"), std::string::npos);
  EXPECT_NE(problemWith({ { 1, "conv1", largestGram + 1 } }).find("slots"), std::string::npos);
  EXPECT_NE(problemWith({ { 1, "conv1", 4 }, { 1, "conv1", 4 } }).find("twice"), std::string::npos);
}

TEST_F(RunGramTest, TellsADataSetThatIsNotAsDescribed)
{
  const std::string path = this->file("run.tvr");
  this->record(path);
  {
    const hdf5::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    H5Ldelete(file, "gram/conv1", H5P_DEFAULT);
    const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE));
    const hsize_t size[3] = { 3, 5, 4 };
    H5Pset_chunk(creation, 3, size);
    const hdf5::Handle space(H5Screate_simple(3, size, nullptr));
    const hdf5::Handle made(
      H5Dcreate2(file, "gram/conv1", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    ASSERT_TRUE(made);
  }
  const auto reader = RunReader::open(path);
  const std::string problem = runFileErrorOf([&] { reader->readGram("conv1", 0); });
  EXPECT_NE(problem.find("gram/conv1"), std::string::npos) << problem;
  EXPECT_EQ(reader->readTensor(0, 0).shape.filters, 4); // the rest can be read
}

} // namespace
} // namespace tensorview
