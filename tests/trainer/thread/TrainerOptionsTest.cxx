#include "ResumedOptions.h"
#include "TrainerOptionsCheck.h"
#include "TrainerOptionsFields.h"
#include "TrainerOptionsJson.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <stdexcept>

using namespace tensorview;

namespace
{
/// What checkOptions says of the default options after `change`; empty if they are fine.
std::string reasonAfter(const std::function<void(TrainerOptions&)>& change)
{
  TrainerOptions options;
  change(options);
  try
  {
    checkOptions(options);
    return {};
  }
  catch (const std::invalid_argument& error)
  {
    return error.what();
  }
}

const double notANumber = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();
}

TEST(TrainerOptions, EveryFieldIsVisited)
{
  // The struct has nothing but its fields and, last, `given`: their sizes, with padding, are its.
  std::set<const void*> addresses;
  std::set<std::string> names;
  const TrainerOptions options;
  std::size_t bytes = 0;
  visitOptions(options,
    [&](const char* name, const auto& value)
    {
      names.insert(name);
      addresses.insert(&value);
      bytes += sizeof(value);
    });
  EXPECT_EQ(names.size(), addresses.size());
  EXPECT_LE(bytes, sizeof(TrainerOptions));
  // Padding is less than one field of eight bytes per change of type; a forgotten field is noticed
  // when the visited ones leave a gap of its size.
  std::size_t end = 0;
  std::size_t gaps = 0;
  visitOptions(options,
    [&](const char* name, const auto& value)
    {
      const auto at = static_cast<std::size_t>(
        reinterpret_cast<const char*>(&value) - reinterpret_cast<const char*>(&options));
      EXPECT_LT(at - end, alignof(decltype(value))) << "a field is missing before " << name;
      gaps += at - end;
      end = at + sizeof(value);
    });
  EXPECT_EQ(bytes + gaps, end);
  end += sizeof(options.given);
  EXPECT_LT(sizeof(TrainerOptions) - end, alignof(TrainerOptions))
    << "a field is missing at the end";
}

TEST(TrainerOptions, JsonRoundTrip)
{
  TrainerOptions options;
  options.network = "a \"quoted\" name";
  options.learningRate = 0.1;
  options.seed = std::numeric_limits<std::int64_t>::max();
  options.overwrite = true;
  options.trackedWeights = "conv1:0,1";
  options.adamEpsilon = 1e-8;
  EXPECT_EQ(toJson(trainerOptionsFromJson(toJson(options))), toJson(options));
  EXPECT_EQ(trainerOptionsFromJson(toJson(options)).seed, options.seed);
  EXPECT_EQ(toJson(options).find('\n'), std::string::npos);
}

TEST(TrainerOptions, JsonKeepsDefaultsAndIgnoresTheUnknown)
{
  const TrainerOptions options =
    trainerOptionsFromJson(R"({"epochs": 3, "written_by_a_later_version": []})");
  EXPECT_EQ(options.epochs, 3);
  EXPECT_EQ(options.batchSize, 100);
}

TEST(TrainerOptions, JsonRefusesWhatItIsNot)
{
  for (const char* text : { "", "{", "[]", "3", "{\"epochs\": \"many\"}", "{\"network\": 7}" })
  {
    EXPECT_THROW(trainerOptionsFromJson(text), std::invalid_argument) << text;
  }
}

TEST(TrainerOptions, DefaultsAreFine)
{
  EXPECT_EQ(reasonAfter([](TrainerOptions&) {}), "");
}

