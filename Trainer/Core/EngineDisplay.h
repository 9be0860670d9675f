#ifndef TENSORVIEW_ENGINE_DISPLAY_H
#define TENSORVIEW_ENGINE_DISPLAY_H

#include "Edit.h"
#include "Latest.h"
#include "ProbeBoard.h"
#include "SnapshotBoard.h"
#include "StatusBoard.h"
#include "TrainingHistory.h"

namespace tensorview
{

/// Everything the worker shows to other threads. Each member is safe to use from any thread.
struct EngineDisplay
{
  StatusBoard status;
  SnapshotBoard snapshots;
  ProbeBoard probes;
  Latest<ModelDescription> model;
  Latest<EditPreview> preview;     ///< of an edit
  Latest<TrainingHistory> history; ///< of the present run; a fresh run begins a new one
};

} // namespace tensorview

#endif
