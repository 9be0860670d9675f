// tensorview-train: trains a network and records it, without ParaView. See docs/training.md.

#include "EngineLibrary.h"
#include "EpochReport.h"
#include "ProgressLine.h"
#include "PruneReport.h"
#include "TrainArguments.h"

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace
{
using namespace tensorview;

volatile std::sig_atomic_t caughtSignal = 0;

/// The first signal asks for a clean stop, a second one ends the process at once.
void onSignal(int number)
{
  caughtSignal = number;
  std::signal(number, SIG_DFL);
}

int fail(const std::string& reason)
{
  std::fprintf(stderr, "tensorview-train: %s\n", reason.c_str());
  return 1;
}

/// Waits for a command; a signal on the way gives the engine a Stop.
CommandStatus follow(Engine& engine, std::int64_t id, ProgressLine& progress)
{
  bool stopping = false;
  for (;;)
  {
    const CommandStatus command = engine.waitFor(id, 0.1);
    if (command.state == CommandState::Done || command.state == CommandState::Failed)
    {
      return command;
    }
    if (caughtSignal != 0 && !stopping)
    {
      engine.stop();
      stopping = true;
    }
    progress.show(engine.status());
  }
}

void tellEpochs(
  EpochReporter& reporter, const Engine& engine, bool ended, bool json, ProgressLine& progress)
{
  for (const EpochSummary& summary : reporter.poll(engine, ended))
  {
    progress.clear();
    std::puts((json ? toJsonLine(summary) : toWords(summary)).c_str());
    std::fflush(stdout);
  }
}

/// Edits that --auto-prune has made since `told` of them were told.
void tellAutoPrunes(const Engine& engine, std::size_t& told, bool json, ProgressLine& progress)
{
  if (engine.status().editCount <= static_cast<std::int64_t>(told))
  {
    return;
  }
  const std::vector<std::string> edits = engine.edits();
  for (; told < edits.size(); ++told)
  {
    progress.clear();
    const PruneResult result = pruneResultAtStep(edits[told]);
    std::puts((json ? toJsonLine(result) : toWords(result)).c_str());
    std::fflush(stdout);
  }
}

/// Until the training is still. `edits`: how many were told.
void train(
  Engine& engine, EpochReporter& reporter, std::size_t& edits, bool json, ProgressLine& progress)
{
  bool stopping = false;
  while (!engine.waitUntilStill(0.1))
  {
    if (caughtSignal != 0 && !stopping)
    {
      progress.clear();
      std::fputs("stopping; once more ends at once\n", stderr);
      engine.stop();
      stopping = true;
    }
    tellAutoPrunes(engine, edits, json, progress);
    tellEpochs(reporter, engine, false, json, progress);
    progress.show(engine.status());
  }
  tellAutoPrunes(engine, edits, json, progress);
  progress.clear();
}

/// What --prune and --prune-at would remove, in that order.
std::vector<EditRequest> allPrunes(const TrainArguments& arguments)
{
  std::vector<EditRequest> prunes;
  for (const PruneAt& prune : arguments.prunesAt)
  {
    prunes.push_back(prune.request);
  }
  prunes.insert(prunes.end(), arguments.prunes.begin(), arguments.prunes.end());
  return prunes;
}

/// Why the steps of --prune-at are not steps of the training that is prepared; empty: they are.
std::string checkSteps(const EngineStatus& status, const std::vector<PruneAt>& prunes)
{
  for (const PruneAt& prune : prunes)
  {
    if (prune.step <= status.step || prune.step >= status.totalSteps)
    {
      return "--prune-at: step " + std::to_string(prune.step) +
             " is not between the first and the last step of the training, " +
             std::to_string(status.step) + " and " + std::to_string(status.totalSteps);
    }
  }
  return {};
}

/// Trains to the end; halts at the steps of --prune-at, removes filters, tells what that did, and
/// goes on. @return what went wrong, empty: nothing, or what conclude() will tell
std::string trainAndPrune(Engine& engine, const TrainArguments& arguments, ProgressLine& progress)
{
  EpochReporter reporter(engine.status());
  std::size_t edits = engine.edits().size();
  auto next = arguments.prunesAt.begin();
  const auto end = arguments.prunesAt.end();
  for (;;)
  {
    if (next != end)
    {
      engine.pauseAt(next->step);
    }
    const CommandStatus started = follow(engine, engine.start(), progress);
    if (started.state == CommandState::Failed)
    {
      return started.reason;
    }
    train(engine, reporter, edits, arguments.json, progress);
    const EngineStatus status = engine.status();
    const bool pauses = status.state == TrainingState::Paused && next != end &&
                        status.step == next->step && caughtSignal == 0;
    tellEpochs(reporter, engine, !pauses, arguments.json, progress);
    if (!pauses)
    {
      return {};
    }
    for (; next != end && next->step == status.step; ++next)
    {
      const CommandStatus pruned = follow(engine, engine.applyEdit(next->request), progress);
      progress.clear();
      if (pruned.state == CommandState::Failed)
      {
        engine.waitFor(engine.stop(), -1.0);
        return pruned.reason;
      }
      const PruneResult result = pruneResultAtStep(engine.edits().back());
      edits = engine.edits().size();
      std::puts((arguments.json ? toJsonLine(result) : toWords(result)).c_str());
      std::fflush(stdout);
    }
  }
}

/// Removes the filters that --prune names from the network that is left, and tells what that did.
/// @return what went wrong, empty: nothing
std::string prune(Engine& engine, const TrainArguments& arguments, ProgressLine& progress)
{
  for (const EditRequest& request : arguments.prunes)
  {
    const CommandStatus pruned = follow(engine, engine.pruneTrained(request), progress);
    progress.clear();
    if (pruned.state == CommandState::Failed)
    {
      return pruned.reason;
    }
    const std::vector<std::string> edits = engine.edits();
    const PruneResult result = edits.empty() ? PruneResult() : pruneResult(edits.back());
    std::puts((arguments.json ? toJsonLine(result) : toWords(result)).c_str());
    std::fflush(stdout);
    if (result.filtersAfter > request.pruneTo && request.threshold <= -1.0)
    {
      return "layer '" + request.layer + "' keeps " + std::to_string(result.filtersAfter) +
             " filters, not " + std::to_string(request.pruneTo) +
             ": the others are constant and correlate with none; --prune-choice least-damage "
             "removes them first";
    }
  }
  return {};
}

/// Writes the weights if --save-model was given. @return what went wrong, empty: nothing
std::string save(Engine& engine, const TrainArguments& arguments)
{
  if (arguments.saveModel.empty())
  {
    return {};
  }
  const CommandStatus saved = engine.waitFor(engine.saveModel(arguments.saveModel), -1.0);
  return saved.state == CommandState::Failed ? saved.reason : std::string();
}

/// What there is to say when all is over, and the exit status.
int conclude(Engine& engine, const TrainArguments& arguments, ProgressLine& progress)
{
  const EngineStatus status = engine.status();
  if (status.state == TrainingState::Paused || status.state == TrainingState::Failed)
  {
    // A pause that nobody asked for: the training diverged.
    engine.waitFor(engine.stop(), -1.0);
    return fail(status.message);
  }
  if (caughtSignal != 0)
  {
    const std::string unsaved = save(engine, arguments);
    fail(unsaved.empty() ? status.message : unsaved);
    return 128 + caughtSignal;
  }
  if (arguments.json)
  {
    std::puts(lastJsonLine(status).c_str());
  }
  else
  {
    std::printf("%s", status.message.c_str());
    if (std::isfinite(status.testAccuracy))
    {
      std::printf(", test accuracy %.4f", status.testAccuracy);
    }
    std::puts("");
  }
  std::fflush(stdout);
  if (status.droppedRows > 0 || status.droppedSnapshots > 0)
  {
    std::fprintf(stderr,
      "tensorview-train: %lld rows and %lld snapshots are not in the record: the disk was too "
      "slow, or there was no memory for them (--snapshot-memory)\n",
      static_cast<long long>(status.droppedRows), static_cast<long long>(status.droppedSnapshots));
  }
  std::string problem = prune(engine, arguments, progress);
  problem = problem.empty() ? save(engine, arguments) : problem;
  if (!problem.empty())
  {
    return fail(problem);
  }
  if (status.step < status.totalSteps)
  {
    return fail(status.message);
  }
  return status.recordFailed ? fail(status.recordMessage) : 0;
}

int run(const TrainArguments& arguments)
{
  // Threads that wait at a barrier sleep instead of spinning: steps do not become many times slower
  // when another program needs a core. Read when the engine's OpenMP is loaded, below.
  ::setenv("OMP_WAIT_POLICY", "passive", 0);
  std::string error;
  const std::unique_ptr<Engine> engine = createEngine({}, error);
  if (!engine)
  {
    return fail(error);
  }
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);

  ProgressLine progress(arguments.quiet ? nullptr : stderr);
  engine->configure(arguments.options);
  const CommandStatus command = follow(*engine, engine->prepare(), progress);
  progress.clear();
  if (command.state == CommandState::Failed)
  {
    fail(command.reason);
    return caughtSignal != 0 ? 128 + caughtSignal : 1;
  }
  if (const std::string refusal = checkPrunes(*engine->model(), allPrunes(arguments));
      !refusal.empty())
  {
    return fail(refusal);
  }
  if (const std::string refusal = checkSteps(engine->status(), arguments.prunesAt);
      !refusal.empty())
  {
    return fail(refusal);
  }
  const EngineStatus ready = engine->status();
  std::fprintf(stderr, "%s on %s with %d threads, %lld steps\n", ready.message.c_str(),
    ready.device.c_str(), ready.threads, static_cast<long long>(ready.totalSteps));
  if (ready.expectedBytes > 0) // else start() refuses the record and says why
  {
    std::fprintf(stderr, "%s\n", ready.recordMessage.c_str());
  }
  if (const std::string problem = trainAndPrune(*engine, arguments, progress); !problem.empty())
  {
    return fail(problem);
  }
  return conclude(*engine, arguments, progress);
}
}

int main(int argc, char** argv)
{
  try
  {
    TrainArguments arguments;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (const auto usage = parseArguments(words, arguments))
    {
      std::fputs(usage->text.c_str(), usage->status == 0 ? stdout : stderr);
      return usage->status;
    }
    return run(arguments);
  }
  catch (const std::exception& error)
  {
    return fail(error.what());
  }
}
