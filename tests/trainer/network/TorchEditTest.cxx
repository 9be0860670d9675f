// Edits of networks in training, as the engine uses them.

#include "../../../Trainer/Core/TrainingModel.h"

#include "RefusalOf.h"
#include "SyntheticImages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

using namespace tensorview;

namespace
{
using Buffers = std::vector<std::vector<float>>;

const auto always = [] { return true; };

TrainerOptions lenetOptions()
{
  TrainerOptions options;
  options.device = "cpu";
  options.threads = 2;
  options.batchSize = 20;
  options.seed = 5;
  return options;
}

TrainerOptions allLayersOptions(const std::string& optimizer)
{
  TrainerOptions options = lenetOptions();
  options.network = TENSORVIEW_NETWORK_TEST_FOLDER "/all-layers.json";
  options.optimizer = optimizer;
  options.learningRate = optimizer == "sgd" ? 0.01 : 0.001;
  return options;
}

/// Models are made of images that outlive them.
std::unique_ptr<TrainingModel> makeModel(const TrainerOptions& options)
{
  static const std::shared_ptr<const Dataset> images = makeSyntheticImages(200, 1, 28, 28, 10);
  std::unique_ptr<TrainingModel> model = createTorchModel(options, images);
  model->threadBegin();
  return model;
}

void train(TrainingModel& model, int steps)
{
  TrainingModel::StepReport report;
  for (int i = 0; i < steps; ++i)
  {
    ASSERT_TRUE(model.trainStep({}, report, always));
    ASSERT_TRUE(std::isfinite(report.loss));
  }
}

Buffers snapshot(TrainingModel& model)
{
  Buffers buffers;
  model.copySnapshot(buffers, false);
  return buffers;
}

/// A snapshot without activations, which a state does not keep.
Buffers weightsOf(TrainingModel& model)
{
  Buffers buffers = snapshot(model);
  for (std::size_t i = 0; i < buffers.size(); ++i)
  {
    if (model.description().tensors[i].kind == kinds::activation)
    {
      buffers[i].clear();
    }
  }
  return buffers;
}

EditRequest prune(const std::string& layer, std::int64_t to)
{
  EditRequest request;
  request.layer = layer;
  request.pruneTo = to;
  return request;
}

EditRequest remove(const std::string& layer, const std::vector<int>& slots)
{
  EditRequest request;
  request.layer = layer;
  request.slots = slots;
  return request;
}

EditPlan planOf(TrainingModel& model, const EditRequest& request)
{
  EditPlan plan = model.study()->plan(request, always);
  model.threadBegin(); // the study computed in this thread, with its own number of threads
  return plan;
}

EditReport edit(TrainingModel& model, const EditRequest& request)
{
  return model.applyEdit(planOf(model, request));
}

const LayerDescription& layerOf(const TrainingModel& model, const std::string& name)
{
  for (const LayerDescription& layer : model.description().layers)
  {
    if (layer.name == name)
    {
      return layer;
    }
  }
  throw std::runtime_error("no layer " + name);
}

std::size_t countNan(const std::vector<float>& values)
{
  return static_cast<std::size_t>(
    std::count_if(values.begin(), values.end(), [](float v) { return std::isnan(v); }));
}

double accuracyOf(TrainingModel& model)
{
  return static_cast<double>(model.evaluate(DataPart::Test, always).accuracy);
}
}

