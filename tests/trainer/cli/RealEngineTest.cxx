// tensorview-train around the real engine: the promises that only libtorch can break.

#include "Program.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <sstream>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// Runs to the end; the last JSON line.
nlohmann::json train(std::vector<std::string> arguments)
{
  arguments.insert(arguments.begin(), TENSORVIEW_TRAIN_PROGRAM);
  arguments.insert(arguments.end(), { "--json", "--device", "cpu" });
  const ProgramResult result =
    Program(arguments, { { "TENSORVIEW_ENGINE_LIBRARY", TENSORVIEW_ENGINE } }).wait();
  EXPECT_EQ(result.status, 0) << result.error;
  const auto end = result.out.find_last_not_of('\n');
  const auto begin = result.out.find_last_of('\n', end);
  return nlohmann::json::parse(
    result.out.substr(begin == std::string::npos ? 0 : begin + 1), nullptr, false);
}

std::string failure(std::vector<std::string> arguments)
{
  arguments.insert(arguments.begin(), TENSORVIEW_TRAIN_PROGRAM);
  const ProgramResult result =
    Program(arguments, { { "TENSORVIEW_ENGINE_LIBRARY", TENSORVIEW_ENGINE } }).wait();
  EXPECT_EQ(result.status, 1);
  return result.error;
}

void expectSameRuns(const std::string& a, const std::string& b, std::int64_t lastStep)
{
  const auto one = RunReader::open(a);
  const auto two = RunReader::open(b);
  EXPECT_EQ(one->metrics().step, two->metrics().step);
  EXPECT_EQ(one->metrics().values, two->metrics().values);
  EXPECT_EQ(one->statistics(0).values, two->statistics(0).values);
  ASSERT_EQ(one->evaluations(true).size(), two->evaluations(true).size());
  EXPECT_EQ(one->evaluations(true).back().predicted, two->evaluations(true).back().predicted);
  ASSERT_EQ(one->model().tensors.size(), two->model().tensors.size());
  for (std::size_t tensor = 0; tensor < one->model().tensors.size(); ++tensor)
  {
    const auto at = static_cast<double>(lastStep);
    const TensorValues x = one->readTensor(tensor, one->snapshotIndexAt(at));
    const TensorValues y = two->readTensor(tensor, two->snapshotIndexAt(at));
    ASSERT_EQ(x.shape.size(), y.shape.size());
    EXPECT_TRUE(std::equal(x.data.get(), x.data.get() + x.shape.size(), y.data.get()))
      << x.description.layer << " " << x.description.kind;
  }
}

const std::vector<std::string> shortRun = { "--snapshot-interval", "10", "--evaluation-interval",
  "30", "--threads", "1" };

std::vector<std::string> with(std::vector<std::string> base, std::vector<std::string> more)
{
  base.insert(base.end(), more.begin(), more.end());
  return base;
}
}

TEST(RealEngine, SameSeedSameBytesAndResumeAsIfNeverStopped)
{
  const TemporaryFolder folder;
  for (const char* optimizer : { "sgd", "adam" })
  {
    const std::string name = optimizer;
    const auto run = [&](const std::string& file, const char* steps)
    {
      train(with(shortRun,
        { "--optimizer", name, "--steps", steps, "--record-file", folder / (name + file) }));
    };
    run("-whole.tvr", "40");
    run("-again.tvr", "40");
    expectSameRuns(folder / (name + "-whole.tvr"), folder / (name + "-again.tvr"), 40);
    run("-cut.tvr", "25");
    train({ "--resume", folder / (name + "-cut.tvr"), "--steps", "40" });
    const auto whole = RunReader::open(folder / (name + "-whole.tvr"));
    const auto resumed = RunReader::open(folder / (name + "-cut.tvr"));
    EXPECT_EQ(whole->metrics().values, resumed->metrics().values) << name;
    const TensorValues x = whole->readTensor(0, whole->snapshotIndexAt(40));
    const TensorValues y = resumed->readTensor(0, resumed->snapshotIndexAt(40));
    EXPECT_TRUE(std::equal(x.data.get(), x.data.get() + x.shape.size(), y.data.get())) << name;
  }
}

