#include "RunSegments.h"
#include "RunFixture.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <cmath>

namespace tensorview
{
namespace
{

using namespace testing;

::testing::AssertionResult says(const std::string& message, const std::string& part)
{
  return message.find(part) != std::string::npos
           ? ::testing::AssertionSuccess()
           : ::testing::AssertionFailure() << "'" << message << "' lacks '" << part << "'";
}

class RunSegmentsTest : public RunFileTest
{
protected:
  /// A segment with rows of steps [first, last] and a snapshot every 5 steps, all tensors raised by
  /// `mark` so that they tell the segment.
  void record(const std::string& name, const std::string& parent, std::int64_t parentStep,
    std::int64_t first, std::int64_t last, float mark, RunLayout layout = smallLayout())
  {
    layout.parentSegment = parent;
    layout.parentStep = parentStep;
    const auto writer = RunWriter::create(this->file(name), layout);
    if (std::max<std::int64_t>(1, first) <= last)
    {
      const std::int64_t firstRow = std::max<std::int64_t>(1, first);
      StepBlock block = stepsOf(layout, firstRow, last - firstRow + 1);
      for (float& value : block.metrics)
      {
        value += mark;
      }
      writer->appendSteps(block);
    }
    for (std::int64_t step = first; step <= last; ++step)
    {
      if (step % 5 == 0)
      {
        auto buffers = snapshotOf(layout, step);
        for (auto& tensor : buffers.tensors)
        {
          for (float& value : tensor)
          {
            value += mark;
          }
        }
        writer->appendSnapshot(step, 0.0, buffers.tensorPointers());
        writer->appendFilters(filtersOf(layout, step));
        writer->appendEvaluation({ step, 0.0, mark, 0.5F, {} });
        writer->appendJsonLine("edits", "{\"step\":" + std::to_string(step) + "}");
      }
    }
    writer->close();
  }

  /// Marks of the metrics along the run: where each step comes from.
  static std::vector<int> marks(const RunReader& reader)
  {
    const StepTable table = reader.metrics();
    std::vector<int> result;
    for (std::size_t row = 0; row < table.step.size(); ++row)
    {
      result.push_back(int(
        std::lround(table.values[row * table.columns.size()] - metricValue(table.step[row], 0))));
    }
    return result;
  }
};

TEST_F(RunSegmentsTest, NamesSegments)
{
  EXPECT_EQ(segmentPath("a/run.tvr", 1), "a/run.0001.tvr");
  EXPECT_EQ(segmentPath("run", 12), "run.0012");
  EXPECT_EQ(segmentPath("run.tvr", 12345), "run.12345.tvr");
  EXPECT_EQ(segmentPath("run.tvr", 0), "run.tvr");

  const std::string path = this->file("run.tvr");
  writeFile(path, "");
  EXPECT_EQ(nextSegmentPath(path), this->file("run.0001.tvr"));
  writeFile(this->file("run.0001.tvr"), "");
  EXPECT_EQ(nextSegmentPath(path), this->file("run.0002.tvr"));
  EXPECT_EQ(nextSegmentPath(this->file("run.0001.tvr")), this->file("run.0002.tvr"));
  EXPECT_EQ(rootSegmentPath(this->file("run.0001.tvr")), path);
  EXPECT_EQ(rootSegmentPath(this->file("other.0001.tvr")), this->file("other.0001.tvr"));
  EXPECT_EQ(existingSegments(this->file("run.0001.tvr")),
    (std::vector<std::string>{ path, this->file("run.0001.tvr") }));
}

TEST_F(RunSegmentsTest, AnySegmentOpensTheRun)
{
  this->record("run.tvr", "", -1, 0, 12, 0.0F);
  this->record("run.0001.tvr", "run.tvr", 12, 13, 20, 1.0F);
  for (const char* name : { "run.tvr", "run.0001.tvr" })
  {
    const auto reader = RunReader::open(this->file(name));
    EXPECT_EQ(reader->branches(), (std::vector<std::string>{ "run.0001.tvr" }));
    EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10, 15, 20 }));
    EXPECT_EQ(reader->stepCount(), 20U);
    EXPECT_EQ(reader->readTensor(0, 4).data.get()[3], tensorValue(20, 0, 3) + 1.0F);
    EXPECT_EQ(reader->readTensor(0, 2).data.get()[3], tensorValue(10, 0, 3));
    EXPECT_EQ(reader->evaluations().size(), 5U);
    EXPECT_EQ(reader->filterSeries("conv1/weight_norm").step.size(), 5U);
    EXPECT_EQ(reader->jsonLines("edits").size(), 5U);
    EXPECT_TRUE(reader->problems().empty());
  }
}

