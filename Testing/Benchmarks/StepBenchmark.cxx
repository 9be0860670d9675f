// Training steps of the engine, on request of step_benchmark.py, which times PyTorch beside it.
//
// Reads lines "<mode> <steps>" and answers each with "<milliseconds per step> <loss>". Modes:
//   bare     what a training without a record file does
//   watched  everything that a run file keeps, with a snapshot every 100 steps
// Each mode trains a network of its own, from the same seed.

#include "../../Trainer/Core/TrainingModel.h"

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <string>

using namespace tensorview;

namespace
{
constexpr std::int64_t snapshotInterval = 100;

class Contestant
{
public:
  Contestant(
    const TrainerOptions& options, const std::shared_ptr<const Dataset>& dataset, bool watched)
    : model_(createTorchModel(options, dataset))
    , watched_(watched)
    , filterInterval_(options.filterInterval)
  {
    this->model_->threadBegin();
    this->whole_.outputs = true;
    this->whole_.gram.assign(this->model_->layout().gram.size(), true);
  }

  /// @return the last step's loss
  float train(std::int64_t steps)
  {
    TrainingModel::StepReport report;
    for (std::int64_t i = 0; i < steps; ++i)
    {
      const std::int64_t next = this->model_->step() + 1;
      TrainingModel::Watch watch;
      const bool hasSnapshot = this->watched_ && next % snapshotInterval == 0;
      watch.row = true;
      watch.statistics = this->watched_;
      watch.exact = hasSnapshot;
      watch.filters = this->watched_ && next % this->filterInterval_ == 0;
      watch.activations = true;
      this->model_->trainStep(watch, report, [] { return true; });
      this->rows_ = StepBlock();
      this->model_->appendRow(this->rows_);
      if (watch.filters)
      {
        this->filterRows_ = FilterBlock();
        this->model_->appendFilterRow(this->filterRows_);
      }
      if (hasSnapshot)
      {
        this->model_->copySnapshot(this->snapshot_, false);
        this->model_->copyProbe(this->whole_, this->probe_, this->gram_);
      }
    }
    return report.loss;
  }

private:
  std::unique_ptr<TrainingModel> model_;
  bool watched_;
  std::int64_t filterInterval_;
  StepBlock rows_;
  FilterBlock filterRows_;
  std::vector<std::vector<float>> snapshot_;
  ProbeWish whole_;
  std::vector<std::vector<float>> probe_;
  std::vector<std::vector<double>> gram_;
};

void serve(const TrainerOptions& options)
{
  const auto dataset = std::make_shared<const Dataset>(
    loadDataset(options.dataset, options.dataDirectory, options.seed));
  std::map<std::string, std::unique_ptr<Contestant>> contestants;
  std::string mode;
  std::int64_t steps = 0;
  while (std::cin >> mode >> steps)
  {
    std::unique_ptr<Contestant>& contestant = contestants[mode];
    if (!contestant)
    {
      contestant = std::make_unique<Contestant>(options, dataset, mode == "watched");
    }
    const auto begin = std::chrono::steady_clock::now();
    const float loss = contestant->train(steps);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    std::cout << time.count() / static_cast<double>(steps) << ' ' << loss << std::endl;
  }
}
}

/// Arguments: threads, data set, its folder (may be left out), network (likewise).
int main(int count, char** arguments)
{
  try
  {
    TrainerOptions options;
    options.threads = count > 1 ? std::atoi(arguments[1]) : 0;
    options.dataset = count > 2 ? arguments[2] : "digits";
    options.dataDirectory = count > 3 ? arguments[3] : "";
    options.network = count > 4 ? arguments[4] : options.network;
    serve(options);
    return 0;
  }
  catch (const std::exception& error)
  {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
