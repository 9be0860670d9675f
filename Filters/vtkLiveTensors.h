#ifndef vtkLiveTensors_h
#define vtkLiveTensors_h

#include "vtkPartitionedDataSetCollectionAlgorithm.h"
#include "vtkTensorViewFiltersModule.h"

/**
 * @class vtkLiveTensors
 * @brief Makes a network of what a Recorder has pushed over ParaView's live connection.
 *
 * ParaView 5.11 transports no assembly of a collection, no tables in it, and complains of the field
 * data of images. So the Recorder pushes (Trainer/Python/tensorview/live_push.py) a
 * vtkPartitionedDataSetCollection whose first item is a vtkPolyData with a point for each tensor
 * and the point arrays `layer`, `type`, `kind` (text), `layer_id`, `filters`, `channels`, `rows`,
 * `columns`, `step`, `epoch`; and whose further items are the tensors as vtkImageData with a float
 * array `value`.
 *
 * Output: the same as of port 0 of a TensorRunReader (docs/architecture.md, "What flows"), without
 * a history. Empty input gives an empty output; input that is something else is an error. With
 * several ranks the first one has the values.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkLiveTensors : public vtkPartitionedDataSetCollectionAlgorithm
{
public:
  static vtkLiveTensors* New();
  vtkTypeMacro(vtkLiveTensors, vtkPartitionedDataSetCollectionAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

protected:
  vtkLiveTensors();
  ~vtkLiveTensors() override;

  int FillInputPortInformation(int port, vtkInformation* info) override;
  int RequestData(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;

private:
  vtkLiveTensors(const vtkLiveTensors&) = delete;
  void operator=(const vtkLiveTensors&) = delete;
};

#endif
