#include "TrainArguments.h"

#include "TrainerOptionsFields.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>

namespace tensorview
{

namespace
{
/// What --help says of each option.
const char* describe(const std::string& name)
{
  static const std::map<std::string, const char*> texts = {
    { "mode", "train, or predict: forward passes only, weights stay as they are" },
    { "network", "lenet5-simplified, lenet5, vgg16, resnet18, resnet50, or a network JSON file" },
    { "classes", "scores the network puts out; 0: as many as the data set has classes" },
    { "load_model", "weights to begin with: .safetensors, .pt or .pth" },
    { "load_model_skip", "layers that keep their drawn weights instead, e.g. fc or fc;conv1" },
    { "dataset", "digits (built in), mnist, cifar10 or folder (class folders of PNG or JPEG)" },
    { "data_directory",
      "folder that holds the data files; without it, below $TENSORVIEW_DATA_DIR" },
    { "image_size", "rows and columns that images are scaled to; 0: as they are" },
    { "normalization",
      "none (pixel / 255), or imagenet: mean and deviation of torchvision's models" },
    { "device", "auto (CUDA where there is one), cpu or cuda" },
    { "seed", "of initial weights, order of the data, dropout and digits" },
    { "batch_size", "images a step" },
    { "micro_batch_size", "images at once, to save memory; 0: the whole batch" },
    { "optimizer", "sgd, adam or adamw" },
    { "learning_rate", "at the start; see --learning-rate-schedule" },
    { "momentum", "of sgd" },
    { "weight_decay", "L2 penalty (decoupled for adamw)" },
    { "adam_beta1", "decay of the first moment of adam and adamw" },
    { "adam_beta2", "decay of the second moment of adam and adamw" },
    { "adam_epsilon", "added to adam's and adamw's divisor" },
    { "learning_rate_schedule", "constant, step or cosine" },
    { "schedule_step_epochs", "epochs between drops of the step schedule" },
    { "schedule_factor", "factor of each drop of the step schedule" },
    { "epochs", "passes over the training images" },
    { "maximum_steps", "end after this many steps; 0: after --epochs" },
    { "threads", "CPU threads; 0: all cores" },
    { "snapshot_interval", "steps between recorded snapshots" },
    { "evaluation_interval", "steps between evaluations; 0: every epoch" },
    { "checkpoint_interval",
      "steps between checkpoints while recording; 0: every epoch, -1: none" },
    { "filter_interval", "steps between rows of the per-filter series" },
    { "accumulate_batches", "batches summed into one activation" },
    { "record_gradients", "record gradients with each snapshot" },
    { "snapshot_memory", "MiB for snapshots in memory; 0: a quarter of the machine's" },
    { "undo_memory", "MiB for states to undo edits to; 0: an eighth of the machine's" },
    { "auto_prune", "layers whose similar filters are merged at each epoch's end, and how many "
                    "remain at least: conv1=12;conv2=24" },
    { "auto_prune_correlation", "coefficient below which --auto-prune never takes filters for "
                                "similar" },
    { "auto_prune_method",
      "what takes the place of merged filters: reconstruct, scale, sum or drop" },
    { "auto_prune_tolerance",
      "loss of validation accuracy up to which --auto-prune merges (0.001: 0.1 points); below 0: "
      "any" },
    { "tracked_weights", "weights to follow every step, e.g. conv1:0,1,2;fc1:7" },
    { "record_file", "run file to write (.tvr)" },
    { "overwrite", "replace the record file if it exists" },
    { "resume", "run file to go on from (run.tvr, or run.tvr@STEP of a checkpoint), in its next "
                "segment, with its own settings and those that are given here" },
  };
  return texts.at(name);
}

std::string longOption(const std::string& name)
{
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  // --steps is how one says it; the option's own name works as well.
  return name == "maximum_steps" ? "--steps,--maximum-steps" : "--" + dashed;
}

void addOption(CLI::App& app, const std::string& name, bool& value)
{
  app.add_flag(longOption(name), value, describe(name));
}

template <typename Value>
void addOption(CLI::App& app, const std::string& name, Value& value)
{
  app.add_option(longOption(name), value, describe(name))->capture_default_str();
}
}

namespace
{
/// What would be in the way of writing weights there, before hours of training.
std::string checkModelPath(const std::string& path)
{
  const std::filesystem::path file(path);
  if (file.extension() != ".safetensors")
  {
    return "'" + path + "' must end in .safetensors, as that is what is written";
  }
  std::error_code ignored;
  const bool hasFolder =
    !file.has_parent_path() || std::filesystem::is_directory(file.parent_path(), ignored);
  return hasFolder ? std::string()
                   : "'" + file.parent_path().string() + "' is no folder: create it first";
}
}

namespace
{
/// --prune and what belongs to it, in words.
struct PruneWords
{
  std::vector<std::string> layers;  ///< "conv1=8"
  std::vector<std::string> atSteps; ///< "1080:conv1=14"
  std::string choice = toString(PruneChoice::LeastDamage);
  std::string method = toString(PruneMethod::Reconstruct);
  double threshold = -1.0;
  double ridge = EditRequest().ridge;
};

bool isNumber(const std::string& text)
{
  return !text.empty() && text.size() < 9 &&
         text.find_first_not_of("0123456789") == std::string::npos && std::stol(text) > 0;
}

/// Why `text` is not like "conv1=8"; empty if it is.
std::string checkPrune(const std::string& text)
{
  const std::size_t equals = text.rfind('=');
  return equals != std::string::npos && equals > 0 && isNumber(text.substr(equals + 1))
           ? std::string()
           : "'" + text + "' must be a layer and how many filters remain, e.g. conv1=8";
}

/// Likewise for "1080:conv1=14".
std::string checkPruneAt(const std::string& text)
{
  const std::size_t colon = text.find(':');
  return colon != std::string::npos && isNumber(text.substr(0, colon)) &&
             checkPrune(text.substr(colon + 1)).empty()
           ? std::string()
           : "'" + text +
               "' must be a step, a layer and how many filters remain, e.g. "
               "1080:conv1=14";
}

void addOptions(CLI::App& app, PruneWords& words)
{
  app
    .add_option("--prune", words.layers,
      "LAYER=FILTERS: when the training has ended, remove filters of a layer until so many remain; "
      "may be given several times")
    ->type_name("LAYER=FILTERS")
    ->expected(1)
    ->take_all()
    ->check(checkPrune);
  app
    .add_option("--prune-at", words.atSteps,
      "STEP:LAYER=FILTERS: when that step is done, remove filters of a layer until so many remain, "
      "and train on; may be given several times")
    ->type_name("STEP:LAYER=FILTERS")
    ->expected(1)
    ->take_all()
    ->check(checkPruneAt);
  app
    .add_option("--prune-choice", words.choice,
      "which filters --prune removes: least-damage, correlated or smallest-norm")
    ->check(CLI::IsMember({ "least-damage", "correlated", "smallest-norm" }))
    ->capture_default_str();
  app
    .add_option(
      "--prune-method", words.method, "what takes their place: reconstruct, scale, sum or drop")
    ->check(CLI::IsMember({ "reconstruct", "scale", "sum", "drop" }))
    ->capture_default_str();
  app
    .add_option("--prune-threshold", words.threshold,
      "of --prune-choice correlated: only join filters that correlate so much, even if more "
      "remain then; -1: any")
    ->check(CLI::Range(-1.0, 1.0))
    ->capture_default_str();
  app
    .add_option("--prune-ridge", words.ridge,
      "of --prune-method reconstruct: ridge, as a part of the mean energy of the maps")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
}

EditRequest requestOf(const PruneWords& words, const std::string& text, const char* why)
{
  const std::size_t equals = text.rfind('=');
  EditRequest request;
  request.layer = text.substr(0, equals);
  request.pruneTo = std::stol(text.substr(equals + 1));
  request.choice = pruneChoice(words.choice);
  request.method = pruneMethod(words.method);
  request.threshold = words.threshold;
  request.ridge = words.ridge;
  request.why = why;
  return request;
}

std::vector<EditRequest> requestsOf(const PruneWords& words)
{
  std::vector<EditRequest> requests;
  for (const std::string& text : words.layers)
  {
    requests.push_back(requestOf(words, text, "--prune"));
  }
  return requests;
}

/// By step; those of one step in the order in which they were given.
std::vector<PruneAt> prunesAtSteps(const PruneWords& words)
{
  std::vector<PruneAt> prunes;
  for (const std::string& text : words.atSteps)
  {
    const std::size_t colon = text.find(':');
    prunes.push_back(
      { std::stol(text.substr(0, colon)), requestOf(words, text.substr(colon + 1), "--prune-at") });
  }
  std::stable_sort(prunes.begin(), prunes.end(),
    [](const PruneAt& a, const PruneAt& b) { return a.step < b.step; });
  return prunes;
}
}

std::optional<TrainUsage> parseArguments(
  const std::vector<std::string>& words, TrainArguments& arguments)
{
  CLI::App app(
    "Trains a neural network and records it for ParaView, without ParaView.", "tensorview-train");
  app.get_formatter()->column_width(38);
  visitOptions(
    arguments.options, [&](const char* name, auto& value) { addOption(app, name, value); });
  app.add_flag_callback(
    "--predict", [&] { arguments.options.mode = "predict"; }, "the same as --mode predict");
  app
    .add_option("--save-model", arguments.saveModel,
      "file to write the weights to when the training ends or is stopped (.safetensors)")
    ->check(checkModelPath);
  PruneWords prune;
  addOptions(app, prune);
  app.add_flag("--json", arguments.json,
    "print one JSON object per line and epoch, one with the test accuracy, and one per --prune and "
    "--prune-at");
  app.add_flag("--quiet", arguments.quiet, "show no progress line on a terminal");
  app.set_version_flag("--version", std::string("tensorview-train ") + TENSORVIEW_VERSION);
  app.footer("Exit status 0 only when it did what was asked. Ctrl-C stops cleanly: the record file "
             "is closed and a checkpoint written. docs/training.md tells more.");
  try
  {
    std::vector<std::string> reversed(words.rbegin(), words.rend()); // as CLI11 wants them
    app.parse(std::move(reversed));
    arguments.prunes = requestsOf(prune);
    arguments.prunesAt = prunesAtSteps(prune);
    visitOptions(arguments.options,
      [&](const std::string& name, const auto&)
      {
        const std::string option = longOption(name);
        if (app.get_option(option.substr(0, option.find(',')))->count() > 0)
        {
          arguments.options.given.insert(name);
        }
      });
  }
  catch (const CLI::ParseError& end)
  {
    std::ostringstream out;
    std::ostringstream error;
    const int status = app.exit(end, out, error);
    return TrainUsage{ status, out.str() + error.str() };
  }
  return std::nullopt;
}

} // namespace tensorview
