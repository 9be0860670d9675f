#ifndef vtkTensorRunReader_h
#define vtkTensorRunReader_h

#include "vtkDataObjectAlgorithm.h"
#include "vtkTensorViewReadersModule.h"

#include <memory> // for unique_ptr
#include <string> // for FileName

class vtkStringArray;

/**
 * @class vtkTensorRunReader
 * @brief Reads a recorded run (.tvr, docs/run-format.md).
 *
 * Ports, the same as those of a Trainer (docs/architecture.md, data model):
 * 0 `Tensors`: vtkPartitionedDataSetCollection, one tensor per (layer, kind); 1 `Metrics`: vtkTable
 * `Time`, `epoch`, `loss`, ...; 2 `Evaluations`: vtkTable; 3 `Edits`: vtkTable. Time steps are the
 * recorded snapshots; a time in between gives the snapshot before it. With several ranks each has a
 * contiguous range of filters; tables are on rank 0.
 *
 * Read is only what is selected and asked for (vtkTensorCollection::Request); all other tensors are
 * listed and hold no values. Those of the last snapshot that were read are kept. Tensors and tables
 * are made apart: a chart needs no tensor, a grid no table, and tables know no time.
 *
 * A file that cannot be read is an error that names it, the reason and the remedy. A run of several
 * files shows what can be read of it and warns of the rest.
 */
class VTKTENSORVIEWREADERS_EXPORT vtkTensorRunReader : public vtkDataObjectAlgorithm
{
public:
  static vtkTensorRunReader* New();
  vtkTypeMacro(vtkTensorRunReader, vtkDataObjectAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Any segment of the run.
  void SetFileName(const char* fileName);
  const char* GetFileName() const { return this->FileName.c_str(); }
  ///@}

  ///@{
  /// File name (without folder) of the segment at the end of the branch to show; empty: the newest.
  /// Default empty.
  void SetBranch(const char* branch);
  const char* GetBranch() const { return this->Branch.c_str(); }
  ///@}

  ///@{
  /// Show the newest snapshot, and new ones as a running writer appends them, whatever the time.
  /// Default 0.
  void SetFollow(int follow);
  vtkGetMacro(Follow, int);
  vtkBooleanMacro(Follow, int);
  ///@}

  ///@{
  /// Tensors to read, by "<layer>/<kind>". Default: all. The list is that of the open run; a choice
  /// may be made before.
  int GetNumberOfTensorArrays();
  const char* GetTensorArrayName(int index);
  int GetTensorArrayStatus(const char* name);
  void SetTensorArrayStatus(const char* name, int status);
  ///@}

  ///@{
  /// Any change looks for what a writer has appended; for scripts. Default 0.
  vtkSetMacro(RefreshToken, int);
  vtkGetMacro(RefreshToken, int);
  ///@}

  /// Values that Branch can take, the newest last; of the open run.
  vtkStringArray* GetBranches();

  /// Does the file begin like a run (reads its description only), or is it at least called *.tvr?
  /// Updating tells what is wrong with such a file.
  static int CanReadFile(const char* fileName);

  /// Polled by ParaView's live sources on the root: has a writer appended something? At most one
  /// look a second.
  bool GetNeedsUpdate();

  ///@{
  /// Remote control of the program that records this run, where it takes commands
  /// (tensorview::OutsideTraining): it acts at the end of its step. Start goes on after a pause.
  void Start();
  void Pause();
  void Stop();
  ///@}

  ///@{
  /// Sent to that program when it is set while the run is open (so loading a state changes no
  /// training), and not what the program has already; 0 sends nothing. Default 0.
  void SetLearningRate(double rate);
  vtkGetMacro(LearningRate, double);
  ///@}

  ///@{
  /// What that program says of itself; on the root. State: none (nobody takes commands), lost,
  /// running, paused, stopping. Numbers are NaN where they are not known.
  const char* GetState();
  const char* GetMessage();
  /// Of Start, Pause, Stop and LearningRate those that the program offers.
  vtkStringArray* GetOffers();
  vtkIdType GetStep();
  double GetLoss();
  double GetAccuracy();
  double GetLearningRateInUse();
  ///@}

  ///@{
  /// The last command: its number (0 = none yet); requested, running, done or failed; why it
  /// failed, or what was done.
  int GetCommandId();
  const char* GetCommandState();
  const char* GetCommandReason();
  ///@}

  /// Tensors read from the file so far.
  vtkIdType GetNumberOfTensorsRead() const;

  vtkTypeBool ProcessRequest(
    vtkInformation* request, vtkInformationVector** inputs, vtkInformationVector* outputs) override;

protected:
  vtkTensorRunReader();
  ~vtkTensorRunReader() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  int RequestDataObject(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;
  int RequestInformation(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;
  int RequestData(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override;

private:
  vtkTensorRunReader(const vtkTensorRunReader&) = delete;
  void operator=(const vtkTensorRunReader&) = delete;

  std::string FileName;
  std::string Branch;
  int Follow = 0;
  int RefreshToken = 0;
  double LearningRate = 0.0;

  struct Internals;
  void Command(const std::string& command, double value);
  void FillTensors(vtkInformationVector* outputs);
  /// All tables; the rank is that of the request to port `asked`.
  void FillTables(vtkInformationVector* outputs, int asked);

  std::unique_ptr<Internals> Internal;
};

#endif
