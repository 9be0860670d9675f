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

class RunRoundTripTest : public RunFileTest
{
protected:
  /// 23 steps, snapshots at 0, 5, 10, ..., filter rows every 10 steps, two evaluations.
  void record(const std::string& path, const RunLayout& layout)
  {
    const auto writer = RunWriter::create(path, layout);
    for (std::int64_t step = 0; step <= 20; step += 5)
    {
      const auto buffers = snapshotOf(layout, step);
      auto tensors = buffers.tensorPointers();
      tensors[2] = nullptr; // gradients were not asked for
      writer->appendSnapshot(step, double(step) / 20.0, tensors, buffers.probePointers());
    }
    writer->appendSteps(stepsOf(layout, 1, 9));
    writer->appendSteps(stepsOf(layout, 10, 14));
    writer->appendFilters(filtersOf(layout, 10));
    writer->appendFilters(filtersOf(layout, 20));
    writer->appendEvaluation({ 10, 0.5, 1.5F, 0.25F, { 0, 1, 0, 0, 1, 65534 } });
    writer->appendEvaluation({ 20, 1.0, 1.25F, 0.75F, {} });
    writer->appendJsonLine("events", R"({"step":20,"event":"end"})");
    writer->appendJsonLine("events", "{}");
    writer->flush();
    writer->close();
    EXPECT_EQ(writer->error(), "");
  }
};

TEST_F(RunRoundTripTest, GivesBackTheLayout)
{
  RunLayout layout = smallLayout();
  layout.model.layers[0].name = "a/b%.c";
  layout.model.layers[1].name = "..";
  for (auto& tensor : layout.model.tensors)
  {
    tensor.layer = tensor.layerId == 1 ? "a/b%.c" : "..";
  }
  layout.model.layers[0].slots = { { 0, 0, -1, -1 }, { 1, 0, 7, -1 }, { 3, 5, -1, 0 } };
  this->record(this->file("run.tvr"), layout);

  const auto reader = RunReader::open(this->file("run.tvr"));
  const RunLayout& read = reader->layout();
  EXPECT_EQ(read.model.name, "small");
  EXPECT_EQ(read.model.graphJson, layout.model.graphJson);
  ASSERT_EQ(read.model.layers.size(), 2U);
  EXPECT_EQ(read.model.layers[0].name, "a/b%.c");
  EXPECT_EQ(read.model.layers[0].type, "convolution");
  EXPECT_EQ(read.model.layers[1].name, "..");
  ASSERT_EQ(read.model.layers[0].slots.size(), 3U);
  EXPECT_EQ(read.model.layers[0].slots[1].removedStep, 7);
  EXPECT_EQ(read.model.layers[0].slots[2].slot, 3);
  EXPECT_EQ(read.model.layers[0].slots[2].bornStep, 5);
  EXPECT_EQ(read.model.layers[0].slots[2].originSlot, 0);
  ASSERT_EQ(read.model.tensors.size(), layout.model.tensors.size());
  EXPECT_EQ(read.model.find("..", kinds::weight), 4);
  EXPECT_EQ(read.model.tensors[4].shape, (TensorShape{ 3, 4, 2, 2 }));
  EXPECT_EQ(read.model.tensors[4].channelLayerId, 1);
  EXPECT_EQ(read.probe.size(), 1U);
  EXPECT_EQ(read.metricColumns, layout.metricColumns);
  EXPECT_EQ(read.statisticTensors.size(), 2U);
  EXPECT_EQ(read.tracked.size(), 5U);
  EXPECT_EQ(read.tracked[4].index, 47);
  EXPECT_EQ(read.filterSeries[1].name, "fc1/weight_norm");
  EXPECT_EQ(read.filterSeries[1].slots, 3);
  EXPECT_EQ(read.changeBandLayers, layout.changeBandLayers);
  EXPECT_EQ(read.classNames, layout.classNames);
  EXPECT_EQ(read.validationLabels, layout.validationLabels);
  EXPECT_EQ(read.validationIndices, layout.validationIndices);
  EXPECT_EQ(read.optionsJson, layout.optionsJson);
  EXPECT_EQ(read.clock, EpochClock{ 20 });
  EXPECT_EQ(read.snapshotInterval, 5);
  EXPECT_EQ(read.filterInterval, 10);
  EXPECT_EQ(read.threads, 2);
  EXPECT_EQ(read.instructionSet, "avx2");
  EXPECT_EQ(read.parentSegment, "");
  EXPECT_EQ(read.parentStep, -1);
}