TEST_F(RunSegmentsTest, ABranchGoesOnFromItsParentsStep)
{
  this->record("run.tvr", "", -1, 0, 12, 0.0F);
  this->record("run.0001.tvr", "run.tvr", 7, 8, 10, 1.0F);
  const auto newest = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(newest->branches(), (std::vector<std::string>{ "run.tvr", "run.0001.tvr" }));
  EXPECT_EQ(newest->steps(), (std::vector<std::int64_t>{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }));
  EXPECT_EQ(marks(*newest), (std::vector<int>{ 0, 0, 0, 0, 0, 0, 0, 1, 1, 1 }));
  EXPECT_EQ(newest->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10 }));
  EXPECT_EQ(newest->readTensor(0, 2).data.get()[0], tensorValue(10, 0, 0) + 1.0F);
  EXPECT_EQ(newest->evaluations()[2].loss, 1.0F);
  EXPECT_EQ(newest->metrics(5, 4).step, (std::vector<std::int64_t>{ 6, 7, 8, 9 }));

  // What was given up stays readable.
  const auto old = RunReader::open(this->file("run.0001.tvr"), "run.tvr");
  EXPECT_EQ(old->stepCount(), 12U);
  EXPECT_EQ(old->readTensor(0, 2).data.get()[0], tensorValue(10, 0, 0));
}

TEST_F(RunSegmentsTest, OfTwoBranchesTheNewestIsShown)
{
  this->record("run.tvr", "", -1, 0, 10, 0.0F);
  this->record("run.0001.tvr", "run.tvr", 10, 11, 15, 1.0F);
  this->record("run.0002.tvr", "run.tvr", 5, 6, 9, 2.0F);
  this->record("run.0003.tvr", "run.0002.tvr", 8, 9, 11, 3.0F);
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->branches(),
    (std::vector<std::string>{ "run.0001.tvr", "run.0002.tvr", "run.0003.tvr" }));
  EXPECT_EQ(marks(*reader), (std::vector<int>{ 0, 0, 0, 0, 0, 2, 2, 2, 3, 3, 3 }));
  EXPECT_EQ(marks(*RunReader::open(this->file("run.tvr"), "run.0001.tvr")),
    (std::vector<int>{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1 }));
  EXPECT_TRUE(says(runFileErrorOf([&] { RunReader::open(this->file("run.tvr"), "run.0009.tvr"); }),
    "choose one of run.0001.tvr, run.0002.tvr, run.0003.tvr"));
}

TEST_F(RunSegmentsTest, TheStateAfterAnEditReplacesTheOneBefore)
{
  this->record("run.tvr", "", -1, 0, 10, 0.0F);
  RunLayout pruned = smallLayout();
  pruned.model.layers[0].slots[1].removedStep = 10;
  this->record("run.0001.tvr", "run.tvr", 10, 10, 15, 1.0F, pruned);
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10, 15 }));
  EXPECT_EQ(reader->readTensor(0, 1).slot.size(), 4U);
  EXPECT_EQ(reader->readTensor(0, 2).slot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  EXPECT_EQ(reader->readTensor(4, 2).channelSlot, (std::vector<std::int32_t>{ 0, 2, 3 }));
}

TEST_F(RunSegmentsTest, EpochsMayChangeTheirLength)
{
  this->record("run.tvr", "", -1, 0, 20, 0.0F);
  RunLayout longer = smallLayout();
  longer.clock = { 40, 20, 1 };
  this->record("run.0001.tvr", "run.tvr", 20, 20, 40, 1.0F, longer);
  const StepTable filters =
    RunReader::open(this->file("run.tvr"))->filterSeries("conv1/weight_norm");
  ASSERT_EQ(filters.step.size(), filters.epoch.size());
  for (std::size_t row = 0; row < filters.step.size(); ++row)
  {
    const std::int64_t step = filters.step[row];
    EXPECT_EQ(filters.epoch[row], (step <= 20 ? smallLayout().clock : longer.clock).epochOf(step));
  }
  EXPECT_EQ(filters.epoch.back(), 1.5);
}

