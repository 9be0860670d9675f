#ifndef vtkTensorFileReader_h
#define vtkTensorFileReader_h

#include "vtkDataObjectAlgorithm.h"
#include "vtkTensorViewReadersModule.h"

#include <memory> // for unique_ptr
#include <string> // for the note

/**
 * @class vtkTensorFileReader
 * @brief Reads the network in a file of another program: NumPy, safetensors, PyTorch, Keras, ONNX
 * (docs/model-files.md).
 *
 * Ports: 0 `Tensors`: vtkPartitionedDataSetCollection as that of a Trainer, one tensor per (layer,
 * kind); 1 `Contents`: vtkTable, a row for every tensor of the file and what became of it
 * (NetworkContents.h). Several files are states of one network: time is the number in their names;
 * a time in between gives the file before it. With several ranks each has a contiguous range of
 * filters; the table is on rank 0.
 *
 * Read is only what is selected and asked for (vtkTensorCollection::Request). Consumers that ask
 * for no tensor in particular get all that are selected, if these take no more than `Preload`
 * together; else they get the description alone. Those of the last file that were read are kept.
 *
 * A file that cannot be read is an error that names it, the reason and the remedy; a tensor that
 * cannot be read is one, and the others are there. Of a series the files that can be read are
 * shown.
 */
class VTKTENSORVIEWREADERS_EXPORT vtkTensorFileReader : public vtkDataObjectAlgorithm
{
public:
  static vtkTensorFileReader* New();
  vtkTypeMacro(vtkTensorFileReader, vtkDataObjectAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// The file, or the files of a series in any order.
  void AddFileName(const char* fileName);
  void RemoveAllFileNames();
  int GetNumberOfFileNames() const;
  const char* GetFileName(int index) const;
  ///@}

  ///@{
  /// Tensors to read, by "<layer>/<kind>". Default: all. A choice may be made before a file is
  /// open.
  int GetNumberOfTensorArrays();
  const char* GetTensorArrayName(int index);
  int GetTensorArrayStatus(const char* name);
  void SetTensorArrayStatus(const char* name, int status);
  ///@}

  ///@{
  /// Order of the axes of weights: 0 automatic, 1 PyTorch (OIHW), 2 Keras (HWIO). Default 0.
  vtkSetClampMacro(Layout, int, 0, 2);
  vtkGetMacro(Layout, int);
  ///@}

  ///@{
  /// Order of the layers: 0 automatic, 1 the file's own, 2 natural order of names. Default 0.
  vtkSetClampMacro(LayerOrder, int, 0, 2);
  vtkGetMacro(LayerOrder, int);
  ///@}

  ///@{
  /// Rows and columns of the windows that the inputs of the first dense layer after the
  /// convolutions are; at least 1. Default 1 1: single values.
  vtkSetVector2Macro(WindowShape, int);
  vtkGetVector2Macro(WindowShape, int);
  ///@}

  ///@{
  /// Show what a training keeps beside the network, too: states of optimizers, averaged copies.
  /// Default 0.
  vtkSetMacro(TrainingState, int);
  vtkGetMacro(TrainingState, int);
  vtkBooleanMacro(TrainingState, int);
  ///@}

  ///@{
  /// MiB that tensors may take which nobody asked for by name. Default 256.
  vtkSetClampMacro(Preload, int, 0, VTK_INT_MAX);
  vtkGetMacro(Preload, int);
  ///@}

  ///@{
  /// MiB that a tensor may take; larger ones are left out. Default 4096.
  vtkSetClampMacro(MaximumTensorSize, int, 1, VTK_INT_MAX);
  vtkGetMacro(MaximumTensorSize, int);
  ///@}

  ///@{
  /// Any change looks whether files have changed; for scripts. Default 0.
  vtkSetMacro(RefreshToken, int);
  vtkGetMacro(RefreshToken, int);
  ///@}

  /// What was made of the file, in a few sentences; also the string `Note` in the field data of
  /// port 0. Empty while there is none.
  const char* GetNote() const { return this->Note.c_str(); }

  /// Does the file begin like one of ours, or is it at least called so? Updating tells what is
  /// wrong with such a file.
  static int CanReadFile(const char* fileName);

  /// Looks at all files anew.
  void Reload();

  /// Tensors read so far.
  vtkIdType GetNumberOfTensorsRead() const;

  vtkTypeBool ProcessRequest(
    vtkInformation* request, vtkInformationVector** inputs, vtkInformationVector* outputs) override;

protected:
  vtkTensorFileReader();
  ~vtkTensorFileReader() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  int RequestDataObject(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;
  int RequestInformation(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;
  int RequestData(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;

private:
  vtkTensorFileReader(const vtkTensorFileReader&) = delete;
  void operator=(const vtkTensorFileReader&) = delete;

  int Layout = 0;
  int LayerOrder = 0;
  int WindowShape[2] = { 1, 1 };
  int TrainingState = 0;
  int Preload = 256;
  int MaximumTensorSize = 4096;
  int RefreshToken = 0;
  std::string Note;

  struct Internals;
  /// Opens the files if they are not open or have changed. Collective.
  /// @return what is wrong, the same kind of answer on all ranks
  std::string Open();
  void FillTensors(vtkInformationVector* outputs);
  void FillContents(vtkInformationVector* outputs);

  std::unique_ptr<Internals> Internal;
};

#endif