TEST_F(RunRoundTripTest, GivesBackTheClock)
{
  RunLayout layout = smallLayout();
  layout.clock = { 40, 20, 1 };
  this->record(this->file("run.tvr"), layout);
  EXPECT_EQ(RunReader::open(this->file("run.tvr"))->layout().clock, layout.clock);
}

TEST_F(RunRoundTripTest, GivesBackSnapshots)
{
  const RunLayout layout = smallLayout();
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10, 15, 20 }));
  EXPECT_EQ(reader->snapshotEpochs()[1], 0.25);
  for (std::size_t snapshot = 0; snapshot < 5; ++snapshot)
  {
    const auto buffers = snapshotOf(layout, reader->snapshotSteps()[snapshot]);
    for (const std::size_t tensor : { 0U, 1U, 3U, 4U })
    {
      const TensorValues values = reader->readTensor(tensor, snapshot);
      EXPECT_EQ(values.shape, layout.model.tensors[tensor].shape);
      ASSERT_EQ(values.slot.size(), std::size_t(values.shape.filters));
      EXPECT_EQ(values.slot.back(), values.shape.filters - 1);
      EXPECT_EQ(values.channelSlot.size(), std::size_t(values.shape.channels));
      EXPECT_TRUE(std::equal(
        buffers.tensors[tensor].begin(), buffers.tensors[tensor].end(), values.data.get()));
      EXPECT_EQ(values.range.min, buffers.tensors[tensor].front());
      EXPECT_EQ(values.range.finiteMax, buffers.tensors[tensor].back());
    }
    const TensorValues probe = reader->readProbe(0, snapshot);
    EXPECT_EQ(probe.shape, (TensorShape{ 3, 1, 1, 7 }));
    EXPECT_TRUE(std::equal(buffers.probe[0].begin(), buffers.probe[0].end(), probe.data.get()));
  }
}

TEST_F(RunRoundTripTest, TensorThatWasNotRecordedHasNoFilters)
{
  this->record(this->file("run.tvr"), smallLayout());
  const auto reader = RunReader::open(this->file("run.tvr"));
  const TensorValues gradient = reader->readTensor(2, 1);
  EXPECT_EQ(gradient.shape, (TensorShape{ 0, 1, 3, 3 }));
  EXPECT_EQ(gradient.data, nullptr);
  EXPECT_EQ(gradient.description.kind, kinds::weightGradient);
}

TEST_F(RunRoundTripTest, ATensorThatIsConstantIsKeptOnceAndHoldsForAllSnapshots)
{
  RunLayout layout = smallLayout();
  layout.model.tensors[0].constant = true;
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_TRUE(reader->layout().model.tensors[0].constant);
  EXPECT_FALSE(reader->layout().model.tensors[1].constant);
  for (std::size_t snapshot = 0; snapshot < 5; ++snapshot)
  {
    const TensorValues values = reader->readTensor(0, snapshot);
    ASSERT_EQ(values.shape.filters, 4);
    EXPECT_EQ(values.data.get()[7], tensorValue(0, 0, 7)) << "of the first snapshot";
    EXPECT_EQ(reader->readTensor(1, snapshot).data.get()[0],
      tensorValue(static_cast<std::int64_t>(5 * snapshot), 1, 0));
  }
  EXPECT_LT(layout.expectedBytes(23, 100, 2), smallLayout().expectedBytes(23, 100, 2));
}

TEST_F(RunRoundTripTest, ReadsARangeOfFilters)
{
  const RunLayout layout = smallLayout();
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));
  const TensorValues middle = reader->readTensor(0, 2, 1, 2);
  EXPECT_EQ(middle.shape, (TensorShape{ 2, 1, 3, 3 }));
  EXPECT_EQ(middle.slot, (std::vector<std::int32_t>{ 1, 2 }));
  EXPECT_EQ(middle.data.get()[0], tensorValue(10, 0, 9));
  EXPECT_EQ(reader->readTensor(0, 2, 3, 100).shape.filters, 1);
  EXPECT_EQ(reader->readTensor(0, 2, 4, 1).shape.filters, 0);
  EXPECT_EQ(reader->readTensor(0, 2, 0, 0).shape.filters, 0);
}

