#include "ResumePoint.h"

#include "CheckpointStore.h"
#include "DurableFile.h"
#include "ResumedOptions.h"
#include "RunReader.h"
#include "RunWriter.h"
#include "TrainerOptionsFields.h"
#include "TrainerOptionsJson.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{

namespace
{
struct CheckpointEvent
{
  std::int64_t step = 0;
  std::string path;
  nlohmann::json settings =
    nlohmann::json::object(); ///< of those that are live, the ones that were in force
  EpochClock clock{ 0 };      ///< stepsPerEpoch 0: not told, it is that of the whole run
};

/// The event behind one line, if it tells of a checkpoint whose file is there.
std::optional<CheckpointEvent> parseCheckpoint(const std::string& line, const fs::path& folder)
{
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object())
  {
    return std::nullopt;
  }
  const auto isWhole = [&](const char* key)
  { return !json.contains(key) || json[key].is_number_integer(); };
  try
  {
    if (json.value("event", "") != "checkpoint" || !isWhole("step") ||
        !isWhole("steps_per_epoch") || !isWhole("first_step") || !isWhole("first_epoch"))
    {
      return std::nullopt;
    }
    CheckpointEvent event;
    event.step = json.at("step").get<std::int64_t>();
    for (const auto& [name, value] : json.items())
    {
      if (isLive(name))
      {
        event.settings[name] = value;
      }
    }
    event.clock = { json.value("steps_per_epoch", std::int64_t(0)),
      json.value("first_step", std::int64_t(0)), json.value("first_epoch", std::int64_t(0)) };
    // Only a plain name beside the run file: a file from a stranger must not lead elsewhere.
    event.path = (folder / fs::path(json.at("file").get<std::string>()).filename()).string();
    std::error_code ignored;
    return fs::is_regular_file(event.path, ignored) ? std::optional(event) : std::nullopt;
  }
  catch (const nlohmann::json::exception&)
  {
    return std::nullopt;
  }
}

/// A run opened along the way that leads to the checkpoint to go on from.
struct FoundCheckpoint
{
  std::unique_ptr<RunReader> reader;
  std::string branch; ///< file name of the segment that the way ends with
  CheckpointEvent event;
};

/// The newest one of that step (or of any) along one way; adds the steps that there are to `known`.
std::optional<CheckpointEvent> findOnWay(const RunReader& reader, const fs::path& folder,
  const std::optional<std::int64_t>& step, std::set<std::int64_t>& known)
{
  const std::vector<std::string> lines = reader.jsonLines("events");
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
  {
    const auto event = parseCheckpoint(*line, folder);
    if (event && (!step || event->step == *step))
    {
      return event;
    }
    if (event)
    {
      known.insert(event->step);
    }
  }
  return std::nullopt;
}

FoundCheckpoint findCheckpoint(const ResumeTarget& target)
{
  const fs::path folder = fs::path(target.run).parent_path();
  FoundCheckpoint found;
  found.reader = RunReader::open(target.run);
  std::vector<std::string> branches = found.reader->branches();
  std::set<std::int64_t> known;
  for (auto branch = branches.rbegin(); branch != branches.rend(); ++branch)
  {
    if (branch != branches.rbegin())
    {
      found.reader = RunReader::open(target.run, *branch);
    }
    found.branch = *branch;
    if (const auto event = findOnWay(*found.reader, folder, target.step, known))
    {
      found.event = *event;
      return found;
    }
  }
  if (known.empty())
  {
    throw std::runtime_error(
      "cannot resume '" + target.run +
      "': none of its checkpoint files (*.checkpoint-*.pt) is beside it. A run writes them every "
      "CheckpointInterval steps, unless that is -1");
  }
  std::string steps;
  for (const std::int64_t step : known)
  {
    steps += (steps.empty() ? "" : ", ") + std::to_string(step);
  }
  throw std::runtime_error("cannot resume '" + target.run + "': it has no checkpoint of step " +
                           std::to_string(*target.step) + "; there are those of steps " + steps);
}

