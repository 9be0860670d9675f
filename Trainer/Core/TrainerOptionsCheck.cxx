#include "TrainerOptionsCheck.h"

#include "AutoPrune.h"
#include "TrainerOptionsFields.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <sstream>
#include <stdexcept>

namespace tensorview
{

namespace
{
constexpr int mostClasses = 65535;  ///< labels are uint16, of which the highest means "not known"
constexpr int largestImage = 16384; ///< rows and columns

template <typename Value>
[[noreturn]] void refuse(const char* option, const Value& value, const std::string& allowed)
{
  std::ostringstream text;
  text << option << " is " << value << ", but must be " << allowed;
  throw std::invalid_argument(text.str());
}

void checkName(
  const char* option, const std::string& value, std::initializer_list<const char*> names)
{
  std::string list;
  for (const char* name : names)
  {
    if (value == name)
    {
      return;
    }
    list += list.empty() ? name : std::string(", ") + name;
  }
  refuse(option, "'" + value + "'", "one of " + list);
}

template <typename Number>
void checkAtLeast(const char* option, Number value, Number least)
{
  if (!(value >= least))
  {
    refuse(option, value, "at least " + std::to_string(least));
  }
}

void checkWithin(const char* option, int value, int least, int most)
{
  if (value < least || value > most)
  {
    refuse(option, value, "from " + std::to_string(least) + " to " + std::to_string(most));
  }
}

/// In [0, 1); NaN is refused.
void checkFraction(const char* option, double value)
{
  if (!(value >= 0.0 && value < 1.0))
  {
    refuse(option, value, "at least 0 and below 1");
  }
}

void checkPositive(const char* option, double value)
{
  if (!(value > 0.0 && std::isfinite(value)))
  {
    refuse(option, value, "a number above 0");
  }
}
}

void checkHyperparameters(double learningRate, double momentum, double weightDecay)
{
  checkPositive("LearningRate", learningRate);
  checkFraction("Momentum", momentum);
  if (!(weightDecay >= 0.0 && std::isfinite(weightDecay)))
  {
    refuse("WeightDecay", weightDecay, "0 or a number above 0");
  }
}

bool isPrediction(const TrainerOptions& options)
{
  return options.mode == "predict";
}

void checkOptions(const TrainerOptions& options)
{
  if (options.network.empty())
  {
    throw std::invalid_argument("Network is empty: give the name of a built-in network, such as "
                                "lenet5-simplified or resnet18, or the path of a network JSON "
                                "file");
  }
  checkName("Mode", options.mode, { "train", "predict" });
  if (isPrediction(options) && (options.recordGradients || !options.trackedWeights.empty()))
  {
    throw std::invalid_argument("Mode is predict, which changes no weight and takes no gradient: "
                                "leave RecordGradients off and TrackedWeights empty");
  }
  if (isPrediction(options) && !options.autoPrune.empty())
  {
    throw std::invalid_argument("Mode is predict, which changes no network: leave AutoPrune empty");
  }
  if (options.loadModel.empty() && !options.loadModelSkip.empty())
  {
    refuse("LoadModelSkip", "'" + options.loadModelSkip + "'", "empty unless LoadModel is given");
  }
  checkName("Normalization", options.normalization, { "none", "imagenet" });
  checkWithin("Classes", options.classes, 0, mostClasses);
  checkWithin("ImageSize", options.imageSize, 0, largestImage);
  checkName("Dataset", options.dataset, { "digits", "mnist", "cifar10", "folder" });
  checkName("Device", options.device, { "auto", "cpu", "cuda" });
  checkName("Optimizer", options.optimizer, { "sgd", "adam", "adamw" });
  checkName("LearningRateSchedule", options.learningRateSchedule, { "constant", "step", "cosine" });
  checkHyperparameters(options.learningRate, options.momentum, options.weightDecay);
  checkFraction("AdamBeta1", options.adamBeta1);
  checkFraction("AdamBeta2", options.adamBeta2);
  checkPositive("AdamEpsilon", options.adamEpsilon);
  checkPositive("ScheduleFactor", options.scheduleFactor);
  checkAtLeast("ScheduleStepEpochs", options.scheduleStepEpochs, 1);
  checkAtLeast("BatchSize", options.batchSize, 1);
  checkAtLeast("MicroBatchSize", options.microBatchSize, 0);
  if (options.microBatchSize > options.batchSize)
  {
    refuse("MicroBatchSize", options.microBatchSize,
      "at most BatchSize (" + std::to_string(options.batchSize) + ")");
  }
  checkAtLeast("Epochs", options.epochs, 1);
  checkAtLeast<std::int64_t>("MaximumSteps", options.maximumSteps, 0);
  checkAtLeast("Threads", options.threads, 0);
  checkAtLeast<std::int64_t>("SnapshotInterval", options.snapshotInterval, 1);
  checkAtLeast<std::int64_t>("EvaluationInterval", options.evaluationInterval, 0);
  checkAtLeast<std::int64_t>("CheckpointInterval", options.checkpointInterval, -1);
  checkAtLeast<std::int64_t>("FilterInterval", options.filterInterval, 1);
  checkAtLeast("AccumulateBatches", options.accumulateBatches, 1);
  checkAtLeast("SnapshotMemory", options.snapshotMemory, 0);
  checkAtLeast("UndoMemory", options.undoMemory, 0);
  parseAutoPrune(options.autoPrune);
  if (!(options.autoPruneCorrelation >= 0.0 && options.autoPruneCorrelation <= 1.0))
  {
    refuse("AutoPruneCorrelation", options.autoPruneCorrelation, "from 0 to 1");
  }
  checkName("AutoPruneMethod", options.autoPruneMethod, { "reconstruct", "scale", "sum", "drop" });
  if (std::isnan(options.autoPruneTolerance))
  {
    refuse("AutoPruneTolerance", options.autoPruneTolerance, "a number; below 0: no check");
  }
}

bool sameTraining(const TrainerOptions& a, const TrainerOptions& b)
{
  const std::set<std::string> names = differingOptions(a, b);
  return std::all_of(names.begin(), names.end(),
    [](const std::string& name)
    { return isLive(name) || name == "record_file" || name == "overwrite"; });
}

} // namespace tensorview
