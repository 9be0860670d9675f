#ifndef TENSORVIEW_TRAINER_OPTIONS_FIELDS_H
#define TENSORVIEW_TRAINER_OPTIONS_FIELDS_H

#include "TrainerOptions.h"

#include <set>
#include <string>
#include <type_traits>

namespace tensorview
{

/// Calls `visit(name, options.field)` for every option, in the order of TrainerOptions; `name` is
/// the option's name in files (snake_case). The command line's names are the same with '-', the
/// proxy's properties are the same in CamelCase. The one list of options beside the struct itself:
/// a test counts that none is missing.
template <typename Options, typename Visitor>
void visitOptions(Options& options, Visitor visit)
{
  visit("mode", options.mode);
  visit("network", options.network);
  visit("classes", options.classes);
  visit("load_model", options.loadModel);
  visit("load_model_skip", options.loadModelSkip);
  visit("dataset", options.dataset);
  visit("data_directory", options.dataDirectory);
  visit("image_size", options.imageSize);
  visit("normalization", options.normalization);
  visit("device", options.device);
  visit("seed", options.seed);
  visit("batch_size", options.batchSize);
  visit("micro_batch_size", options.microBatchSize);
  visit("optimizer", options.optimizer);
  visit("learning_rate", options.learningRate);
  visit("momentum", options.momentum);
  visit("weight_decay", options.weightDecay);
  visit("adam_beta1", options.adamBeta1);
  visit("adam_beta2", options.adamBeta2);
  visit("adam_epsilon", options.adamEpsilon);
  visit("learning_rate_schedule", options.learningRateSchedule);
  visit("schedule_step_epochs", options.scheduleStepEpochs);
  visit("schedule_factor", options.scheduleFactor);
  visit("epochs", options.epochs);
  visit("maximum_steps", options.maximumSteps);
  visit("threads", options.threads);
  visit("snapshot_interval", options.snapshotInterval);
  visit("evaluation_interval", options.evaluationInterval);
  visit("checkpoint_interval", options.checkpointInterval);
  visit("filter_interval", options.filterInterval);
  visit("accumulate_batches", options.accumulateBatches);
  visit("record_gradients", options.recordGradients);
  visit("snapshot_memory", options.snapshotMemory);
  visit("undo_memory", options.undoMemory);
  visit("auto_prune", options.autoPrune);
  visit("auto_prune_correlation", options.autoPruneCorrelation);
  visit("auto_prune_method", options.autoPruneMethod);
  visit("auto_prune_tolerance", options.autoPruneTolerance);
  visit("tracked_weights", options.trackedWeights);
  visit("record_file", options.recordFile);
  visit("overwrite", options.overwrite);
  visit("resume", options.resume);
}

/// Whether an option says where a training is recorded and resumed, not how it goes.
inline bool isOfPlace(const std::string& name)
{
  return name == "record_file" || name == "overwrite" || name == "resume";
}

/// Whether an option acts on a training under way: at the next step, or, the batch size, at the
/// next epoch's first one.
inline bool isLive(const std::string& name)
{
  for (const char* live : { "learning_rate", "momentum", "weight_decay", "learning_rate_schedule",
         "schedule_step_epochs", "schedule_factor", "optimizer", "adam_beta1", "adam_beta2",
         "adam_epsilon", "batch_size", "micro_batch_size", "auto_prune", "auto_prune_correlation",
         "auto_prune_method", "auto_prune_tolerance" })
  {
    if (name == live)
    {
      return true;
    }
  }
  return false;
}

/// Whether a resumed run keeps the option for ever, because another value would make it another
/// training, or other columns in its record.
inline bool staysOnResume(const std::string& name)
{
  for (const char* fixed : { "mode", "network", "classes", "load_model", "load_model_skip",
         "dataset", "image_size", "normalization", "seed", "record_gradients", "tracked_weights" })
  {
    if (name == fixed)
    {
      return true;
    }
  }
  return false;
}

/// Gives the options of `names` the values that they have in `from`.
inline void copyOptions(
  const TrainerOptions& from, const std::set<std::string>& names, TrainerOptions& to)
{
  const auto copyTo = [&](const std::string& wanted, auto& value)
  {
    visitOptions(from,
      [&](const char* name, const auto& source)
      {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::decay_t<decltype(source)>>)
        {
          if (name == wanted)
          {
            value = source;
          }
        }
      });
  };
  visitOptions(to,
    [&](const char* name, auto& value)
    {
      if (names.count(name) > 0)
      {
        copyTo(name, value);
      }
    });
}

/// Names of the options that have another value than in `other`.
inline std::set<std::string> differingOptions(
  const TrainerOptions& options, const TrainerOptions& other)
{
  std::set<std::string> names;
  const auto visitOther = [&](const char* wanted, const auto& value)
  {
    visitOptions(other,
      [&](const char* name, const auto& otherValue)
      {
        if constexpr (std::is_same_v<decltype(value), decltype(otherValue)>)
        {
          if (name == std::string(wanted) && value != otherValue)
          {
            names.insert(name);
          }
        }
      });
  };
  visitOptions(options, visitOther);
  return names;
}

} // namespace tensorview

#endif