/// Metrics and tracked values of the steps up to `lastStep`.
StepBlock readRows(const RunReader& reader, std::int64_t lastStep)
{
  const StepTable metrics = reader.metrics();
  const auto end = std::upper_bound(metrics.step.begin(), metrics.step.end(), lastStep);
  const auto rows = static_cast<std::size_t>(end - metrics.step.begin());
  StepBlock block;
  block.step.assign(metrics.step.begin(), end);
  block.epoch.assign(metrics.epoch.begin(), metrics.epoch.begin() + rows);
  block.metrics.assign(
    metrics.values.begin(), metrics.values.begin() + rows * metrics.columns.size());

  const RunLayout& layout = reader.layout();
  const std::size_t width = layout.tracked.size();
  block.tracked.assign(rows * width, std::numeric_limits<float>::quiet_NaN());
  std::map<std::int32_t, std::vector<std::size_t>> columnsOfLayer;
  for (std::size_t column = 0; column < width; ++column)
  {
    columnsOfLayer[layout.tracked[column].layerId].push_back(column);
  }
  for (const LayerDescription& layer : layout.model.layers)
  {
    const std::vector<std::size_t>& columns = columnsOfLayer[layer.id];
    if (columns.empty())
    {
      continue;
    }
    std::vector<std::int64_t> indices;
    for (const std::size_t column : columns)
    {
      indices.push_back(layout.tracked[column].index);
    }
    const CoordinateHistory history = reader.coordinates(layer.name, indices, 1, lastStep);
    for (std::size_t i = 0; i < history.step.size(); ++i)
    {
      const auto row = std::lower_bound(block.step.begin(), block.step.end(), history.step[i]);
      if (row == block.step.end() || *row != history.step[i])
      {
        continue;
      }
      for (std::size_t k = 0; k < columns.size(); ++k)
      {
        block.tracked[(row - block.step.begin()) * width + columns[k]] =
          history.values[i * columns.size() + k];
      }
    }
  }
  return block;
}

/// What was done to the network up to `lastStep`.
std::vector<std::string> editsUntil(const RunReader& reader, std::int64_t lastStep)
{
  std::vector<std::string> edits;
  for (const std::string& line : reader.jsonLines("edits"))
  {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const bool known =
      json.is_object() && json.contains("step") && json["step"].is_number_integer();
    if (known && json["step"].get<std::int64_t>() <= lastStep)
    {
      edits.push_back(line);
    }
  }
  return edits;
}

/// Where the run had come to its end, it goes on as far as is asked for now.
void extend(TrainerOptions& options, const TrainerOptions& asked, const EpochClock& clock,
  const CheckpointEvent& checkpoint)
{
  const auto stepsOf = [&](const TrainerOptions& o)
  { return o.maximumSteps > 0 ? o.maximumSteps : clock.stepAtEpoch(o.epochs); };
  if (checkpoint.step < stepsOf(options))
  {
    return;
  }
  if (checkpoint.step >= stepsOf(asked))
  {
    throw std::runtime_error("cannot resume '" + asked.resume + "': all its " +
                             std::to_string(checkpoint.step) +
                             " steps are done; ask for more Epochs or MaximumSteps");
  }
  options.epochs = asked.epochs;
  options.maximumSteps = asked.maximumSteps;
}

/// However their paths are spelled.
bool sameRun(const std::string& a, const std::string& b)
{
  const auto place = [](const std::string& path)
  {
    std::error_code problem;
    const fs::path root = rootSegmentPath(path);
    const fs::path canonical = fs::weakly_canonical(fs::absolute(root, problem), problem);
    return problem ? root : canonical;
  };
  return place(a) == place(b);
}

/// Whether a run of its own shall be recorded, and not a segment of the one that is resumed.
bool beginsRun(const ResumeTarget& target, const TrainerOptions& asked)
{
  const bool elsewhere = !asked.recordFile.empty() && !sameRun(asked.recordFile, target.run);
  if (elsewhere && !target.step)
  {
    throw std::runtime_error(
      "cannot resume '" + asked.resume + "' and record to '" + asked.recordFile +
      "': a resumed run goes on in its own next segment; leave RecordFile empty, or name the "
      "checkpoint that a new run shall begin with, such as " +
      asked.resume + "@1080");
  }
  return elsewhere;
}

