#ifndef vtkTrainerSource_h
#define vtkTrainerSource_h

#include "vtkPartitionedDataSetCollectionAlgorithm.h"
#include "vtkTensorViewTrainerModule.h"

#include <memory> // for unique_ptr

class vtkStringArray;

/**
 * @class vtkTrainerSource
 * @brief A neural network in training, as a live source.
 *
 * Owns a training engine (tensorview::Engine), which trains in a thread of its own, and offers what
 * it publishes:
 * - port 0, vtkPartitionedDataSetCollection: all tensors of the network at the newest snapshot
 *   (vtkTensorCollection; zero-copy on one process, a contiguous range of filters per rank on
 *   several);
 * - port 1, vtkTable: metrics, a row per step; port 2, vtkTable: evaluations; port 3, vtkTable:
 *   edits (vtkTensorTables; rows on rank 0 only).
 *
 * All ports carry the step as DATA_TIME_STEP; no time steps are announced. A
 * vtkTrainerModelProvider is in the pipeline information of every port.
 *
 * The engine's library is opened at the first RequestInformation or command. RequestInformation has
 * the network of the current settings built up to step 0 (reading data may take seconds; it reports
 * progress and honours abort). Nothing but a command starts a training. The destructor stops it and
 * closes the record file.
 *
 * With several ranks the engine runs on rank 0; settings and commands must reach all ranks, as
 * ParaView's properties do. Problems are told once each, through vtkErrorMacro or vtkWarningMacro.
 *
 * The meaning of the settings: tensorview::TrainerOptions, of the information: EngineStatus.
 * @sa tensorview::Engine, tensorview::TrainerSession
 */
