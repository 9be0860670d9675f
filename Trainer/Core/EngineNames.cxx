#include "Engine.h"

namespace tensorview
{

const char* toString(TrainingState state)
{
  switch (state)
  {
    case TrainingState::Idle:
      return "idle";
    case TrainingState::Preparing:
      return "preparing";
    case TrainingState::Ready:
      return "ready";
    case TrainingState::Running:
      return "running";
    case TrainingState::Paused:
      return "paused";
    case TrainingState::Finished:
      return "finished";
    case TrainingState::Failed:
      return "failed";
  }
  return "unknown";
}

const char* toString(CommandState state)
{
  switch (state)
  {
    case CommandState::Requested:
      return "requested";
    case CommandState::Running:
      return "running";
    case CommandState::Done:
      return "done";
    case CommandState::Failed:
      return "failed";
  }
  return "unknown";
}

} // namespace tensorview
