#ifndef vtkTensorCollection_h
#define vtkTensorCollection_h

#include "vtkTensorViewDataModelModule.h"

#include "../Core/TensorTypes.h" // plain types

#include <string> // for names
#include <vector> // for lists

class vtkImageData;
class vtkInformation;
class vtkPartitionedDataSetCollection;

/// The data model of port 0 (docs/architecture.md): tensors <-> vtkPartitionedDataSetCollection.
/// Free functions.
namespace vtkTensorCollection
{

/// Fills `output` with one vtkPartitionedDataSet per tensor and an assembly model / layer / kind.
/// `values[i]` are the filters of *this rank* (possibly none); descriptions must be the same on all
/// ranks. Node attributes: label, kind, shape ("f c h w"), step, epoch; layer nodes also layer_id
/// and type. Zero-copy: arrays share `values[i].data`. A tensor without values has one partition,
/// which is null: flat indices, see Request(), do not depend on what is there.
VTKTENSORVIEWDATAMODEL_EXPORT void Build(vtkPartitionedDataSetCollection* output,
  const std::vector<tensorview::TensorValues>& values, const tensorview::ModelDescription& model,
  double step, double epoch);

struct Entry
{
  std::string layer;
  std::string kind;
  int layerId = -1;
  tensorview::TensorShape shape; ///< global
  double step = 0.0;
  double epoch = 0.0;
  std::vector<vtkImageData*> parts; ///< this rank's partitions that hold values
};

/// All tensors of a collection in assembly order; empty if it is none of ours (ordinary VTK data,
/// no assembly).
VTKTENSORVIEWDATAMODEL_EXPORT std::vector<Entry> List(vtkPartitionedDataSetCollection* input);

/// One partition as plain values (shares the array's memory where it can), with slots and, if
/// present, groups.
struct Part
{
  tensorview::TensorValues values;
  std::vector<int> group; ///< aligned with values.slot; empty = not grouped
};
/// False if the partition has not the arrays of the data model.
VTKTENSORVIEWDATAMODEL_EXPORT bool Read(vtkImageData* partition, Part& part);

/// In RequestUpdateExtent: asks the source for this tensor and no other, so that it need not read
/// the rest; does nothing if the source has all tensors at hand or does not know this one. Uses
/// vtkCompositeDataPipeline::UPDATE_COMPOSITE_INDICES: consumers that do not ask, ours or not, get
/// everything that is selected, and the pipeline executes the source anew when its data lack what
/// is asked for.
VTKTENSORVIEWDATAMODEL_EXPORT void Request(
  vtkInformation* inputInformation, const std::string& layer, const std::string& kind);
/// The same for a filter that passes its input on: adds the tensor to what its own consumer asks
/// for.
VTKTENSORVIEWDATAMODEL_EXPORT void RequestToo(
  vtkInformation* inputInformation, const std::string& layer, const std::string& kind);
/// The same for a filter that reads what it needs from the model provider: asks a source that reads
/// on demand for the description alone.
VTKTENSORVIEWDATAMODEL_EXPORT void RequestNothing(vtkInformation* inputInformation);
/// In a source's RequestData: which tensors of the model (by index) are asked for; all if the
/// request names none.
VTKTENSORVIEWDATAMODEL_EXPORT std::vector<bool> Requested(
  vtkInformation* outputInformation, std::size_t tensors);
/// In RequestData: takes the request back, so that it does not hold for other consumers.
VTKTENSORVIEWDATAMODEL_EXPORT void Release(vtkInformation* inputInformation);

/// Picks `layer` and `kind` ("" = first layer; "" = `defaultKind` if there, else the first kind).
/// On failure returns false and `message` tells what there is instead.
VTKTENSORVIEWDATAMODEL_EXPORT bool Find(const std::vector<Entry>& entries, const std::string& layer,
  const std::string& kind, const std::string& defaultKind, Entry& found, std::string& message);

}

#endif