TEST_F(RunRoundTripTest, LeavesOutRemovedAndUnbornSlotsAndChannels)
{
  RunLayout layout = smallLayout();
  // conv1: slot 1 is removed at step 10, slot 3 is born at step 15.
  layout.model.layers[0].slots = { { 0, 0, -1, -1 }, { 1, 0, 10, -1 }, { 2, 0, -1, -1 },
    { 3, 15, -1, 0 } };
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));

  EXPECT_EQ(reader->readTensor(0, 1).slot, (std::vector<std::int32_t>{ 0, 1, 2 }));
  const TensorValues after = reader->readTensor(0, 2); // step 10
  EXPECT_EQ(after.slot, (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(after.shape, (TensorShape{ 2, 1, 3, 3 }));
  EXPECT_EQ(after.data.get()[9], tensorValue(10, 0, 18));

  const TensorValues fed = reader->readTensor(4, 3); // fc1 at step 15
  EXPECT_EQ(fed.slot, (std::vector<std::int32_t>{ 0, 1, 2 }));
  EXPECT_EQ(fed.channelSlot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  EXPECT_EQ(fed.shape, (TensorShape{ 3, 3, 2, 2 }));
  // Slot 1, channel 2, row 0, column 0 of [3, 4, 2, 2] is element 16 + 8.
  EXPECT_EQ(fed.data.get()[12 + 4], tensorValue(15, 4, 24));
  const TensorValues one = reader->readTensor(4, 3, 2, 1);
  EXPECT_EQ(one.slot, (std::vector<std::int32_t>{ 2 }));
  EXPECT_EQ(one.data.get()[11], tensorValue(15, 4, 47));
}

TEST_F(RunRoundTripTest, GivesBackRows)
{
  const RunLayout layout = smallLayout();
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->stepCount(), 23U);
  EXPECT_EQ(reader->steps(20), (std::vector<std::int64_t>{ 21, 22, 23 }));
  EXPECT_EQ(reader->steps(2, 2), (std::vector<std::int64_t>{ 3, 4 }));
  EXPECT_TRUE(reader->steps(23).empty());
  EXPECT_TRUE(reader->steps(1000, 5).empty());

  const StepTable metrics = reader->metrics();
  EXPECT_EQ(metrics.columns, layout.metricColumns);
  ASSERT_EQ(metrics.values.size(), 23U * 3U);
  EXPECT_EQ(metrics.step.front(), 1);
  EXPECT_EQ(metrics.epoch.back(), 23.0 / 20.0);
  EXPECT_EQ(metrics.values[3 * 7 + 2], metricValue(8, 2));
  EXPECT_EQ(reader->metrics(10, 2).values[0], metricValue(11, 0));

  const StepTable statistics = reader->statistics(1, 4, 3);
  ASSERT_EQ(statistics.values.size(), 3U * statisticCount);
  EXPECT_EQ(statistics.columns[6], "l2");
  EXPECT_EQ(statistics.values[0], 512.0F); // step 5, tensor 1, statistic 0

  const auto histogram = reader->histogram(1, 5); // step 6
  EXPECT_EQ(histogram.count[0], 6064U);
  EXPECT_EQ(histogram.count[63], 6127U);
  EXPECT_EQ(histogram.low, -6.0F);
  EXPECT_EQ(histogram.high, 1.5F);
  EXPECT_TRUE(histogram.exact);
  EXPECT_FALSE(reader->histogram(0, 5).exact);
}

TEST_F(RunRoundTripTest, GivesBackFilterRowsEvaluationsAndText)
{
  const RunLayout layout = smallLayout();
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));
  const StepTable series = reader->filterSeries("fc1/weight_norm");
  EXPECT_EQ(series.step, (std::vector<std::int64_t>{ 10, 20 }));
  EXPECT_EQ(series.epoch, (std::vector<double>{ 0.5, 1.0 }));
  EXPECT_EQ(series.columns, (std::vector<std::string>{ "0", "1", "2" }));
  EXPECT_EQ(series.values, (std::vector<float>{ 100, 101, 102, 200, 201, 202 }));
  const StepTable bands = reader->changeBands();
  ASSERT_EQ(bands.values.size(), 2U * 2U * changeBandCount);
  EXPECT_EQ(bands.columns[9], "fc1/1");
  EXPECT_EQ(bands.values[16 + 9], 29.0F);

  const auto evaluations = reader->evaluations(true);
  ASSERT_EQ(evaluations.size(), 2U);
  EXPECT_EQ(evaluations[0].step, 10);
  EXPECT_EQ(evaluations[0].loss, 1.5F);
  EXPECT_EQ(evaluations[1].accuracy, 0.75F);
  EXPECT_EQ(evaluations[0].predicted, (std::vector<std::uint16_t>{ 0, 1, 0, 0, 1, 65534 }));
  EXPECT_TRUE(evaluations[1].predicted.empty());
  EXPECT_TRUE(reader->evaluations().front().predicted.empty());

  EXPECT_EQ(reader->jsonLines("events"),
    (std::vector<std::string>{ R"({"step":20,"event":"end"})", "{}" }));
  EXPECT_TRUE(reader->jsonLines("edits").empty());
}

