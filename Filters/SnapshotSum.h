#ifndef SnapshotSum_h
#define SnapshotSum_h

#include "vtkTensorCollection.h"

#include <cstdint>
#include <string>
#include <vector>

class vtkModelProvider;

/// Tensors summed over snapshots, filter by filter (by slot) and channel by channel: what exists at
/// the newest one is summed, snapshots at which it did not exist yet add nothing to it.
namespace SnapshotSum
{

/// Parts whose values are the sum of those of `parts` and of an older snapshot of the same tensor.
/// @param owned true: `parts` came from here, their values may be changed
std::vector<vtkTensorCollection::Part> Add(const std::vector<vtkTensorCollection::Part>& parts,
  bool owned, const std::vector<vtkTensorCollection::Part>& older);

/// Adds to `parts` (at `step`) the recorded snapshots before, `snapshots` in all, and returns how
/// many these are; 0: the source keeps no record. Snapshots without the tensor do not count.
std::size_t AddRecorded(vtkModelProvider* provider, const std::string& layer,
  const std::string& kind, double step, std::size_t snapshots,
  std::vector<vtkTensorCollection::Part>& parts);

/// The snapshots of a tensor that passed by, for sources without a record.
class Passing
{
public:
  /// Takes in a snapshot and adds those before to `parts`, `snapshots` in all; returns how many
  /// these are. Steps that do not ascend begin anew. Keeps at most 1 GiB of snapshots.
  std::size_t Add(const std::string& tensor, double step, std::size_t snapshots,
    std::vector<vtkTensorCollection::Part>& parts);

private:
  struct Seen
  {
    double step = 0.0;
    std::vector<vtkTensorCollection::Part> parts;
  };
  std::string Tensor;
  std::vector<Seen> Snapshots; ///< oldest first
};

}

#endif