TEST(TorchEdit, RemovesFiltersAndKeepsTheirSlots)
{
  const std::unique_ptr<TrainingModel> model = makeModel(lenetOptions());
  train(*model, 7);
  const EditReport report = edit(*model, remove("conv1", { 2, 9, 3 }));
  EXPECT_EQ(report.what, "prune");
  EXPECT_EQ(report.step, 7);
  EXPECT_EQ(report.choice, "slots");
  EXPECT_EQ(report.method, "reconstruct");
  ASSERT_EQ(report.layers.size(), 1U);
  EXPECT_EQ(report.layers[0].filtersBefore, 16);
  EXPECT_EQ(report.layers[0].filtersAfter, 13);
  EXPECT_EQ(report.layers[0].slots, (std::vector<int>{ 2, 3, 9 }));
  EXPECT_TRUE(report.predictedError >= 0.0 && report.predictedError < 1.0);

  // Extents are those of all slots, values those of what is there.
  const ModelDescription& model1 = model->description();
  const auto index = [&](const char* layer, const char* kind)
  { return static_cast<std::size_t>(model1.find(layer, kind)); };
  EXPECT_EQ(model1.tensors[index("conv1", "weight")].shape, (TensorShape{ 16, 1, 3, 3 }));
  EXPECT_EQ(model1.tensors[index("conv2", "weight")].shape, (TensorShape{ 32, 16, 3, 3 }));
  EXPECT_EQ(layerOf(*model, "conv1").slots[9].removedStep, 7);
  EXPECT_EQ(layerOf(*model, "conv1").slots[8].removedStep, -1);
  const Buffers after = snapshot(*model);
  EXPECT_EQ(after[index("conv1", "weight")].size(), 13U * 9);
  EXPECT_EQ(after[index("conv1", "bias")].size(), 13U);
  EXPECT_EQ(after[index("conv1", "activation")].size(), 13U * 28 * 28);
  EXPECT_EQ(after[index("conv2", "weight")].size(), 32U * 13 * 9);
  EXPECT_NE(model1.graphJson.find("\"filters\":13"), std::string::npos);

  // Rows have room for all slots and for all tracked weights.
  TrainingModel::Watch watch;
  watch.row = watch.filters = watch.statistics = watch.exact = true;
  TrainingModel::StepReport step;
  ASSERT_TRUE(model->trainStep(watch, step, always));
  const RunLayout layout = model->layout();
  StepBlock rows;
  model->appendRow(rows);
  ASSERT_EQ(rows.tracked.size(), layout.tracked.size());
  for (std::size_t i = 0; i < layout.tracked.size(); ++i)
  {
    const TrackedCoordinate& tracked = layout.tracked[i];
    bool isGone = false;
    if (tracked.layerId == layerOf(*model, "conv1").id)
    {
      const std::int64_t slot = tracked.index / 9;
      isGone = slot == 2 || slot == 3 || slot == 9;
    }
    if (tracked.layerId == layerOf(*model, "conv2").id)
    {
      const std::int64_t channel = tracked.index / 9 % 16;
      isGone = channel == 2 || channel == 3 || channel == 9;
    }
    EXPECT_EQ(std::isnan(rows.tracked[i]), isGone) << i;
  }
  FilterBlock filters;
  model->appendFilterRow(filters);
  ASSERT_EQ(filters.series.size(), layout.filterSeries.size());
  EXPECT_EQ(filters.series[0].size(), 16U);
  EXPECT_EQ(countNan(filters.series[0]), 3U);
  EXPECT_TRUE(std::isnan(filters.series[0][9]));
}

TEST(TorchEdit, TrackedWeightsStayTheSameWeights)
{
  TrainerOptions options = lenetOptions();
  options.trackedWeights = "conv2:1445"; // filter 10, channel 0, row 1, column 2... of 16 x 3 x 3
  const std::unique_ptr<TrainingModel> model = makeModel(options);
  train(*model, 2);
  TrainingModel::Watch watch;
  watch.row = true;
  TrainingModel::StepReport step;
  edit(*model, remove("conv1", { 1 }));
  edit(*model, remove("conv2", { 0, 4 }));
  ASSERT_TRUE(model->trainStep(watch, step, always));
  StepBlock rows;
  model->appendRow(rows);
  const RunLayout layout = model->layout();
  const Buffers now = snapshot(*model);
  const std::vector<float>& weights =
    now[static_cast<std::size_t>(model->description().find("conv2", "weight"))];
  bool found = false;
  for (std::size_t i = 0; i < layout.tracked.size(); ++i)
  {
    if (layout.tracked[i].layerId == layerOf(*model, "conv2").id && layout.tracked[i].index == 1445)
    {
      found = true; // filter 10 is the 9th now, channel 0 the first of 15
      EXPECT_EQ(rows.tracked[i], weights[8 * 15 * 9 + 1445 - 10 * 16 * 9]);
    }
  }
  EXPECT_TRUE(found);
}

class TorchEditOptimizers : public testing::TestWithParam<const char*>
{
};

