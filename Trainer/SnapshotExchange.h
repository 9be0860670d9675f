#ifndef TENSORVIEW_SNAPSHOT_EXCHANGE_H
#define TENSORVIEW_SNAPSHOT_EXCHANGE_H

#include "../Readers/Core/TensorTypes.h"

#include <memory>
#include <string>
#include <vector>

class vtkMultiProcessController;

/// How the ranks of a data server share what the engine on rank 0 has. All functions are
/// collective: every rank calls them in the same order. With one process they only pass on.
namespace tensorview
{

/// `model` of rank 0 (may be null), on all ranks.
std::shared_ptr<const ModelDescription> shareModel(
  vtkMultiProcessController* controller, const std::shared_ptr<const ModelDescription>& model);

/// A rank's part of a snapshot: of every tensor the filters [f * rank / ranks, f * (rank + 1) /
/// ranks) of the f that exist. Rank 0's part shares the memory of `snapshot`. Null where rank 0's
/// `snapshot` is null. `model` is the shared one, in whose order the
/// tensors are.
std::shared_ptr<const NetworkSnapshot> shareSnapshot(vtkMultiProcessController* controller,
  const std::shared_ptr<const NetworkSnapshot>& snapshot, const ModelDescription& model);

/// The names on all ranks.
std::vector<std::string> shareNames(
  vtkMultiProcessController* controller, const std::vector<std::string>& names);

/// The filters [first, first + count) of `values`, sharing its memory.
TensorValues filtersOf(const TensorValues& values, std::int64_t first, std::int64_t count);

} // namespace tensorview

#endif