class VTKTENSORVIEWTRAINER_EXPORT vtkTrainerSource : public vtkPartitionedDataSetCollectionAlgorithm
{
public:
  static vtkTrainerSource* New();
  vtkTypeMacro(vtkTrainerSource, vtkPartitionedDataSetCollectionAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /**
   * Settings; defaults and meaning as in tensorview::TrainerOptions. Most act from the next start
   * (docs/scripting.md tells which do not); those that the network at step 0 depends on also at the
   * next update before a start.
   */
  void SetMode(const char* value);
  const char* GetMode();
  void SetNetwork(const char* value);
  const char* GetNetwork();
  void SetClasses(int value);
  int GetClasses();
  void SetLoadModel(const char* value);
  const char* GetLoadModel();
  void SetLoadModelSkip(const char* value);
  const char* GetLoadModelSkip();
  void SetDataset(const char* value);
  const char* GetDataset();
  void SetDataDirectory(const char* value);
  const char* GetDataDirectory();
  void SetImageSize(int value);
  int GetImageSize();
  void SetNormalization(const char* value);
  const char* GetNormalization();
  void SetDevice(const char* value);
  const char* GetDevice();
  void SetSeed(int value);
  int GetSeed();
  void SetEpochs(int value);
  int GetEpochs();
  void SetMaximumSteps(int value);
  int GetMaximumSteps();
  void SetBatchSize(int value);
  int GetBatchSize();
  void SetMicroBatchSize(int value);
  int GetMicroBatchSize();
  void SetOptimizer(const char* value);
  const char* GetOptimizer();
  void SetAdamBeta1(double value);
  double GetAdamBeta1();
  void SetAdamBeta2(double value);
  double GetAdamBeta2();
  void SetAdamEpsilon(double value);
  double GetAdamEpsilon();
  void SetLearningRateSchedule(const char* value);
  const char* GetLearningRateSchedule();
  void SetScheduleStepEpochs(int value);
  int GetScheduleStepEpochs();
  void SetScheduleFactor(double value);
  double GetScheduleFactor();
  void SetThreads(int value);
  int GetThreads();
  void SetSnapshotInterval(int value);
  int GetSnapshotInterval();
  void SetEvaluationInterval(int value);
  int GetEvaluationInterval();
  void SetCheckpointInterval(int value);
  int GetCheckpointInterval();
  void SetFilterInterval(int value);
  int GetFilterInterval();
  void SetAccumulateBatches(int value);
  int GetAccumulateBatches();
  void SetRecordGradients(bool value);
  bool GetRecordGradients();
  void SetSnapshotMemory(int value);
  int GetSnapshotMemory();
  void SetUndoMemory(int value);
  int GetUndoMemory();
  void SetAutoPrune(const char* value);
  const char* GetAutoPrune();
  void SetAutoPruneCorrelation(double value);
  double GetAutoPruneCorrelation();
  void SetAutoPruneMethod(const char* value);
  const char* GetAutoPruneMethod();
  void SetAutoPruneTolerance(double value);
  double GetAutoPruneTolerance();
  void SetTrackedWeights(const char* value);
  const char* GetTrackedWeights();
  void SetRecordFile(const char* value);
  const char* GetRecordFile();
  void SetOverwrite(bool value);
  bool GetOverwrite();
  void SetResume(const char* value);
  const char* GetResume();
  ///@}

  ///@{
  /**
   * Settings that act at once while a training runs; they do not mark the source as modified.
   */
  void SetLearningRate(double value);
  double GetLearningRate();
  void SetMomentum(double value);
  double GetMomentum();
  void SetWeightDecay(double value);
  double GetWeightDecay();
  ///@}

  ///@{
  /**
   * Commands; they act at the next step boundary. Advance trains AdvanceSteps steps and pauses.
   */
  void Start();
  void Pause();
  void Advance();
  void Stop();
  void Evaluate();
  ///@}

  ///@{
  /**
   * What the next edit shall be: see tensorview::EditRequest. They act with a command and do not
   * mark the source as modified. EditSlots and EditSurvivors are lists of slots.
   */
  void SetEditLayer(const char* value);
  const char* GetEditLayer();
  void SetNumberOfEditSlots(int count);
  void SetEditSlots(int index, int slot);
  void ClearEditSlots();
  void SetNumberOfEditSurvivors(int count);
  void SetEditSurvivors(int index, int slot);
  void ClearEditSurvivors();
  void SetPruneTo(int value);
  int GetPruneTo();
  void SetPruneChoice(const char* value);
  const char* GetPruneChoice();
  void SetPruneMethod(const char* value);
  const char* GetPruneMethod();
  void SetRidge(double value);
  double GetRidge();
  void SetCorrelationFloor(double value);
  double GetCorrelationFloor();
  void SetEditMeasure(bool value);
  bool GetEditMeasure();
  void SetAccuracyTolerance(double value);
  double GetAccuracyTolerance();
  void SetEditReason(const char* value);
  const char* GetEditReason();
  void SetEditWait(bool value);
  bool GetEditWait();
  void SetCheckpointFile(const char* value);
  const char* GetCheckpointFile();
  void SetPauseStep(int value);
  int GetPauseStep();
  ///@}

  ///@{
  /**
   * Commands that change the network, see tensorview::Engine; with EditWait (default on) they
   * return when they are done. Freeze and Unfreeze take EditLayer and EditSlots (none: the layer).
   */
  void Preview();
  void ApplyEdit();
  void Undo();
  void Redo();
  void Freeze();
  void Unfreeze();
  void SaveCheckpoint();
  void LoadCheckpoint();
  ///@}

  /**
   * Pauses when step PauseStep is done; returns at once.
   */
  void PauseAt();

  ///@{
  /**
   * Steps of Advance (default 1), and whether it returns when they are done (default on).
   */
  vtkSetClampMacro(AdvanceSteps, int, 1, VTK_INT_MAX);
  vtkGetMacro(AdvanceSteps, int);
  vtkSetMacro(AdvanceWait, bool);
  vtkGetMacro(AdvanceWait, bool);
  ///@}

  ///@{
  /**
   * For scripts, which nothing polls: another value makes the next update show the newest step; it
   * waits up to a quarter of a second for the running training to publish it. Default 0.
   */
  void SetRefreshToken(int value);
  vtkGetMacro(RefreshToken, int);
  ///@}

  /**
   * Polled by ParaView (LiveSource hint) on the root of the data server: asks the engine for a
   * fresh snapshot; true, and modified on all ranks, when there is something that the outputs do
   * not show yet.
   */
  bool GetNeedsUpdate();

  ///@{
  /**
   * Information: what the engine says now. Idle and zeros while there is no engine, and always on
   * satellite ranks.
   */
  const char* GetState();
  const char* GetMessage();
  const char* GetWarning();
  const char* GetRecordMessage();
  const char* GetRecordingTo();
  const char* GetDeviceInUse();
  int GetThreadsInUse();
  int GetStep();
  int GetTotalSteps();
  int GetStepsPerEpoch();
  double GetEpoch();
  double GetLoss();
  double GetAccuracy();
  double GetValidationLoss();
  double GetValidationAccuracy();
  double GetTestAccuracy();
  double GetLearningRateInUse();
  double GetStepsPerSecond();
  double GetSecondsLeft();
  int GetDroppedRows();
  int GetDroppedSnapshots();
  int GetUndoCount();
  int GetRedoCount();
  int GetUndoStep();
  int GetRedoStep();
  int GetEditCount();
  int GetPreviewCount();
  const char* GetPreviewResult();
  int GetCommandId();
  const char* GetCommandState();
  const char* GetCommandReason();
  ///@}

  /**
   * The built-in networks, and the current Network if it is another one (a path).
   */
  vtkStringArray* GetNetworkChoices();

  /**
   * The layers that an edit can take filters from, each as "id filters name" (how many filters it
   * has now): convolutions and dense layers but the last, whose outputs are the classes. Empty
   * before there is a network.
   */
  vtkStringArray* GetPrunableLayers();

  /**
   * The lines of JSON of port 3.
   */
  vtkStringArray* GetEditLines();

protected:
  vtkTrainerSource();
  ~vtkTrainerSource() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  int RequestInformation(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  int RequestData(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;

private:
  vtkTrainerSource(const vtkTrainerSource&) = delete;
  void operator=(const vtkTrainerSource&) = delete;

  void TellProblems();

  int AdvanceSteps = 1;
  bool AdvanceWait = true;
  int RefreshToken = 0;

  struct Internals;
  std::unique_ptr<Internals> Private;
};

#endif
