// Runs the tensorview-train program itself, around the pretended network.

#include "CheckpointStore.h"
#include "DurableFile.h"
#include "Program.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <memory>
#include <sstream>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// tensorview-train around the engine in `engineLibrary`.
std::unique_ptr<Program> start(
  std::vector<std::string> arguments, const std::string& engineLibrary = TENSORVIEW_FAKE_ENGINE)
{
  arguments.insert(arguments.begin(), TENSORVIEW_TRAIN_PROGRAM);
  return std::make_unique<Program>(arguments, std::vector<std::pair<std::string, std::string>>{
                                                { "TENSORVIEW_ENGINE_LIBRARY", engineLibrary } });
}

ProgramResult train(const std::vector<std::string>& arguments)
{
  return start(arguments)->wait();
}

std::vector<nlohmann::json> jsonLines(const std::string& text)
{
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
  {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST(TrainCommand, JsonPerEpochAndALastLine)
{
  const ProgramResult result = train({ "--epochs", "2", "--json" });
  EXPECT_EQ(result.status, 0) << result.error;
  const auto lines = jsonLines(result.out);
  ASSERT_EQ(lines.size(), 3U);
  for (const std::size_t i : { 0U, 1U })
  {
    EXPECT_EQ(lines[i]["epoch"], i + 1);
    EXPECT_EQ(lines[i]["step"], 100 * (i + 1));
    EXPECT_GT(lines[i]["loss"], 0.0);
    EXPECT_GT(lines[i]["validation_accuracy"], 0.5);
    EXPECT_LE(lines[i]["validation_accuracy"], 1.0) << "a fraction";
    EXPECT_GT(lines[i]["steps_per_second"], 0.0);
  }
  EXPECT_EQ(lines[2]["step"], 200);
  EXPECT_GT(lines[2]["test_accuracy"], 0.5);
}

TEST(TrainCommand, WordsAndSteps)
{
  const ProgramResult result = train({ "--steps", "130" });
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_TRUE(contains(result.out, "epoch 1, step 100: loss"));
  EXPECT_TRUE(contains(result.out, "epoch 1.3, step 130: loss"));
  EXPECT_TRUE(contains(result.out, "finished at step 130, test accuracy"));
  EXPECT_FALSE(contains(result.error, "\r")) << "no progress line without a terminal";
}

TEST(TrainCommand, PrunesAtSteps)
{
  const TemporaryFolder folder;
  const ProgramResult result = train({ "--epochs", "2", "--json", "--prune-at", "150:conv1=12",
    "--prune-at", "40:conv1=14", "--record-file", folder / "run.tvr" });
  EXPECT_EQ(result.status, 0) << result.error;
  const auto lines = jsonLines(result.out);
  ASSERT_EQ(lines.size(), 5U) << result.out;
  EXPECT_EQ(lines[0]["step"], 40);
  EXPECT_EQ(lines[0]["layer"], "conv1");
  EXPECT_EQ(lines[0]["filters_after"], 14);
  EXPECT_TRUE(lines[0]["accuracy_before"].is_number());
  EXPECT_EQ(lines[1]["epoch"], 1);
  EXPECT_EQ(lines[2]["step"], 150);
  EXPECT_EQ(lines[2]["filters_before"], 14);
  EXPECT_EQ(lines[3]["epoch"], 2);
  EXPECT_EQ(lines[4]["step"], 200);
  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->stepCount(), 200U);
  EXPECT_EQ(reader->jsonLines("edits").size(), 2U);
  EXPECT_EQ(reader->readTensor(0, reader->snapshotIndexAt(39)).slot.size(), 16U);
  EXPECT_EQ(reader->readTensor(0, reader->snapshotIndexAt(40)).slot.size(), 14U);
  EXPECT_EQ(reader->readTensor(0, reader->snapshotIndexAt(200)).slot.size(), 12U);
}

TEST(TrainCommand, PrunesAtTheEndsOfEpochs)
{
  const ProgramResult result = train(
    { "--epochs", "3", "--json", "--auto-prune", "conv1=15", "--auto-prune-tolerance", "-1" });
  EXPECT_EQ(result.status, 0) << result.error;
  std::size_t pruned = 0;
  for (const nlohmann::json& line : jsonLines(result.out))
  {
    if (line.contains("layer"))
    {
      ++pruned;
      EXPECT_EQ(line["filters_before"], 16);
      EXPECT_EQ(line["filters_after"], 15);
      EXPECT_GE(line["step"], 100);
    }
  }
  EXPECT_EQ(pruned, 1U) << result.out;
  const ProgramResult refused = train({ "--auto-prune", "conv9=3" });
  EXPECT_EQ(refused.status, 1);
  EXPECT_TRUE(contains(refused.error, "conv9")) << refused.error;
}

TEST(TrainCommand, StepsAndLayersToPruneAreCheckedBefore)
{
  const ProgramResult late = train({ "--epochs", "2", "--prune-at", "200:conv1=3" });
  EXPECT_EQ(late.status, 1);
  EXPECT_TRUE(contains(late.error, "step 200")) << late.error;
  const ProgramResult layer = train({ "--epochs", "2", "--prune-at", "20:conv9=3" });
  EXPECT_EQ(layer.status, 1);
  EXPECT_TRUE(contains(layer.error, "conv9")) << layer.error;
  const ProgramResult more =
    train({ "--epochs", "2", "--prune-at", "20:conv1=2", "--prune", "conv1=3" });
  EXPECT_EQ(more.status, 1);
  EXPECT_TRUE(contains(more.error, "has 2 filters")) << more.error;
}

TEST(TrainCommand, RecordsAndSaysHowMuchBefore)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  const ProgramResult result = train({ "--epochs", "1", "--record-file", path });
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_TRUE(contains(result.error, "MB will be written to '" + path + "'")) << result.error;
  EXPECT_EQ(RunReader::open(path)->stepCount(), 100U);
  const ProgramResult again = train({ "--epochs", "1", "--record-file", path });
  EXPECT_EQ(again.status, 1);
  EXPECT_TRUE(contains(again.error, path)) << again.error;
  EXPECT_EQ(train({ "--steps", "20", "--record-file", path, "--overwrite" }).status, 0);
  EXPECT_EQ(RunReader::open(path)->stepCount(), 20U);
  const ProgramResult resumed = train({ "--resume", path, "--steps", "30", "--json" });
  EXPECT_EQ(resumed.status, 0) << resumed.error;
  EXPECT_EQ(jsonLines(resumed.out).back()["step"], 30);
  EXPECT_TRUE(fs::exists(folder / "run.0001.tvr"));
  const ProgramResult slower =
    train({ "--resume", path, "--steps", "40", "--learning-rate", "0.001" });
  EXPECT_EQ(slower.status, 0) << slower.error;
  EXPECT_TRUE(contains(slower.error, "LearningRate 0.001 (it was 0.01)")) << slower.error;
  const ProgramResult other = train({ "--resume", path, "--steps", "50", "--seed", "50" });
  EXPECT_EQ(other.status, 1);
  EXPECT_TRUE(contains(other.error, "Seed is 50, but the run has 1")) << other.error;
}

