#include "TrainArguments.h"
#include "DurableFile.h"
#include "TrainerOptionsFields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

using namespace tensorview;

namespace
{
TrainArguments parsed(const std::vector<std::string>& words)
{
  TrainArguments arguments;
  const auto usage = parseArguments(words, arguments);
  EXPECT_FALSE(usage) << usage->text;
  return arguments;
}

TrainUsage usageOf(const std::vector<std::string>& words)
{
  TrainArguments arguments;
  const auto usage = parseArguments(words, arguments);
  EXPECT_TRUE(usage);
  return usage.value_or(TrainUsage());
}

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST(TrainArguments, NothingMeansTheDefaults)
{
  const TrainArguments arguments = parsed({});
  EXPECT_EQ(arguments.options.network, "lenet5-simplified");
  EXPECT_EQ(arguments.options.learningRate, 0.01);
  EXPECT_FALSE(arguments.json);
}

TEST(TrainArguments, TheDesignsExample)
{
  const TrainArguments arguments = parsed({ "--network", "lenet5", "--dataset", "mnist",
    "--data-directory", "D", "--epochs", "2", "--device", "auto", "--record-file", "run.tvr",
    "--snapshot-interval", "100", "--seed", "1", "--json", "--overwrite" });
  EXPECT_EQ(arguments.options.network, "lenet5");
  EXPECT_EQ(arguments.options.dataDirectory, "D");
  EXPECT_EQ(arguments.options.epochs, 2);
  EXPECT_EQ(arguments.options.recordFile, "run.tvr");
  EXPECT_TRUE(arguments.options.overwrite);
  EXPECT_TRUE(arguments.json);
}

TEST(TrainArguments, StepsAndNumbersInEveryForm)
{
  EXPECT_EQ(parsed({ "--steps", "7" }).options.maximumSteps, 7);
  EXPECT_EQ(parsed({ "--maximum-steps=8" }).options.maximumSteps, 8);
  EXPECT_EQ(parsed({ "--learning-rate", "1e-3" }).options.learningRate, 1e-3);
  EXPECT_EQ(parsed({ "--learning-rate", "-1" }).options.learningRate, -1.0)
    << "for the engine to refuse";
  EXPECT_EQ(parsed({ "--seed", "-5" }).options.seed, -5);
}

TEST(TrainArguments, KnowsWhatWasGiven)
{
  EXPECT_TRUE(parsed({}).options.given.empty());
  const std::set<std::string> given = { "learning_rate", "maximum_steps", "overwrite", "resume" };
  EXPECT_EQ(parsed({ "--resume", "run.tvr", "--learning-rate=0.01", "--steps", "0", "--overwrite" })
              .options.given,
    given);
}

TEST(TrainArguments, EveryOptionIsThereWithItsDefault)
{
  const std::string help = usageOf({ "--help" }).text;
  const TrainerOptions options;
  visitOptions(options,
    [&](const char* name, const auto&)
    {
      std::string option = std::string("--") + name;
      std::replace(option.begin(), option.end(), '_', '-');
      EXPECT_TRUE(contains(help, option)) << option;
    });
  EXPECT_EQ(usageOf({ "--help" }).status, 0);
  EXPECT_TRUE(contains(help, "--learning-rate FLOAT=0.01"));
  EXPECT_TRUE(contains(help, "--network TEXT=lenet5-simplified"));
}

TEST(TrainArguments, MistakesAreToldAndFail)
{
  EXPECT_NE(usageOf({ "--epoch", "2" }).status, 0);
  EXPECT_TRUE(contains(usageOf({ "--epoch", "2" }).text, "--epoch"));
  EXPECT_NE(usageOf({ "--epochs", "two" }).status, 0);
  EXPECT_TRUE(contains(usageOf({ "--epochs", "two" }).text, "two"));
  EXPECT_NE(usageOf({ "--epochs" }).status, 0);
  EXPECT_NE(usageOf({ "run.tvr" }).status, 0);
  EXPECT_EQ(usageOf({ "--version" }).status, 0);
  EXPECT_TRUE(contains(usageOf({ "--version" }).text, "tensorview-train 0."));
}

TEST(TrainArguments, TheGuideTellsEveryOptionWithItsDefault)
{
  const std::string guide = readWhole(TENSORVIEW_TRAINING_GUIDE);
  const TrainerOptions options;
  visitOptions(options,
    [&](const std::string& name, const auto& value)
    {
      std::string option = name == "maximum_steps" ? "steps" : name;
      std::replace(option.begin(), option.end(), '_', '-');
      std::ostringstream row;
      row << "| `--" << option << "` | " << std::boolalpha << value;
      std::string text = row.str();
      text += text.back() == ' ' ? "| " : " | ";
      EXPECT_TRUE(contains(guide, text)) << "docs/training.md has no row " << text;
    });
}

TEST(TrainArguments, WhatToPrune)
{
  EXPECT_TRUE(parsed({}).prunes.empty());
  const std::vector<EditRequest> prunes =
    parsed({ "--prune", "conv1=8", "--prune", "layer1.0.conv2=40", "--prune-choice", "correlated",
             "--prune-method", "sum", "--prune-threshold", "0.9" })
      .prunes;
  ASSERT_EQ(prunes.size(), 2U);
  EXPECT_EQ(prunes[0].layer, "conv1");
  EXPECT_EQ(prunes[0].pruneTo, 8);
  EXPECT_EQ(prunes[1].layer, "layer1.0.conv2");
  EXPECT_EQ(prunes[1].pruneTo, 40);
  EXPECT_EQ(prunes[1].choice, PruneChoice::Correlated);
  EXPECT_EQ(prunes[1].method, PruneMethod::Sum);
  EXPECT_EQ(prunes[1].threshold, 0.9);
  const EditRequest plain = parsed({ "--prune", "conv1=8" }).prunes.at(0);
  EXPECT_EQ(plain.choice, PruneChoice::LeastDamage);
  EXPECT_EQ(plain.method, PruneMethod::Reconstruct);
  EXPECT_EQ(plain.threshold, -1.0);
  for (const char* wrong : { "conv1", "=8", "conv1=", "conv1=0", "conv1=-3", "conv1=8x" })
  {
    const TrainUsage usage = usageOf({ "--prune", wrong });
    EXPECT_NE(usage.status, 0) << wrong;
    EXPECT_TRUE(contains(usage.text, "e.g. conv1=8")) << usage.text;
  }
  const std::vector<PruneAt> steps =
    parsed({ "--prune-at", "1680:conv1=13", "--prune-at", "1080:a:b=14", "--prune-method", "sum" })
      .prunesAt;
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].step, 1080);
  EXPECT_EQ(steps[0].request.layer, "a:b");
  EXPECT_EQ(steps[0].request.method, PruneMethod::Sum);
  EXPECT_EQ(steps[1].request.pruneTo, 13);
  for (const char* wrong : { "conv1=8", "0:conv1=8", "x:conv1=8", ":conv1=8", "7:conv1" })
  {
    EXPECT_TRUE(contains(usageOf({ "--prune-at", wrong }).text, "e.g. 1080:conv1=14")) << wrong;
  }
  EXPECT_NE(usageOf({ "--prune-choice", "random" }).status, 0);
  EXPECT_NE(usageOf({ "--prune-method", "guess" }).status, 0);
  EXPECT_NE(usageOf({ "--prune-threshold", "2" }).status, 0);
}