/// `run` as seen from the folder of `file`; as it is if there is no way from one to the other.
std::string seenFrom(const std::string& file, const std::string& run)
{
  std::error_code problem;
  const fs::path folder = fs::absolute(file, problem).parent_path();
  const fs::path relative = fs::relative(run, folder, problem);
  return problem || relative.empty() ? run : relative.generic_string();
}

/// Fills in the point's options and what to say of them.
void chooseOptions(ResumePoint& point, const ResumeTarget& target, const TrainerOptions& asked,
  const RunLayout& layout, const CheckpointEvent& checkpoint)
{
  TrainerOptions run = trainerOptionsFromJson(layout.optionsJson);
  const TrainerOptions then = trainerOptionsFromJson(checkpoint.settings.dump());
  std::set<std::string> names;
  for (const auto& [name, value] : checkpoint.settings.items())
  {
    names.insert(name);
  }
  copyOptions(then, names, run);
  point.optimizer = run.optimizer;
  run.threads = layout.threads; // the same bytes hold for the same number of threads
  ResumedOptions merged;
  try
  {
    merged = mergeOptions(run, asked);
  }
  catch (const std::invalid_argument& error)
  {
    throw std::runtime_error("cannot resume '" + asked.resume + "': " + error.what());
  }
  point.options = std::move(merged.options);
  point.options.resume = asked.resume;
  const bool isNew = beginsRun(target, asked);
  point.options.overwrite = isNew && asked.overwrite;
  point.options.recordFile =
    isNew ? asked.recordFile : nextSegmentPath(rootSegmentPath(target.run));
  point.parentRun = isNew ? seenFrom(asked.recordFile, target.run) : std::string();
  const bool told = checkpoint.clock.stepsPerEpoch > 0;
  extend(point.options, asked, told ? checkpoint.clock : layout.clock, checkpoint);
  point.asked = asked;
  point.remark = merged.changed.empty() ? "" : "with " + merged.changed;
  point.warning =
    merged.kept.empty() ? "" : "the resumed run keeps its own settings: " + merged.kept;
}
}

ResumeTarget parseResume(const std::string& text)
{
  constexpr const char* digits = "0123456789";
  constexpr std::size_t mostDigits = 18;
  const auto isStep = [&](const std::string& number)
  {
    return !number.empty() && number.size() <= mostDigits &&
           number.find_first_not_of(digits) == std::string::npos;
  };
  const std::string marker = ".checkpoint-";
  const fs::path path(text);
  const std::string stem = path.stem().string();
  const std::size_t at = stem.rfind(marker);
  if (path.extension() == ".pt" && at != std::string::npos && at > 0 &&
      isStep(stem.substr(at + marker.size())))
  {
    return { (path.parent_path() / (stem.substr(0, at) + ".tvr")).string(),
      std::stoll(stem.substr(at + marker.size())) };
  }
  std::error_code ignored;
  const std::size_t sign = text.rfind('@');
  if (sign != std::string::npos && isStep(text.substr(sign + 1)) && !fs::exists(text, ignored))
  {
    return { text.substr(0, sign), std::stoll(text.substr(sign + 1)) };
  }
  return { text, std::nullopt };
}

ResumePoint loadResumePoint(const TrainerOptions& asked)
{
  const ResumeTarget target = parseResume(asked.resume);
  beginsRun(target, asked);
  const FoundCheckpoint found = findCheckpoint(target);
  const RunReader* const reader = found.reader.get();
  const CheckpointEvent& checkpoint = found.event;
  ResumePoint point;
  chooseOptions(point, target, asked, reader->layout(), checkpoint);
  point.parentSegment = point.parentRun.empty() ? found.branch : std::string();
  point.step = checkpoint.step;
  point.state = readWhole(checkpoint.path);
  point.rows = readRows(*reader, checkpoint.step);
  point.edits = editsUntil(*reader, checkpoint.step);
  for (Evaluation& evaluation : reader->evaluations())
  {
    if (evaluation.step <= checkpoint.step)
    {
      point.evaluations.push_back(std::move(evaluation));
    }
  }
  return point;
}

} // namespace tensorview
