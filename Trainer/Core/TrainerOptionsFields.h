#ifndef TENSORVIEW_TRAINER_OPTIONS_FIELDS_H
#define TENSORVIEW_TRAINER_OPTIONS_FIELDS_H

#include "TrainerOptions.h"

namespace tensorview
{

/// Calls `visit(name, options.field)` for every option, in the order of TrainerOptions; `name` is
/// the option's name in files (snake_case). The command line's names are the same with '-', the
/// proxy's properties are the same in CamelCase. The one list of options beside the struct itself:
/// a test counts that none is missing.
template <typename Options, typename Visitor>
void visitOptions(Options& options, Visitor visit)
{
  visit("network", options.network);
  visit("dataset", options.dataset);
  visit("data_directory", options.dataDirectory);
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
  visit("tracked_weights", options.trackedWeights);
  visit("record_file", options.recordFile);
  visit("overwrite", options.overwrite);
  visit("resume", options.resume);
}

} // namespace tensorview

#endif