TEST_P(TorchEditOptimizers, UndoIsAsIfNothingHadHappened)
{
  const TrainerOptions options = allLayersOptions(this->GetParam());
  const std::unique_ptr<TrainingModel> straight = makeModel(options);
  train(*straight, 8);

  const std::unique_ptr<TrainingModel> model = makeModel(options);
  train(*model, 4);
  const std::shared_ptr<const ModelState> kept = model->keepState();
  EXPECT_EQ(kept->step(), 4);
  EXPECT_GT(kept->bytes(), 1000U);
  edit(*model, prune("conv_b", 4)); // coupled with conv_a
  train(*model, 3);
  const std::shared_ptr<const ModelState> pruned = model->keepState();
  const Buffers prunedWeights = weightsOf(*model);
  model->restoreState(*kept);
  EXPECT_EQ(model->step(), 4);
  EXPECT_EQ(layerOf(*model, "conv_a").slots[0].removedStep, -1);
  train(*model, 4);
  EXPECT_TRUE(snapshot(*model) == snapshot(*straight));

  // Redo, and by way of a file, too: training goes on alike.
  model->restoreState(*pruned);
  EXPECT_TRUE(weightsOf(*model) == prunedWeights);
  train(*model, 2);
  const std::unique_ptr<TrainingModel> other = makeModel(options);
  other->loadState(pruned->serialize());
  EXPECT_EQ(other->step(), 7);
  EXPECT_EQ(other->description().graphJson, model->description().graphJson);
  EXPECT_EQ(layerOf(*other, "conv_a").slots.size(), 6U);
  train(*other, 2);
  EXPECT_TRUE(snapshot(*other) == snapshot(*model));
  // And the way back from a pruned network to a state before.
  other->loadState(kept->serialize());
  train(*other, 4);
  EXPECT_TRUE(snapshot(*other) == snapshot(*straight));
}

INSTANTIATE_TEST_SUITE_P(All, TorchEditOptimizers, testing::Values("sgd", "adam"));

TEST(TorchEdit, StudyDisturbsNothing)
{
  const TrainerOptions options = allLayersOptions("sgd");
  const std::unique_ptr<TrainingModel> straight = makeModel(options);
  train(*straight, 6);
  const std::unique_ptr<TrainingModel> model = makeModel(options);
  train(*model, 3);
  const std::unique_ptr<EditStudy> study = model->study();
  std::thread beside(
    [&]
    {
      const EditPlan plan = study->plan(prune("conv_c", 3), always);
      const Evaluation before = study->evaluate(nullptr, DataPart::Validation, always);
      const Evaluation after = study->evaluate(&plan, DataPart::Validation, always);
      EXPECT_TRUE(std::isfinite(before.accuracy));
      EXPECT_TRUE(std::isfinite(after.accuracy));
      EXPECT_EQ(before.step, 3);
    });
  train(*model, 3);
  beside.join();
  EXPECT_TRUE(snapshot(*model) == snapshot(*straight));
}

TEST(TorchEdit, EveryChoiceAndMethod)
{
  const std::unique_ptr<TrainingModel> model = makeModel(lenetOptions());
  train(*model, 30);
  const std::shared_ptr<const ModelState> kept = model->keepState();
  for (const PruneChoice choice :
    { PruneChoice::LeastDamage, PruneChoice::Correlated, PruneChoice::SmallestNorm })
  {
    double rebuilt = 0.0;
    for (const PruneMethod method :
      { PruneMethod::Reconstruct, PruneMethod::Scale, PruneMethod::Sum, PruneMethod::Drop })
    {
      SCOPED_TRACE(std::string(toString(choice)) + ", " + toString(method));
      EditRequest request = prune("conv2", 24);
      request.choice = choice;
      request.method = method;
      request.threshold = -1.0;
      const EditPlan plan = planOf(*model, request);
      EXPECT_EQ(plan.members.size(), 1U);
      EXPECT_EQ(plan.members[0].removed.size(), 8U);
      EXPECT_EQ(plan.readers.size(), 1U);
      EXPECT_EQ(plan.readers[0].layer, "fc1");
      EXPECT_EQ(plan.readers[0].coefficients.size(), 8U * 25);
      EXPECT_GE(plan.ranking.size(), 8U);
      if (method == PruneMethod::Reconstruct)
      {
        rebuilt = plan.predictedError;
        EXPECT_NEAR(plan.ranking[7].error, plan.predictedError, 0.01 * plan.predictedError + 1e-4);
      }
      EXPECT_GE(plan.predictedError, rebuilt * 0.999);
      model->applyEdit(plan);
      EXPECT_TRUE(std::isfinite(accuracyOf(*model)));
      train(*model, 1);
      model->restoreState(*kept);
    }
  }
}

TEST(TorchEdit, GroupsOfCorrelatedFiltersBecomeOne)
{
  const std::unique_ptr<TrainingModel> model = makeModel(lenetOptions());
  EditRequest request = prune("conv1", 0);
  request.choice = PruneChoice::Correlated;
  request.threshold = 0.5;
  const EditPlan plan = planOf(*model, request);
  for (std::size_t i = 0; i < plan.members[0].removed.size(); ++i)
  {
    EXPECT_LT(plan.members[0].survivors[i], plan.members[0].removed[i]);
  }
  request.threshold = 1.0;
  EXPECT_NE(refusalOf([&] { planOf(*model, request); }).find("no two filters of layer 'conv1'"),
    std::string::npos);
}

