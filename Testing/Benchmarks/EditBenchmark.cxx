// What an edit costs: how long training of lenet5 is paused (the state is kept for undo, the
// network replaced), how long planning takes beside it, and choosing half of 512 and of 1024
// filters.
//
//   tensorview-edit-benchmark [threads]

#include "../../Filters/Core/FilterRanking.h"
#include "../../Filters/Core/MergeCoefficients.h"
#include "../../Filters/Core/SymmetricProduct.h"
#include "../../Trainer/Core/TrainingModel.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace tensorview;

namespace
{
constexpr int rounds = 9;

/// Median and largest milliseconds of `work` on the results of `prepare`.
void tell(const char* what, const std::function<void()>& prepare, const std::function<void()>& work)
{
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i)
  {
    prepare();
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> passed =
      std::chrono::steady_clock::now() - begin;
    times.push_back(passed.count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%-40s %8.1f ms (at most %.1f)\n", what, times[times.size() / 2], times.back());
}

std::shared_ptr<const Dataset> randomImages()
{
  std::mt19937 generator(1);
  ImagePart part;
  for (int i = 0; i < 2000; ++i)
  {
    part.labels.push_back(static_cast<std::uint16_t>(i % 10));
    part.indices.push_back(i);
    for (int pixel = 0; pixel < 28 * 28; ++pixel)
    {
      part.images.push_back(static_cast<std::uint8_t>(generator() % 256));
    }
  }
  Dataset dataset;
  dataset.name = "random";
  dataset.channels = 1;
  dataset.rows = dataset.columns = 28;
  dataset.classNames.assign(10, "class");
  dataset.training = dataset.validation = dataset.test = part;
  return std::make_shared<const Dataset>(std::move(dataset));
}

void editLenet(int threads)
{
  TrainerOptions options;
  options.network = "lenet5";
  options.threads = threads;
  const auto always = [] { return true; };
  const std::unique_ptr<TrainingModel> model = createTorchModel(options, randomImages());
  model->threadBegin();
  TrainingModel::StepReport report;
  for (int i = 0; i < 5; ++i)
  {
    model->trainStep({}, report, always);
  }
  std::shared_ptr<const ModelState> kept = model->keepState();
  for (const char* layer : { "conv1", "conv2", "fc1" })
  {
    EditRequest request;
    request.layer = layer;
    request.pruneTo = layer[0] == 'f' ? 512 : 16;
    EditPlan plan;
    tell((std::string(layer) + ": plan, beside the training").c_str(), [] {},
      [&] { plan = model->study()->plan(request, always); });
    model->threadBegin();
    tell((std::string(layer) + ": keep the state and edit").c_str(),
      [&] { model->restoreState(*kept); },
      [&]
      {
        kept = model->keepState();
        model->applyEdit(plan);
      });
    tell((std::string(layer) + ": undo").c_str(), [] {}, [&] { model->restoreState(*kept); });
  }
}

void chooseHalf(std::size_t filters)
{
  constexpr std::size_t samples = 8192;
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> maps((filters + 1) * samples, 1.0F); // the last row is the constant
  std::generate_n(
    maps.begin(), filters * samples, [&] { return std::max(normal(generator), 0.0F); });
  std::vector<float> weights(filters * 128);
  std::generate(weights.begin(), weights.end(), [&] { return normal(generator); });
  const std::vector<double> gram = symmetricProduct(maps.data(), filters + 1, samples);
  const std::vector<double> products = symmetricProduct(weights.data(), filters, 128);
  tell(("choose and solve " + std::to_string(filters / 2) + " of " + std::to_string(filters) +
         " filters")
         .c_str(),
    [] {},
    [&]
    {
      SeenMaps seen(gram, filters);
      seen.addReader(products);
      std::vector<std::size_t> dropped;
      for (const RankedFilter& ranked : rankByLeastDamage({ seen }, filters / 2))
      {
        dropped.push_back(ranked.filter);
      }
      mergeCoefficients(MergeMethod::Reconstruct, seen.reconstruction, dropped, {});
    });
}
}

int main(int argc, char** argv)
{
  try
  {
    chooseHalf(512);
    chooseHalf(1024);
    editLenet(argc > 1 ? std::atoi(argv[1]) : 0);
  }
  catch (const std::exception& error)
  {
    std::fprintf(stderr, "tensorview-edit-benchmark: %s\n", error.what());
    return 1;
  }
  return 0;
}