TEST(RealEngine, RefusesWhatDoesNotFit)
{
  const TemporaryFolder folder;
  EXPECT_NE(failure({ "--batch-size", "60000" }).find("BatchSize"), std::string::npos);
  EXPECT_NE(failure({ "--network", folder / "none.json" }).find("none.json"), std::string::npos);
  EXPECT_NE(failure({ "--tracked-weights", "conv9:0" }).find("conv9"), std::string::npos);
}

TEST(RealEngine, PrunesWhatItTrained)
{
  const TemporaryFolder folder;
  const std::string weights = folder / "pruned.safetensors";
  const auto last = train({ "--steps", "20", "--prune", "conv1=12", "--prune", "conv2=24",
    "--prune-choice", "smallest-norm", "--prune-method", "scale", "--save-model", weights });
  EXPECT_EQ(last["layer"], "conv2");
  EXPECT_EQ(last["filters_before"], 32);
  EXPECT_EQ(last["filters_after"], 24);
  EXPECT_TRUE(last["accuracy_before"].is_number());
  EXPECT_TRUE(last["accuracy_after"].is_number());
  // The smaller network goes on from its own files.
  const auto again = train({ "--network", folder / "pruned.json", "--load-model", weights,
    "--predict", "--steps", "1", "--prune", "conv1=6" });
  EXPECT_EQ(again["filters_before"], 12);
  EXPECT_EQ(again["accuracy_before"], last["accuracy_after"]);
  // Refused before the training, not at its end.
  EXPECT_NE(failure({ "--prune", "conv9=3" }).find("no layer 'conv9'"), std::string::npos);
  EXPECT_NE(failure({ "--prune", "conv1=16" }).find("fewer than that"), std::string::npos);
}

TEST(RealEngine, TrainsOnRealFiles)
{
  if (!std::getenv("TENSORVIEW_DATA_DIR"))
  {
    GTEST_SKIP() << "TENSORVIEW_DATA_DIR is not set: no real data to train on";
  }
  const TemporaryFolder folder;
  const auto mnist =
    train({ "--dataset", "mnist", "--steps", "120", "--record-file", folder / "run.tvr" });
  EXPECT_EQ(mnist["step"], 120);
  EXPECT_GT(mnist["test_accuracy"], 0.8);
  EXPECT_EQ(RunReader::open(folder / "run.tvr")->stepCount(), 120U);
  const auto cifar = train({ "--dataset", "cifar10", "--steps", "20" });
  EXPECT_EQ(cifar["step"], 20);
}

TEST(RealEngine, ResidualNetworkLearnsCifar)
{
  const char* const data = std::getenv("TENSORVIEW_DATA_DIR");
  if (!data)
  {
    GTEST_SKIP() << "TENSORVIEW_DATA_DIR is not set: no real data to train on";
  }
  // The first images only: evaluations of all would take longer than the training.
  const TemporaryFolder folder;
  for (const auto& [file, images] :
    { std::make_pair("data_batch_1.bin", 80), std::make_pair("test_batch.bin", 20) })
  {
    const fs::path whole = fs::path(data) / "cifar-10-batches-bin" / file;
    fs::copy_file(whole, folder / file);
    fs::resize_file(folder / file, static_cast<std::uintmax_t>(images) * 3073);
  }
  const std::string path = folder / "run.tvr";
  const auto last = train({ "--network", "resnet18", "--dataset", "cifar10", "--data-directory",
    folder.path(), "--batch-size", "12", "--micro-batch-size", "6", "--steps", "8",
    "--learning-rate", "0.005", "--snapshot-interval", "100", "--record-file", path });
  EXPECT_EQ(last["step"], 8);
  const auto reader = RunReader::open(path);
  const StepTable metrics = reader->metrics();
  ASSERT_EQ(metrics.step.size(), 8U);
  const std::size_t width = metrics.columns.size();
  EXPECT_LT(metrics.values[7 * width], metrics.values[0]) << "the loss of the same few images";
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 8 }));
  EXPECT_GE(reader->model().find("layer4.1.conv2", kinds::weight), 0);
}