TEST(TorchEdit, PrunesCoupledLayersOfAResidualNetwork)
{
  TrainerOptions options = lenetOptions();
  options.network = "resnet18";
  options.imageSize = 32;
  options.batchSize = 10;
  const std::unique_ptr<TrainingModel> model = makeModel(options);
  train(*model, 1);
  const EditReport report = edit(*model, remove("layer1.0.conv2", { 0, 63 }));
  std::vector<std::string> layers;
  for (const EditReport::Layer& layer : report.layers)
  {
    layers.push_back(layer.layer);
    EXPECT_EQ(layer.filtersAfter, 62);
  }
  EXPECT_EQ(layers, (std::vector<std::string>{ "layer1.0.conv2", "conv1", "layer1.1.conv2" }));
  EXPECT_EQ(layerOf(*model, "bn1").slots[63].removedStep, 1);
  train(*model, 1);
}

TEST(TorchEdit, RefusesByNameAndChangesNothing)
{
  const std::unique_ptr<TrainingModel> model = makeModel(lenetOptions());
  train(*model, 2);
  edit(*model, remove("conv1", { 4 }));
  const Buffers before = snapshot(*model);
  const auto refusal = [&](const EditRequest& request)
  { return refusalOf([&] { planOf(*model, request); }); };
  EXPECT_EQ(refusal(remove("conv9", { 1 })),
    "there is no layer 'conv9'; layers with filters are conv1, conv2, fc1, fc2");
  EXPECT_EQ(
    refusal(remove("conv1", { 4 })), "filter 4 of layer 'conv1' was removed at step 2 already");
  EXPECT_EQ(refusal(remove("conv1", { 16 })),
    "filter 16 of layer 'conv1' does not exist: its filters are 0 to 15");
  EXPECT_EQ(refusal(remove("conv1", { 1, 1 })), "a filter of layer 'conv1' is named twice");
  EXPECT_EQ(refusal(remove("conv1", { 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 })),
    "all 15 filters of layer 'conv1' would be removed; one at least must stay");
  EXPECT_EQ(refusal(prune("conv1", 15)),
    "layer 'conv1' cannot be pruned to 15 filters: it has 15, so from 1 to 14 can remain");
  EXPECT_EQ(refusal(remove("fc2", { 1 })),
    "filters of layer 'fc2' cannot be removed: they are the scores of the classes");
  EditRequest survivors = remove("conv1", { 1, 2 });
  survivors.survivors = { 2, 3 };
  EXPECT_EQ(refusal(survivors), "filter 2 of layer 'conv1' cannot be removed and be a survivor");
  survivors.survivors = { 3 };
  EXPECT_EQ(refusal(survivors), "2 filters of layer 'conv1' need as many survivors, not 1");
  EXPECT_NE(refusalOf([&] { model->study()->plan(prune("conv2", 8), [] { return false; }); })
              .find("was ended before it was done"),
    std::string::npos);

  // A plan that was made before another edit of the layer.
  const EditPlan stale = planOf(*model, remove("conv1", { 7 }));
  edit(*model, remove("conv1", { 8 }));
  const Buffers edited = snapshot(*model);
  EXPECT_EQ(refusalOf([&] { model->applyEdit(stale); }),
    "the edit of layer 'conv1' was planned for other layers or filters than are there now; plan "
    "it anew");
  EditPlan broken = planOf(*model, remove("conv1", { 7 }));
  broken.readers[0].coefficients[3] = std::nan("");
  EXPECT_NE(refusalOf([&] { model->applyEdit(broken); }), "nothing was refused");
  broken.readers[0].coefficients[3] = 1e300;
  EXPECT_NE(refusalOf([&] { model->applyEdit(broken); }).find("not finite"), std::string::npos);
  EXPECT_TRUE(snapshot(*model) == edited);
  EXPECT_FALSE(edited == before);
}

TEST(TorchEdit, RefusesStatisticsThatAreNotFinite)
{
  TrainerOptions options = lenetOptions();
  options.learningRate = 1e30;
  const std::unique_ptr<TrainingModel> model = makeModel(options);
  TrainingModel::StepReport report;
  for (int i = 0; i < 4; ++i)
  {
    model->trainStep({}, report, always);
  }
  EXPECT_NE(
    refusalOf([&] { planOf(*model, prune("conv2", 20)); }).find("not finite"), std::string::npos);
}

