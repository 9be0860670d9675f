#ifndef TENSORVIEW_TRAINER_OPTIONS_H
#define TENSORVIEW_TRAINER_OPTIONS_H

#include <cstdint>
#include <set>
#include <string>

namespace tensorview
{

/// All settings of a training. Defaults are stated here once; XML, command line and docs are
/// compared with them by a test.
struct TrainerOptions
{
  /// train, or predict: forward passes only, the weights stay as they are
  std::string mode = "train";
  /// A built-in network (docs/network-json.md) or the path of a network JSON file
  std::string network = "lenet5-simplified";
  int classes = 0;                ///< scores the network puts out; 0: as many as the data set has
  std::string loadModel;          ///< file of weights to begin with, empty: drawn by `seed`
  std::string loadModelSkip;      ///< layers that keep their drawn weights: "fc" or "fc;conv1"
  std::string dataset = "digits"; ///< digits, mnist, cifar10, folder
  std::string dataDirectory;      ///< empty: $TENSORVIEW_DATA_DIR/mnist, .../cifar-10-batches-bin
  int imageSize = 0;              ///< rows and columns images are scaled to; 0: as they are
  std::string normalization = "none"; ///< none: pixel / 255; imagenet: as torchvision's models want
  std::string device = "auto";        ///< auto, cpu, cuda
  std::int64_t seed = 1;
  int batchSize = 100;
  int microBatchSize = 0;        ///< 0: the whole batch at once
  std::string optimizer = "sgd"; ///< sgd, adam, adamw
  double learningRate = 0.01;
  double momentum = 0.9;
  double weightDecay = 0.0;
  double adamBeta1 = 0.9;
  double adamBeta2 = 0.999;
  double adamEpsilon = 1e-8;
  std::string learningRateSchedule = "constant"; ///< constant, step, cosine
  int scheduleStepEpochs = 10;                   ///< step: epochs between drops
  double scheduleFactor = 0.1;                   ///< step: factor of each drop
  int epochs = 10;
  std::int64_t maximumSteps = 0;       ///< 0: by epochs
  int threads = 0;                     ///< 0: all cores
  std::int64_t snapshotInterval = 100; ///< steps
  std::int64_t evaluationInterval = 0; ///< steps, 0: every epoch
  std::int64_t checkpointInterval = 0; ///< steps, 0: every epoch (only while recording), -1: never
  std::int64_t filterInterval = 10;    ///< steps between rows of per-filter series and change bands
  int accumulateBatches = 1;           ///< batches summed into one activation
  bool recordGradients = false;        ///< weight and activation gradients in snapshots
  int snapshotMemory = 0;              ///< MiB for snapshots, 0: a quarter of the memory
  int undoMemory = 0;    ///< MiB for states to undo edits to, 0: an eighth of the memory
  std::string autoPrune; ///< layers pruned at each epoch's end: "conv1=12;conv2", empty: none
  double autoPruneCorrelation = 0.85;          ///< floor of the coefficient that groups filters
  std::string autoPruneMethod = "reconstruct"; ///< reconstruct, scale, sum, drop
  double autoPruneTolerance = 0.001; ///< an edit's loss of validation accuracy at most, < 0: any
  std::string trackedWeights;        ///< further coordinates: "conv1:0,1,2;fc1:7"
  std::string recordFile;            ///< empty: no recording
  bool overwrite = false;
  std::string resume; ///< run file to go on from, empty: none

  /// No option itself: names (see visitOptions) of the options that were set on purpose. A resumed
  /// run takes these from here and all else from its own record.
  std::set<std::string> given;
};

} // namespace tensorview

#endif