TEST_F(RunRoundTripTest, CoordinatesThatAreTrackedComeAtEveryStep)
{
  this->record(this->file("run.tvr"), smallLayout());
  const auto reader = RunReader::open(this->file("run.tvr"));
  const auto history = reader->coordinates("conv1", { 35, 0, 35 });
  EXPECT_TRUE(history.everyStep);
  ASSERT_EQ(history.step.size(), 23U);
  ASSERT_EQ(history.values.size(), 23U * 3U);
  for (std::size_t row = 0; row < 23; ++row)
  {
    const auto step = static_cast<std::int64_t>(row) + 1;
    EXPECT_EQ(history.step[row], step);
    EXPECT_EQ(history.values[3 * row], trackedValue(step, 2));
    EXPECT_EQ(history.values[3 * row + 1], trackedValue(step, 0));
    EXPECT_EQ(history.values[3 * row + 2], trackedValue(step, 2));
  }
  const auto part = reader->coordinates("fc1", { 47 }, 5, 7);
  EXPECT_EQ(part.step, (std::vector<std::int64_t>{ 5, 6, 7 }));
  EXPECT_EQ(part.values[0], trackedValue(5, 4));
  EXPECT_TRUE(reader->coordinates("fc1", { 47 }, 9, 8).step.empty());
}

TEST_F(RunRoundTripTest, OtherCoordinatesComeFromSnapshots)
{
  RunLayout layout = smallLayout();
  layout.model.layers[0].slots[2].removedStep = 10;
  this->record(this->file("run.tvr"), layout);
  const auto reader = RunReader::open(this->file("run.tvr"));
  const auto history = reader->coordinates("conv1", { 20, 3, 0 }, 1, 15);
  EXPECT_FALSE(history.everyStep);
  EXPECT_EQ(history.step, (std::vector<std::int64_t>{ 5, 10, 15 }));
  ASSERT_EQ(history.values.size(), 9U);
  EXPECT_EQ(history.values[0], tensorValue(5, 0, 20));
  EXPECT_EQ(history.values[1], tensorValue(5, 0, 3));
  EXPECT_TRUE(std::isnan(history.values[3])); // slot 2 has gone
  EXPECT_EQ(history.values[8], tensorValue(15, 0, 0));
}

TEST_F(RunRoundTripTest, FindsTheSnapshotOfAStep)
{
  this->record(this->file("run.tvr"), smallLayout());
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->snapshotIndexAt(-3), 0U);
  EXPECT_EQ(reader->snapshotIndexAt(0), 0U);
  EXPECT_EQ(reader->snapshotIndexAt(4.9), 0U);
  EXPECT_EQ(reader->snapshotIndexAt(5), 1U);
  EXPECT_EQ(reader->snapshotIndexAt(1e9), 4U);
}

TEST_F(RunRoundTripTest, AnEmptyRunIsReadable)
{
  RunWriter::create(this->file("run.tvr"), smallLayout())->close();
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->stepCount(), 0U);
  EXPECT_TRUE(reader->snapshotSteps().empty());
  EXPECT_EQ(reader->snapshotIndexAt(5), 0U);
  EXPECT_TRUE(reader->metrics().values.empty());
  EXPECT_TRUE(reader->coordinates("conv1", { 0, 4 }).step.empty());
  EXPECT_TRUE(reader->evaluations(true).empty());
  EXPECT_TRUE(reader->filterSeries("conv1/weight_norm").values.empty());
  EXPECT_FALSE(runFileErrorOf([&] { reader->readTensor(0, 0); }).empty());
}

