#include "RunWriter.h"
#include "RunFixture.h"
#include "RunReader.h"

#include <unistd.h>

namespace tensorview
{
namespace
{

using namespace testing;

class RunWriterTest : public RunFileTest
{
protected:
  std::string refusal(const std::string& path, const RunLayout& layout, bool overwrite = false)
  {
    return runFileErrorOf([&] { RunWriter::create(path, layout, overwrite); });
  }
};

::testing::AssertionResult says(const std::string& message, const std::string& part)
{
  return message.find(part) != std::string::npos
           ? ::testing::AssertionSuccess()
           : ::testing::AssertionFailure() << "'" << message << "' lacks '" << part << "'";
}

TEST_F(RunWriterTest, NeverOverwritesUnasked)
{
  const std::string path = this->file("run.tvr");
  writeFile(path, "precious");
  EXPECT_TRUE(says(this->refusal(path, smallLayout()), path + " exists already"));
  EXPECT_EQ(contentOf(path), "precious");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_EQ(this->refusal(path, smallLayout(), true), "");
  EXPECT_TRUE(RunReader::canRead(path));
}

TEST_F(RunWriterTest, OverwritingReplacesTheWholeRun)
{
  const std::string path = this->file("run.tvr");
  RunWriter::create(path, smallLayout())->close();
  RunLayout later = smallLayout();
  later.parentSegment = "run.tvr";
  later.parentStep = 3;
  RunWriter::create(this->file("run.0001.tvr"), later)->close();
  writeFile(this->file("run.0002.tvr"), "not a run");
  const auto old = RunReader::open(path);

  RunWriter::create(path, smallLayout(), true)->close();
  EXPECT_FALSE(std::filesystem::exists(this->file("run.0001.tvr")));
  EXPECT_EQ(contentOf(this->file("run.0002.tvr")), "not a run");
  EXPECT_EQ(RunReader::open(path)->branches(), (std::vector<std::string>{ "run.tvr" }));
  EXPECT_EQ(old->stepCount(), 0U); // whoever reads the old one goes on
}

TEST_F(RunWriterTest, KeepsOneWriterPerFile)
{
  const std::string path = this->file("run.tvr");
  const auto writer = RunWriter::create(path, smallLayout());
  EXPECT_TRUE(
    says(this->refusal(path, smallLayout(), true), "another training is recording to " + path));
  EXPECT_TRUE(
    says(this->refusal(path, smallLayout(), false), "another training is recording to " + path));
  writer->appendSteps(stepsOf(smallLayout(), 1, 5));
  writer->close();
  EXPECT_EQ(RunReader::open(path)->stepCount(), 5U);
  EXPECT_EQ(this->refusal(path, smallLayout(), true), "");
}

TEST_F(RunWriterTest, DoesNotReplaceARunWhoseLaterSegmentIsBeingWritten)
{
  const std::string path = this->file("run.tvr");
  RunWriter::create(path, smallLayout())->close();
  RunLayout later = smallLayout();
  later.parentSegment = "run.tvr";
  const auto writer = RunWriter::create(this->file("run.0001.tvr"), later);
  EXPECT_TRUE(says(this->refusal(path, smallLayout(), true), "run.0001.tvr"));
  EXPECT_TRUE(RunReader::canRead(path));
}

TEST_F(RunWriterTest, RefusesBadPlaces)
{
  EXPECT_TRUE(
    says(this->refusal(this->file("no/such/run.tvr"), smallLayout()), "create its folder"));
  EXPECT_TRUE(says(this->refusal(this->folder().string(), smallLayout(), true), "not a folder"));
  EXPECT_TRUE(says(this->refusal("", smallLayout()), "without a name"));
  EXPECT_TRUE(
    says(this->refusal(this->file(std::string(300, 'x') + ".tvr"), smallLayout()), "shorter name"));
  if (::geteuid() == 0)
  {
    GTEST_SKIP() << "root may write to every folder; the rest was tested";
  }
  std::filesystem::permissions(
    this->folder(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_TRUE(says(this->refusal(this->file("run.tvr"), smallLayout()), "may write to"));
  std::filesystem::permissions(this->folder(), std::filesystem::perms::owner_all);
}

TEST_F(RunWriterTest, RefusesLayoutsThatContradictThemselves)
{
  const std::string path = this->file("run.tvr");
  const auto refusalOf = [&](auto&& change)
  {
    RunLayout layout = smallLayout();
    change(layout);
    return this->refusal(path, layout);
  };
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.model.tensors[0].shape.rows = 0; }),
    "'conv1/weight' has an impossible shape"));
  EXPECT_TRUE(says(refusalOf(
                     [](RunLayout& l) {
                       l.model.tensors[0].shape = { 1 << 20, 1 << 20, 1 << 20, 1 << 20 };
                     }),
    "impossible shape"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.model.tensors[1] = l.model.tensors[0]; }),
    "'conv1/weight' is there twice"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.model.layers[1].name = "conv1"; }),
    "layer 'conv1' is there twice"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.model.layers[1].id = 1; }), "the id 1"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.model.layers[0].slots[1].slot = 0; }),
    "slots of layer 'conv1' do not ascend"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.tracked[0].layerId = 9; }), "layer 9"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.filterSeries[0].slots = -1; }),
    "'conv1/weight_norm' has an impossible number of slots"));
  EXPECT_TRUE(says(
    refusalOf([](RunLayout& l) { l.metricColumns[1] = "loss"; }), "metric 'loss' is there twice"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.validationIndices.pop_back(); }),
    "6 validation labels stand beside 5"));
  EXPECT_TRUE(says(refusalOf([](RunLayout& l) { l.parentSegment = "../run.tvr"; }),
    "not the name of a file beside it"));
  EXPECT_TRUE(std::filesystem::is_empty(this->folder()));
}