TEST_F(RunSegmentsTest, ColumnsAreFoundByName)
{
  this->record("run.tvr", "", -1, 0, 5, 0.0F);
  RunLayout grown = smallLayout();
  grown.metricColumns = { "accuracy", "conv2/weight_norm", "loss" };
  grown.statisticTensors = { { "conv2", kinds::weight }, { "conv1", kinds::weight } };
  grown.tracked = { { 2, 47 }, { 1, 0 }, { 3, 2 } };
  grown.filterSeries = { { "conv2/weight_norm", 3, 2 }, { "conv1/weight_norm", 1, 5 } };
  grown.changeBandLayers = { "conv2", "conv1" };
  grown.model.layers.push_back({ 3, "conv2", "convolution", {} });
  grown.model.tensors.insert(
    grown.model.tensors.begin(), { 3, "conv2", kinds::weight, { 2, 1, 1, 3 }, -1 });
  this->record("run.0001.tvr", "run.tvr", 5, 6, 10, 0.0F, grown);
  const auto reader = RunReader::open(this->file("run.tvr"));

  const StepTable metrics = reader->metrics();
  EXPECT_EQ(metrics.columns, grown.metricColumns);
  EXPECT_EQ(metrics.values[0], metricValue(1, 1));
  EXPECT_TRUE(std::isnan(metrics.values[1]));
  EXPECT_EQ(metrics.values[2], metricValue(1, 0));
  const std::size_t at =
    3 * static_cast<std::size_t>(
          std::find(metrics.step.begin(), metrics.step.end(), 7) - metrics.step.begin());
  EXPECT_EQ(metrics.values[at + 1], metricValue(7, 1));

  EXPECT_TRUE(std::isnan(reader->statistics(0, 0, 1).values[0]));
  EXPECT_EQ(reader->statistics(1, 0, 1).values[0], 100.0F);
  EXPECT_EQ(reader->histogram(0, 0).count[0], 0U);

  EXPECT_EQ(reader->readTensor(0, 0).shape.filters, 0); // conv2 was not there
  EXPECT_EQ(reader->readTensor(1, 0).data.get()[1], tensorValue(0, 0, 1));
  EXPECT_EQ(reader->readTensor(1, 2).data.get()[1], tensorValue(10, 1, 1));

  const auto kept = reader->coordinates("fc1", { 47 });
  EXPECT_TRUE(kept.everyStep);
  EXPECT_EQ(kept.values.front(), trackedValue(1, 4));
  EXPECT_EQ(kept.values.back(), trackedValue(10, 0));
  const auto lost = reader->coordinates("conv1", { 4 }); // no longer tracked
  EXPECT_FALSE(lost.everyStep);
  EXPECT_EQ(lost.values,
    (std::vector<float>{ tensorValue(0, 0, 4), tensorValue(5, 0, 4), tensorValue(10, 1, 4) }));
  const auto young = reader->coordinates("conv2", { 2 }, 6);
  EXPECT_TRUE(young.everyStep);
  EXPECT_TRUE(std::isnan(reader->coordinates("conv2", { 1 }).values[0]));

  const StepTable series = reader->filterSeries("conv1/weight_norm");
  ASSERT_EQ(series.values.size(), 3U * 5U);
  EXPECT_EQ(series.values[3], 3.0F);
  EXPECT_TRUE(std::isnan(series.values[4]));
  EXPECT_EQ(series.values[14], 104.0F);
  EXPECT_TRUE(std::isnan(reader->filterSeries("conv2/weight_norm").values[0]));
  const StepTable bands = reader->changeBands();
  EXPECT_TRUE(std::isnan(bands.values[0]));
  EXPECT_EQ(bands.values[changeBandCount], 0.0F);
}

TEST_F(RunSegmentsTest, MissingAndBadSegmentsAreTold)
{
  this->record("run.tvr", "", -1, 0, 5, 0.0F);
  this->record("run.0001.tvr", "run.tvr", 5, 6, 10, 1.0F);
  this->record("run.0002.tvr", "run.0001.tvr", 10, 11, 15, 2.0F);

  // A later one that cannot be read is left out.
  const std::string good = contentOf(this->file("run.0002.tvr"));
  writeFile(this->file("run.0002.tvr"), good.substr(0, good.size() / 2));
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->snapshotSteps().back(), 10);
  ASSERT_EQ(reader->problems().size(), 1U);
  EXPECT_TRUE(says(reader->problems()[0], "run.0002.tvr: it is cut off"));
  EXPECT_TRUE(
    says(runFileErrorOf([&] { RunReader::open(this->file("run.0002.tvr")); }), "it is cut off"));
  writeFile(this->file("run.0002.tvr"), good);

  // One in the middle is needed.
  const std::string middle = contentOf(this->file("run.0001.tvr"));
  std::filesystem::remove(this->file("run.0001.tvr"));
  EXPECT_TRUE(says(runFileErrorOf([&] { RunReader::open(this->file("run.tvr")); }),
    "goes on from 'run.0001.tvr', which is not beside it"));
  writeFile(this->file("run.0001.tvr"), "rubbish");
  EXPECT_TRUE(
    says(runFileErrorOf([&] { RunReader::open(this->file("run.tvr")); }), "cannot be read"));
  writeFile(this->file("run.0001.tvr"), middle);
  EXPECT_EQ(RunReader::open(this->file("run.tvr"))->snapshotSteps().back(), 15);

  std::filesystem::remove(this->file("run.tvr"));
  EXPECT_TRUE(says(runFileErrorOf([&] { RunReader::open(this->file("run.0001.tvr")); }),
    "goes on from 'run.tvr', which is not beside it"));
}

TEST_F(RunSegmentsTest, ParentsInACircleAreTold)
{
  this->record("run.tvr", "run.0001.tvr", 5, 0, 5, 0.0F);
  this->record("run.0001.tvr", "run.tvr", 5, 6, 10, 1.0F);
  EXPECT_TRUE(
    says(runFileErrorOf([&] { RunReader::open(this->file("run.tvr")); }), "its own ancestor"));
  this->record("self.tvr", "self.tvr", 5, 0, 5, 0.0F);
  EXPECT_TRUE(
    says(runFileErrorOf([&] { RunReader::open(this->file("self.tvr")); }), "its own ancestor"));
}

TEST_F(RunSegmentsTest, AnEmptySegmentChangesNothing)
{
  this->record("run.tvr", "", -1, 0, 12, 0.0F);
  this->record("run.0001.tvr", "run.tvr", 12, 1, 0, 1.0F);
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10 }));
  EXPECT_EQ(reader->stepCount(), 12U);
}

} // namespace
} // namespace tensorview
