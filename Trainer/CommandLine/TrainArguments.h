#ifndef TENSORVIEW_TRAIN_ARGUMENTS_H
#define TENSORVIEW_TRAIN_ARGUMENTS_H

#include "Edit.h"
#include "TrainerOptions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tensorview
{

/// One --prune-at.
struct PruneAt
{
  std::int64_t step = 0; ///< after which it happens
  EditRequest request;
};

/// What tensorview-train was asked for.
struct TrainArguments
{
  TrainerOptions options;
  bool json = false;               ///< --json: one object a line instead of words
  bool quiet = false;              ///< --quiet: no progress line
  std::vector<EditRequest> prunes; ///< --prune: what to remove when all is over, in this order
  std::vector<PruneAt> prunesAt;   ///< --prune-at: what to remove on the way, by step
  std::string saveModel; ///< --save-model: file for the weights when all is over, empty: none
};

/// A command line that ends here: --help, --version or a mistake.
struct TrainUsage
{
  int status = 0;   ///< exit status, 0 for --help and --version
  std::string text; ///< to print, on the standard output if status is 0, else as an error
};

/// Reads a command line into `arguments`; returns how to end instead, if it is not to train.
/// Every option of TrainerOptions has a long option of its name, with '-' for '_'.
std::optional<TrainUsage> parseArguments(
  const std::vector<std::string>& words, TrainArguments& arguments);

} // namespace tensorview

#endif