TEST(TrainerOptions, RefusalsNameOptionAndValue)
{
  using O = TrainerOptions;
  EXPECT_EQ(reasonAfter([](O& o) { o.learningRate = 0.0; }),
    "LearningRate is 0, but must be a number above 0");
  EXPECT_EQ(reasonAfter([](O& o) { o.dataset = "minst"; }),
    "Dataset is 'minst', but must be one of digits, mnist, cifar10, folder");
  EXPECT_EQ(reasonAfter([](O& o) { o.batchSize = 0; }), "BatchSize is 0, but must be at least 1");
  const std::vector<std::function<void(O&)>> wrong = { [](O& o) { o.learningRate = -0.1; },
    [](O& o) { o.learningRate = notANumber; }, [](O& o) { o.learningRate = infinity; },
    [](O& o) { o.momentum = 1.0; }, [](O& o) { o.momentum = -0.1; },
    [](O& o) { o.momentum = notANumber; }, [](O& o) { o.weightDecay = -1e-9; },
    [](O& o) { o.weightDecay = notANumber; }, [](O& o) { o.network = ""; },
    [](O& o) { o.device = "gpu"; }, [](O& o) { o.optimizer = "rmsprop"; },
    [](O& o) { o.learningRateSchedule = "linear"; }, [](O& o) { o.microBatchSize = 101; },
    [](O& o) { o.microBatchSize = -1; }, [](O& o) { o.epochs = 0; },
    [](O& o) { o.maximumSteps = -1; }, [](O& o) { o.threads = -1; },
    [](O& o) { o.snapshotInterval = 0; }, [](O& o) { o.evaluationInterval = -1; },
    [](O& o) { o.checkpointInterval = -2; }, [](O& o) { o.filterInterval = 0; },
    [](O& o) { o.accumulateBatches = 0; }, [](O& o) { o.adamBeta1 = 1.0; },
    [](O& o) { o.adamBeta2 = notANumber; }, [](O& o) { o.adamEpsilon = 0.0; },
    [](O& o) { o.scheduleFactor = 0.0; }, [](O& o) { o.scheduleStepEpochs = 0; },
    [](O& o) { o.mode = "test"; }, [](O& o) { o.classes = -1; }, [](O& o) { o.classes = 65536; },
    [](O& o) { o.imageSize = 20000; }, [](O& o) { o.normalization = "cifar"; },
    [](O& o) { o.loadModelSkip = "fc"; } };
  for (std::size_t i = 0; i < wrong.size(); ++i)
  {
    EXPECT_NE(reasonAfter(wrong[i]).find("must be") == std::string::npos
                ? reasonAfter(wrong[i]).find("give")
                : 0U,
      std::string::npos)
      << "number " << i << ": " << reasonAfter(wrong[i]);
  }
}

TEST(TrainerOptions, APredictionHasNoGradientsAndNoChangingWeights)
{
  EXPECT_EQ(reasonAfter([](TrainerOptions& o) { o.mode = "predict"; }), "");
  const auto predictWith = [](auto set)
  {
    return reasonAfter(
      [&](TrainerOptions& o)
      {
        o.mode = "predict";
        set(o);
      });
  };
  EXPECT_NE(predictWith([](TrainerOptions& o) { o.recordGradients = true; }), "");
  EXPECT_NE(predictWith([](TrainerOptions& o) { o.trackedWeights = "conv1:0"; }), "");
}

TEST(TrainerOptions, SameTrainingLeavesRecordingAndHyperparametersOpen)
{
  const TrainerOptions options;
  TrainerOptions other;
  other.learningRate = 0.1;
  other.momentum = 0.5;
  other.weightDecay = 0.1;
  other.recordFile = "run.tvr";
  other.overwrite = true;
  EXPECT_TRUE(sameTraining(options, other));
  other.seed = 2;
  EXPECT_FALSE(sameTraining(options, other));
}

TEST(TrainerOptions, DifferencesAreFoundByName)
{
  TrainerOptions options;
  EXPECT_TRUE(differingOptions(options, TrainerOptions()).empty());
  options.momentum = 0.5;
  options.network = "lenet5";
  EXPECT_EQ(
    differingOptions(options, TrainerOptions()), (std::set<std::string>{ "momentum", "network" }));
}

TEST(ResumedOptions, AreTheRunsUnlessGivenOnPurpose)
{
  TrainerOptions run;
  run.network = "lenet5";
  run.learningRate = 0.1;
  run.snapshotInterval = 7;
  run.maximumSteps = 60;
  const ResumedOptions same = mergeOptions(run, TrainerOptions());
  EXPECT_EQ(toJson(same.options), toJson(run));
  EXPECT_EQ(same.changed + same.kept, "");

  TrainerOptions asked;
  asked.learningRate = 0.01; // the usual value, but wanted
  asked.given = { "learning_rate", "network" };
  asked.network = "lenet5";
  asked.momentum = 0.5;
  asked.dataset = "mnist";
  const ResumedOptions merged = mergeOptions(run, asked);
  EXPECT_EQ(merged.options.learningRate, 0.01);
  EXPECT_EQ(merged.options.snapshotInterval, 7);
  EXPECT_EQ(merged.changed, "LearningRate 0.01 (it was 0.1)");
  EXPECT_EQ(merged.kept, "Dataset digits (not mnist), Momentum 0.9 (not 0.5)");

  asked.given = { "epochs" };
  EXPECT_EQ(mergeOptions(run, asked).options.maximumSteps, 0) << "epochs count now";
}

TEST(ResumedOptions, RefuseWhatWouldBeAnotherTraining)
{
  TrainerOptions asked;
  asked.seed = 50;
  asked.given = { "seed" };
  try
  {
    mergeOptions(TrainerOptions(), asked);
    FAIL() << "should have been refused";
  }
  catch (const std::invalid_argument& error)
  {
    EXPECT_STREQ(error.what(), "Seed is 50, but the run has 1: a resumed run keeps it, so leave it "
                               "as it is there");
  }
}