TEST_F(RunWriterTest, RefusesRowsThatDoNotFitAndGoesOn)
{
  const RunLayout layout = smallLayout();
  const auto writer = RunWriter::create(this->file("run.tvr"), layout);
  writer->appendSteps(stepsOf(layout, 1, 3));

  StepBlock block = stepsOf(layout, 4, 2);
  block.metrics.pop_back();
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendSteps(block); }), "steps/metrics"));
  EXPECT_TRUE(
    says(runFileErrorOf([&] { writer->appendSteps(stepsOf(layout, 3, 1)); }), "steps must ascend"));
  block = stepsOf(layout, 4, 1);
  block.epoch.clear();
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendSteps(block); }), "steps/epoch"));

  FilterBlock filters = filtersOf(layout, 10);
  filters.series.pop_back();
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendFilters(filters); }), "1 filter series"));
  filters = filtersOf(layout, 10);
  filters.series[1].push_back(0.0F);
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendFilters(filters); }), "fc1%2Fweight_norm"));

  const auto buffers = snapshotOf(layout, 5);
  writer->appendSnapshot(5, 0.25, buffers.tensorPointers());
  EXPECT_TRUE(
    says(runFileErrorOf([&] { writer->appendSnapshot(5, 0.25, buffers.tensorPointers()); }),
      "steps must ascend"));
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendSnapshot(6, 0.3, {}); }), "0 tensors"));
  EXPECT_TRUE(says(runFileErrorOf(
                     [&] {
                       writer->appendEvaluation({ 5, 0.25, 1.0F, 1.0F, { 1, 2 } });
                     }),
    "evaluations/predicted"));
  EXPECT_TRUE(
    says(runFileErrorOf([&] { writer->appendJsonLine("poems", "{}"); }), "edits and events"));
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendJsonLine("layout", "{}"); }), "text stream"));
  EXPECT_TRUE(says(runFileErrorOf([&] { writer->appendJsonLine("edits", "{\n}"); }), "line break"));

  writer->appendSteps(stepsOf(layout, 4, 2));
  writer->close();
  EXPECT_EQ(writer->error(), "");
  const auto reader = RunReader::open(this->file("run.tvr"));
  EXPECT_EQ(reader->steps(), (std::vector<std::int64_t>{ 1, 2, 3, 4, 5 }));
  EXPECT_EQ(reader->snapshotSteps().size(), 1U);
  EXPECT_EQ(reader->readProbe(0, 0).shape.filters, 0);
  EXPECT_TRUE(reader->evaluations().empty());
  EXPECT_TRUE(reader->filterSeries("conv1/weight_norm").step.empty());
}

TEST_F(RunWriterTest, AfterCloseNothingIsTaken)
{
  const auto writer = RunWriter::create(this->file("run.tvr"), smallLayout());
  EXPECT_EQ(writer->path(), this->file("run.tvr"));
  writer->close();
  writer->appendSteps(stepsOf(smallLayout(), 1, 3));
  writer->flush();
  writer->close();
  EXPECT_EQ(writer->error(), "");
  EXPECT_EQ(RunReader::open(this->file("run.tvr"))->stepCount(), 0U);
}

TEST_F(RunWriterTest, AFileBesideAnUnfinishedWriterHasItsNameOnlyWhenReadable)
{
  const auto writer = RunWriter::create(this->file("run.tvr"), smallLayout());
  EXPECT_FALSE(std::filesystem::exists(this->file("run.tvr.new")));
  EXPECT_TRUE(RunReader::canRead(this->file("run.tvr")));
}

} // namespace
} // namespace tensorview
