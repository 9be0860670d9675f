#ifndef vtkTensorFilter_h
#define vtkTensorFilter_h

#include "vtkDataObjectAlgorithm.h"
#include "vtkNew.h" // for vtkNew
#include "vtkTensorViewFiltersModule.h"

#include <string> // for std::string

class vtkStringArray;
struct LayerTensor;
struct TensorName;

/**
 * @class vtkTensorFilter
 * @brief What all views of a network share: an input that is a network, a layer, a kind of tensor.
 *
 * Input: port 0 of a Trainer or TensorRunReader (docs/architecture.md, data model), or of a
 * vtkPCCGrouping. A collection without tensors gives empty outputs; anything that is not a network,
 * or a layer or kind that it does not have, is an error that says what there is.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkTensorFilter : public vtkDataObjectAlgorithm
{
public:
  vtkTypeMacro(vtkTensorFilter, vtkDataObjectAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// What an element that stands for many values shows of them; for filters that draw coarsely.
  enum AggregateChoice
  {
    AGGREGATE_LARGEST_MAGNITUDE = 0, ///< outliers never vanish
    AGGREGATE_MEAN = 1,
    AGGREGATE_MINIMUM = 2,
    AGGREGATE_MAXIMUM = 3
  };

  ///@{
  /// Name of the layer; empty = the first one that has the kind. Default empty.
  vtkSetStdStringFromCharMacro(Layer);
  const char* GetLayer() const { return this->Layer.c_str(); }
  ///@}

  ///@{
  /// Kind of tensor, as in the data model; empty = the filter's own default if the layer has it,
  /// else the layer's first kind. Default: the filter's own.
  vtkSetStdStringFromCharMacro(Kind);
  const char* GetKind() const { return this->Kind.c_str(); }
  ///@}

  /// Layer, kind, layer, kind, ... of everything that the input offers, in network order; known
  /// before the input runs if its source says so.
  vtkStringArray* GetTensors();

  /// What the output leaves out or draws in another way, in words; empty if nothing. The same text
  /// stands in the output's field data as `Note`.
  const char* GetNote() const { return this->Note.c_str(); }

  vtkTypeBool ProcessRequest(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;

protected:
  explicit vtkTensorFilter(const char* defaultKind);
  ~vtkTensorFilter() override;

  int FillInputPortInformation(int port, vtkInformation* info) override;
  int FillOutputPortInformation(int port, vtkInformation* info) override = 0;
  /// Fills GetTensors() and calls Promise().
  int RequestInformation(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) final;
  /// Asks for the tensor by Layer and Kind only.
  int RequestUpdateExtent(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  /// Calls Execute() with empty outputs. An exception becomes an error message and empty outputs.
  int RequestData(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) final;

  /// Tells what the outputs will be, where they need it: extents of images, times. Does nothing
  /// here. A std::exception is passed over: Execute() meets the same problem and reports it.
  virtual void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector);

  /// Fills the outputs. Throws std::exception with a message for the user.
  virtual void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) = 0;

  /// The tensor by Layer and Kind. False: there is none, the empty outputs are right.
  /// @throws std::runtime_error if the input is no network or does not have it.
  bool Pick(vtkInformationVector** inputVector, LayerTensor& tensor);
  /// The same for another tensor; `withValues` as in PickTensor().
  bool Pick(vtkInformationVector** inputVector, const TensorName& name, bool withValues,
    LayerTensor& tensor);
  TensorName GetTensorName() const;

  /// Can this view show all layers together (Layer "*")? If not, it shows the first one then, and
  /// says so. False here.
  virtual bool ShowsAllLayers() const { return false; }

  /// Adds a sentence to the note; an empty one adds nothing.
  void AddNote(const std::string& sentence);

private:
  vtkTensorFilter(const vtkTensorFilter&) = delete;
  void operator=(const vtkTensorFilter&) = delete;

  void PublishNote(vtkInformationVector* outputVector);
  /// An error message; once for each problem, until a setting is changed.
  void Tell(const std::string& problem);

  std::string Layer;
  std::string Kind;
  std::string DefaultKind;
  std::string Note;
  std::string Told; ///< the last problem, empty after a success
  vtkTimeStamp ToldAt;
  vtkNew<vtkStringArray> Tensors;
};

#endif