TEST(TrainCommand, ASignalStopsCleanly)
{
  for (const int number : { SIGINT, SIGTERM })
  {
    const TemporaryFolder folder;
    const std::string path = folder / "run.tvr";
    const auto program = start({ "--epochs", "1000", "--record-file", path });
    program->waitForOutput("epoch 1,");
    program->signal(number);
    const ProgramResult result = program->wait();
    EXPECT_EQ(result.status, 128 + number) << result.error;
    EXPECT_TRUE(contains(result.error, "stopped at step")) << result.error;
    const auto reader = RunReader::open(path);
    const auto last = reader->metrics().step.back();
    EXPECT_GE(last, 100);
    EXPECT_EQ(reader->snapshotSteps().back(), last);
    std::string events;
    for (const std::string& line : reader->jsonLines("events"))
    {
      events += line;
    }
    EXPECT_TRUE(contains(events, R"({"event":"end","step":)" + std::to_string(last))) << events;
    EXPECT_TRUE(fs::exists(folder / checkpointName(path, last)));
  }
}

TEST(TrainCommand, BadInputEndsInWordsAndStatusOne)
{
  const TemporaryFolder folder;
  writeFile(folder / "file", "x");
  struct Case
  {
    std::vector<std::string> arguments;
    std::string part;
  };
  const std::vector<Case> cases = {
    { { "--learning-rate", "0" }, "LearningRate is 0" },
    { { "--learning-rate", "-1" }, "LearningRate is -1" },
    { { "--learning-rate", "nan" }, "LearningRate is nan" },
    { { "--batch-size", "20000" }, "BatchSize is 20000" },
    { { "--dataset", "minst" }, "digits, mnist, cifar10, folder" },
    { { "--optimizer", "sdg" }, "sgd, adam, adamw" },
    { { "--device", "gpu" }, "auto, cpu, cuda" },
    { { "--record-file", folder / "none/run.tvr" }, "none" },
    { { "--record-file", folder / "file/run.tvr" }, "file" },
    { { "--record-file", folder / "file" }, "exists" },
    { { "--resume", folder / "none.tvr" }, "none.tvr" },
    { { "--resume", folder / "file" }, "file" },
  };
  for (const Case& bad : cases)
  {
    const ProgramResult result = train(bad.arguments);
    EXPECT_EQ(result.status, 1) << bad.part;
    EXPECT_TRUE(contains(result.error, "tensorview-train: ")) << result.error;
    EXPECT_TRUE(contains(result.error, bad.part)) << result.error;
    EXPECT_EQ(result.out, "");
  }
  EXPECT_EQ(readWhole(folder / "file"), "x");
}

TEST(TrainCommand, DivergingIsAFailure)
{
  const ProgramResult result = train({ "--learning-rate", "11", "--epochs", "1" });
  EXPECT_EQ(result.status, 1);
  EXPECT_TRUE(contains(result.error, "diverged")) << result.error;
}

TEST(TrainCommand, WithoutAnEngineItSaysWhatToDo)
{
  const ProgramResult result = start({ "--epochs", "1" }, "/nowhere/libEngine.so")->wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_TRUE(contains(result.error, "/nowhere/libEngine.so")) << result.error;
  EXPECT_TRUE(contains(result.error, "TENSORVIEW_ENGINE_LIBRARY")) << result.error;
}

TEST(TrainCommand, HelpAndVersionNeedNoEngine)
{
  const ProgramResult help = start({ "--help" }, "/nowhere")->wait();
  EXPECT_EQ(help.status, 0);
  EXPECT_TRUE(contains(help.out, "--record-file"));
  EXPECT_EQ(start({ "--version" }, "/nowhere")->wait().status, 0);
}
