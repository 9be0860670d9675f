#include "RunFixture.h"
#include "RunReader.h"

#include <cstdlib>

namespace tensorview
{
namespace
{

using namespace testing;

/// docs/run-format.md is enough to write a run: write_run.py knows nothing else.
class RunForeignWriterTest
  : public RunFileTest
  , public ::testing::WithParamInterface<const char*>
{
};

TEST_P(RunForeignWriterTest, IsRead)
{
  const char* const python = std::getenv("TENSORVIEW_TEST_PYTHON");
  if (!python)
  {
    GTEST_SKIP() << "TENSORVIEW_TEST_PYTHON names no Python with h5py (ctest sets it in builds "
                    "that have torch)";
  }
  const std::string path = this->file("run.tvr");
  const std::string command = std::string("'") + python + "' '" TENSORVIEW_WRITE_RUN_SCRIPT "' '" +
                              path + "' " + this->GetParam();
  ASSERT_EQ(std::system(command.c_str()), 0);

  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->model().name, "by hand");
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 2 }));
  EXPECT_EQ(reader->snapshotEpochs(), (std::vector<double>{ 0.0, 1.0 }));
  const TensorValues first = reader->readTensor(0, 0);
  EXPECT_EQ(first.shape, (TensorShape{ 3, 2, 1, 1 }));
  EXPECT_EQ(first.data.get()[5], 5.0F);
  const TensorValues second = reader->readTensor(0, 1);
  EXPECT_EQ(second.slot, (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(second.data.get()[3], 105.0F);

  const StepTable metrics = reader->metrics();
  EXPECT_EQ(metrics.columns, (std::vector<std::string>{ "loss", "accuracy" }));
  EXPECT_EQ(metrics.step, (std::vector<std::int64_t>{ 1, 2, 3 }));
  EXPECT_EQ(metrics.epoch, (std::vector<double>{ 0.5, 1.0, 1.5 }));
  EXPECT_EQ(metrics.values[3], 0.5F);
  const auto history = reader->coordinates("a/b", { 5 });
  EXPECT_TRUE(history.everyStep);
  EXPECT_EQ(history.values, (std::vector<float>{ 10, 20, 30 }));
  EXPECT_EQ(reader->filterSeries("a/b/weight_norm").values, (std::vector<float>{ 1, 2, 3 }));
  EXPECT_EQ(reader->jsonLines("events").size(), 1U);
  EXPECT_TRUE(reader->jsonLines("edits").empty());
  EXPECT_TRUE(reader->evaluations(true).empty());
}

INSTANTIATE_TEST_SUITE_P(Modes, RunForeignWriterTest, ::testing::Values("closed", "live"));

} // namespace
} // namespace tensorview