TEST(TorchEdit, APrunedModelIsSavedWithItsDescription)
{
  const TrainerOptions options = allLayersOptions("sgd");
  const std::unique_ptr<TrainingModel> model = makeModel(options);
  train(*model, 5);
  edit(*model, prune("conv_b", 4));
  edit(*model, prune("conv_d", 5));
  edit(*model, prune("fc1", 6));
  const std::filesystem::path path =
    std::filesystem::path(TENSORVIEW_NETWORK_TEST_OUTPUT) / "pruned.safetensors";
  std::filesystem::create_directories(path.parent_path());
  model->saveModel(path.string());
  TrainerOptions read = options;
  read.network = std::filesystem::path(path).replace_extension(".json").string();
  read.loadModel = path.string();
  const std::unique_ptr<TrainingModel> other = makeModel(read);
  EXPECT_TRUE(weightsOf(*other) == weightsOf(*model));
  EXPECT_EQ(accuracyOf(*other), accuracyOf(*model));
  // Scores for check_pruned.py.
  const RunLayout layout = other->layout();
  Buffers outputs;
  std::vector<std::vector<double>> gram;
  other->copyProbe(wishFor(layout, { "fc2" }), outputs, gram);
  ASSERT_EQ(layout.probe.back().layer, "fc2");
  std::ofstream file(path.parent_path() / "pruned-scores.bin", std::ios::binary);
  file.write(reinterpret_cast<const char*>(outputs.back().data()),
    static_cast<std::streamsize>(outputs.back().size() * sizeof(float)));
}

TEST(TorchEdit, FrozenFiltersStayAsTheyAre)
{
  for (const char* optimizer : { "sgd", "adam" })
  {
    SCOPED_TRACE(optimizer);
    TrainerOptions options = lenetOptions();
    options.optimizer = optimizer;
    options.weightDecay = 0.1;
    const std::unique_ptr<TrainingModel> model = makeModel(options);
    train(*model, 2);
    const EditReport report = model->setFrozen("conv2", { 3, 1 }, true);
    EXPECT_EQ(report.what, "freeze");
    EXPECT_EQ(report.layers[0].slots, (std::vector<int>{ 1, 3 }));
    const std::size_t weight =
      static_cast<std::size_t>(model->description().find("conv2", "weight"));
    const std::size_t bias = static_cast<std::size_t>(model->description().find("conv2", "bias"));
    const Buffers before = snapshot(*model);
    const std::unique_ptr<TrainingModel> loaded = makeModel(options);
    loaded->loadState(model->saveState());
    train(*model, 2);
    train(*loaded, 2);
    const Buffers after = snapshot(*model);
    EXPECT_TRUE(snapshot(*loaded) == after);
    const std::size_t perFilter = 16 * 9;
    for (std::size_t filter = 0; filter < 5; ++filter)
    {
      const bool frozen = filter == 1 || filter == 3;
      EXPECT_EQ(std::equal(after[weight].begin() + std::ptrdiff_t(filter * perFilter),
                  after[weight].begin() + std::ptrdiff_t((filter + 1) * perFilter),
                  before[weight].begin() + std::ptrdiff_t(filter * perFilter)),
        frozen);
      EXPECT_EQ(after[bias][filter] == before[bias][filter], frozen);
    }
    model->setFrozen("conv2", {}, false);
    train(*model, 1);
    EXPECT_NE(snapshot(*model)[weight][perFilter], after[weight][perFilter]);
    EXPECT_NE(refusalOf([&] { model->setFrozen("pool1", {}, true); }).find("no filters"),
      std::string::npos);
    EXPECT_NE(refusalOf([&] { model->setFrozen("conv2", { 99 }, true); }).find("does not exist"),
      std::string::npos);
  }
}

TEST(TorchEdit, MomentsOfFrozenFiltersAreTold)
{
  // Norms of a row are those of the weights as they are, frozen or not.
  const std::unique_ptr<TrainingModel> model = makeModel(lenetOptions());
  train(*model, 2);
  model->setFrozen("conv1", { 0, 1, 2 }, true);
  TrainingModel::Watch watch;
  watch.row = true;
  TrainingModel::StepReport report;
  ASSERT_TRUE(model->trainStep(watch, report, always));
  StepBlock rows;
  model->appendRow(rows);
  const std::vector<std::string> columns = model->layout().metricColumns;
  const std::size_t column = static_cast<std::size_t>(
    std::find(columns.begin(), columns.end(), "conv1/weight_norm") - columns.begin());
  const Buffers now = snapshot(*model);
  const std::vector<float>& weights =
    now[static_cast<std::size_t>(model->description().find("conv1", "weight"))];
  const double squares = std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
  EXPECT_NEAR(rows.metrics[column], std::sqrt(squares), 1e-5 * std::sqrt(squares));
}