TEST_F(RunRoundTripTest, ALayoutOfNothingIsReadable)
{
  const auto writer = RunWriter::create(this->file("run.tvr"), RunLayout());
  StepBlock block;
  block.step = { 1 };
  block.epoch = { 0.5 };
  writer->appendSteps(block);
  writer->appendSnapshot(1, 0.5, {});
  writer->appendEvaluation({ 1, 0.5, 2.0F, 0.5F, {} });
  writer->close();
  EXPECT_EQ(writer->error(), "");
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->metrics().step, (std::vector<std::int64_t>{ 1 }));
  EXPECT_TRUE(reader->metrics().columns.empty());
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 1 }));
  EXPECT_EQ(reader->evaluations(true).front().loss, 2.0F);
  EXPECT_TRUE(reader->changeBands().values.empty());
}

TEST_F(RunRoundTripTest, WhatIsNotKnownAtAStepIsNan)
{
  const RunLayout layout = smallLayout();
  const auto writer = RunWriter::create(this->file("run.tvr"), layout);
  StepBlock block = stepsOf(layout, 1, 3);
  block.statistics.clear();
  block.histogram.clear();
  writer->appendSteps(block);
  writer->close();
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_TRUE(std::isnan(reader->statistics(0).values[5]));
  EXPECT_EQ(reader->histogram(0, 0).count[3], 0U);
  EXPECT_EQ(reader->metrics().values[0], metricValue(1, 0));
}

TEST_F(RunRoundTripTest, TheSameRunGivesTheSameBytes)
{
  this->record(this->file("a.tvr"), smallLayout());
  this->record(this->file("b.tvr"), smallLayout());
  EXPECT_TRUE(contentOf(this->file("a.tvr")) == contentOf(this->file("b.tvr")));
}

TEST_F(RunRoundTripTest, NothingInARunTellsTheTimeOfDay)
{
  this->record(this->file("run.tvr"), smallLayout());
  const hdf5::Handle file(H5Fopen(this->file("run.tvr").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  std::vector<std::string> dated;
  const auto see = [](hid_t, const char* name, const H5O_info_t* object, void* into) -> herr_t
  {
    if (object->mtime != 0 || object->ctime != 0 || object->btime != 0)
    {
      static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    }
    return 0;
  };
  ASSERT_GE(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, see, &dated), 0);
  EXPECT_EQ(dated, std::vector<std::string>());
}

TEST_F(RunRoundTripTest, LargeTensorsAreSplitAndPutTogether)
{
  RunLayout layout;
  // 3.2 MB over slots, a slot of more than 1 MB, a row of windows of more than 1 MB.
  layout.model.tensors = { { 1, "a", kinds::activation, { 13, 1, 250, 250 }, -1 },
    { 2, "b", kinds::weight, { 2, 300000, 1, 1 }, -1 },
    { 3, "c", kinds::activation, { 1, 2, 600, 600 }, -1 } };
  const auto buffers = snapshotOf(layout, 0);
  const auto writer = RunWriter::create(this->file("run.tvr"), layout);
  writer->appendSnapshot(0, 0.0, buffers.tensorPointers());
  writer->close();
  const auto reader = RunReader::open(this->file("run.tvr"));
  for (std::size_t tensor = 0; tensor < 3; ++tensor)
  {
    const TensorValues values = reader->readTensor(tensor, 0);
    ASSERT_EQ(values.shape, layout.model.tensors[tensor].shape);
    EXPECT_TRUE(std::equal(
      buffers.tensors[tensor].begin(), buffers.tensors[tensor].end(), values.data.get()));
  }
}

TEST_F(RunRoundTripTest, ExpectedSizeIsNearTheRealOne)
{
  RunLayout layout = smallLayout();
  layout.model.tensors.push_back({ 2, "fc1", "momentum", { 300, 300, 3, 3 }, -1 });
  const auto writer = RunWriter::create(this->file("run.tvr"), layout);
  for (std::int64_t step = 1; step <= 2000; step += 100)
  {
    writer->appendSteps(stepsOf(layout, step, 100));
    const auto buffers = snapshotOf(layout, step);
    if (step % 500 == 1)
    {
      writer->appendSnapshot(step, 0.0, buffers.tensorPointers(), buffers.probePointers());
    }
    for (std::int64_t row = step; row < step + 100; row += 10)
    {
      writer->appendFilters(filtersOf(layout, row));
    }
  }
  writer->close();
  const auto real = double(std::filesystem::file_size(this->file("run.tvr")));
  EXPECT_NEAR(double(layout.expectedBytes(2000, 4, 0)) / real, 1.0, 0.1);
}

} // namespace
} // namespace tensorview
