#include "RunFixture.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <cmath>

namespace tensorview
{
namespace
{

using namespace testing;

class RunLayerHistoryTest : public RunFileTest
{
protected:
  /// Snapshots at `steps`; the tensors in `missing` are not recorded at step 10.
  void record(const std::string& name, const RunLayout& layout,
    const std::vector<std::int64_t>& steps, const std::vector<std::size_t>& missing = {})
  {
    const auto writer = RunWriter::create(this->file(name), layout);
    for (const std::int64_t step : steps)
    {
      const auto buffers = snapshotOf(layout, step);
      auto pointers = buffers.tensorPointers();
      for (const std::size_t tensor : missing)
      {
        pointers[tensor] = step == 10 ? nullptr : pointers[tensor];
      }
      writer->appendSnapshot(step, 0.0, pointers);
    }
    writer->close();
  }
};

TEST_F(RunLayerHistoryTest, ReadsABoxOfSomeSnapshots)
{
  this->record("run.tvr", smallLayout(), { 0, 5, 10, 15 });
  const auto run = RunReader::open(this->file("run.tvr"));
  const auto history = run->layerHistory("fc1");
  const LayerHistoryDescription& about = history->description();
  EXPECT_EQ(about.shape, (TensorShape{ 3, 4, 2, 2 }));
  EXPECT_EQ(about.step, (std::vector<std::int64_t>{ 0, 5, 10, 15 }));
  EXPECT_EQ(about.slot, (std::vector<std::int32_t>{ 0, 1, 2 }));
  EXPECT_EQ(about.channelSlot, (std::vector<std::int32_t>{ 0, 1, 2, 3 }));
  EXPECT_EQ(about.piece, (std::array<std::int64_t, 4>{ 3, 4, 2, 2 }));

  const auto tensor = static_cast<std::size_t>(run->model().find("fc1", kinds::weight));
  std::vector<float> values(2 * 2 * 3 * 2);
  history->read({ { 1, 1, 0, 1 }, { 2, 3, 2, 1 } }, { 0, 3 }, values.data());
  EXPECT_EQ(values[0], tensorValue(0, tensor, (1 * 4 + 1) * 4 + 1));
  EXPECT_EQ(values[1], tensorValue(0, tensor, (1 * 4 + 1) * 4 + 3));
  EXPECT_EQ(values[23], tensorValue(15, tensor, (2 * 4 + 3) * 4 + 3));
}

TEST_F(RunLayerHistoryTest, LeavesOutSnapshotsThatWereNotRecorded)
{
  const RunLayout layout = smallLayout();
  const auto tensor = static_cast<std::size_t>(layout.model.find("conv1", kinds::weight));
  this->record("run.tvr", layout, { 0, 10, 20 }, { tensor });
  const auto run = RunReader::open(this->file("run.tvr"));
  const auto history = run->layerHistory("conv1");
  EXPECT_EQ(history->description().step, (std::vector<std::int64_t>{ 0, 20 }));
  std::vector<float> values(2);
  history->read({ { 3, 0, 2, 2 }, { 1, 1, 1, 1 } }, { 0, 1 }, values.data());
  EXPECT_EQ(values[0], tensorValue(0, tensor, 35));
  EXPECT_EQ(values[1], tensorValue(20, tensor, 35));
}

TEST_F(RunLayerHistoryTest, GoesAlongSegmentsAndKnowsWhatExistedWhen)
{
  this->record("run.tvr", smallLayout(), { 0, 10 });
  // Filter 1 of conv1 is removed at step 12 and filter 4 grown: fc1 loses a channel and gains one.
  RunLayout layout = smallLayout();
  for (TensorDescription& tensor : layout.model.tensors)
  {
    (tensor.layer == "conv1" ? tensor.shape.filters : tensor.shape.channels) +=
      tensor.layer == "conv1" || tensor.channelLayerId == layout.model.layers[0].id ? 1 : 0;
  }
  layout.model.layers[0].slots = { { 0, 0, -1, -1 }, { 1, 0, 12, -1 }, { 2, 0, -1, -1 },
    { 3, 0, -1, -1 }, { 4, 12, -1, -1 } };
  layout.parentSegment = "run.tvr";
  layout.parentStep = 12;
  this->record("run.0001.tvr", layout, { 12, 20 });

  const auto run = RunReader::open(this->file("run.tvr"));
  const auto history = run->layerHistory("conv1");
  const LayerHistoryDescription& about = history->description();
  EXPECT_EQ(about.shape.filters, 5);
  EXPECT_EQ(about.step, (std::vector<std::int64_t>{ 0, 10, 12, 20 }));
  EXPECT_EQ(about.slot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  std::vector<float> values(4 * 5);
  history->read({ { 0, 0, 0, 0 }, { 5, 1, 1, 1 } }, { 0, 1, 2, 3 }, values.data());
  const auto tensor = static_cast<std::size_t>(run->model().find("conv1", kinds::weight));
  EXPECT_EQ(values[1], tensorValue(0, tensor, 9));
  EXPECT_TRUE(std::isnan(values[4]));
  EXPECT_TRUE(std::isnan(values[15 + 1]));
  EXPECT_EQ(values[15 + 4], tensorValue(20, tensor, 36));
  EXPECT_EQ(
    run->layerHistory("fc1")->description().channelSlot, (std::vector<std::int32_t>{ 0, 2, 3 }));
}

TEST_F(RunLayerHistoryTest, SaysWhatIsNotThere)
{
  this->record("run.tvr", smallLayout(), {});
  const auto run = RunReader::open(this->file("run.tvr"));
  EXPECT_TRUE(run->layerHistory("conv1")->description().step.empty());
  EXPECT_NE(runFileErrorOf([&] { run->layerHistory("conv9"); }).find("conv9"), std::string::npos);
}

TEST_F(RunLayerHistoryTest, ATruncatedFileIsAnError)
{
  this->record("run.tvr", smallLayout(), { 0, 5, 10, 15 });
  const auto run = RunReader::open(this->file("run.tvr"));
  const auto history = run->layerHistory("fc1");
  std::filesystem::resize_file(this->file("run.tvr"), 4000);
  std::vector<float> values(4 * 48);
  EXPECT_NE(runFileErrorOf(
              [&] {
                history->read({ {}, { 3, 4, 2, 2 } }, { 0, 1, 2, 3 }, values.data());
              }),
    "");
}

} // namespace
} // namespace tensorview
