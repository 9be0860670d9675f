#ifndef TENSORVIEW_TRAINER_OPTIONS_CHECK_H
#define TENSORVIEW_TRAINER_OPTIONS_CHECK_H

#include "TrainerOptions.h"

namespace tensorview
{

/// Checks everything that can be judged without data, network and device: names that have a fixed
/// list, ranges of numbers. Whether the network fits the data is createTorchModel's to say.
/// @throws std::invalid_argument naming the option, its value and what is allowed
void checkOptions(const TrainerOptions& options);

/// Whether the network is only to be looked at: forward passes, no change of weights.
bool isPrediction(const TrainerOptions& options);

/// The part of checkOptions that concerns these numbers.
/// @throws std::invalid_argument likewise
void checkHyperparameters(double learningRate, double momentum, double weightDecay);

/// Whether a network prepared with `a` can be trained with `b` as it is: they differ at most in
/// what may change while training runs (isLive) and in where to record.
bool sameTraining(const TrainerOptions& a, const TrainerOptions& b);

} // namespace tensorview

#endif
