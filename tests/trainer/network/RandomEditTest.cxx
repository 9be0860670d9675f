// Random legal edits on random small networks. How many: TENSORVIEW_RANDOM_EDITS, 100 by default.

#include "../../../Trainer/Core/Network/EditPlanner.h"
#include "../../../Trainer/Core/Torch/ComputeDevice.h"
#include "../../../Trainer/Core/Torch/MergeStatistics.h"
#include "../../../Trainer/Core/Torch/Optimizer.h"
#include "../../../Trainer/Core/Torch/Surgery.h"

#include "SyntheticImages.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

using namespace tensorview;

namespace
{
constexpr std::int64_t size = 12;
constexpr std::int64_t classes = 5;

/// Draws network descriptions.
class RandomNetwork
{
public:
  explicit RandomNetwork(std::mt19937& generator)
    : generator_(generator)
  {
    const int blocks = this->below(3) + 1;
    for (int i = 0; i < blocks; ++i)
    {
      this->addConvolution(2 + this->below(5));
      if (this->chance(3))
      {
        this->addResidualBlock();
      }
      if (this->rows_ >= 4 && this->chance(2))
      {
        this->add(this->chance(2) ? "max_pool" : "average_pool", R"("kernel": 2)");
        this->rows_ /= 2;
      }
    }
    this->add("flatten", "");
    this->addBetween();
    for (int i = this->below(3); i > 0; --i)
    {
      this->add("dense", R"("units": )" + std::to_string(2 + this->below(6)) + this->bias());
      this->addBetween();
    }
    this->add("dense", R"("units": "classes")");
  }

  NetworkGraph graph() const
  {
    return parseNetworkGraph(
      R"({ "format": "tensorview-network", "version": 1, "name": "random", "layers": [)" +
        this->text_ + "] }",
      "a random network", { { 2, size, size }, classes });
  }

private:
  int below(int bound) { return static_cast<int>(this->generator_() % unsigned(bound)); }
  bool chance(int of) { return this->below(of) == 0; }
  std::string bias() { return this->chance(2) ? R"(, "bias": false)" : ""; }

  std::string add(const char* type, const std::string& settings)
  {
    const std::string name = "l" + std::to_string(this->count_++);
    this->text_ += (this->text_.empty() ? "" : ", ") + (R"({ "name": ")" + name) +
                   R"(", "type": ")" + type + "\"" + (settings.empty() ? "" : ", ") + settings +
                   " }";
    return name;
  }
  std::string addConvolution(int filters)
  {
    const int kernel = 1 + 2 * this->below(2);
    std::string last =
      this->add("convolution", R"("filters": )" + std::to_string(filters) + R"(, "kernel": )" +
                                 std::to_string(kernel) + R"(, "padding": "same")" + this->bias());
    this->filters_ = filters;
    const std::string behind = this->addBetween();
    return behind.empty() ? last : behind;
  }
  /// Batch norm, ReLU, dropout or nothing; the name of the last one.
  std::string addBetween()
  {
    std::string last;
    if (this->chance(2))
    {
      last = this->add("batch_norm", "");
    }
    if (!this->chance(4))
    {
      last = this->add("relu", "");
    }
    if (this->chance(5))
    {
      last = this->add("dropout", R"("probability": 0.25)");
    }
    return last;
  }
  void addResidualBlock()
  {
    const std::string before = "l" + std::to_string(this->count_ - 1);
    const int filters = this->filters_;
    this->addConvolution(2 + this->below(4));
    const std::string inside = this->addConvolution(filters);
    this->add("add", R"("inputs": [")" + inside + R"(", ")" + before + R"("])");
    this->addBetween();
  }

  std::mt19937& generator_;
  std::string text_;
  int count_ = 0;
  int filters_ = 0;
  std::int64_t rows_ = size;
};

std::vector<int> editableLayers(const NetworkGraph& graph)
{
  std::vector<int> layers;
  for (int i = 0; i + 1 < static_cast<int>(graph.layers.size()); ++i)
  {
    const LayerSpec& layer = graph.layers[static_cast<std::size_t>(i)];
    if (layer.hasFilters() && layer.units > 1)
    {
      layers.push_back(i);
    }
  }
  return layers;
}

at::Tensor scoresOf(NetworkData& network, const at::Tensor& images)
{
  NetworkExecutor executor(network.graph, network.store, at::MemoryFormat::ChannelsLast, true);
  Pass pass = executor.beginPass(PassMode::Evaluation, images);
  return executor.forward(pass).clone();
}

/// One update, so that everything that training needs fits.
void trainOnce(NetworkData& network, const at::Tensor& images, at::Generator& generator,
  const std::string& optimizer)
{
  NetworkExecutor executor(network.graph, network.store, at::MemoryFormat::ChannelsLast, true);
  Pass pass = executor.beginPass(PassMode::Training, images);
  pass.generator = &generator;
  const at::Tensor scores = executor.forward(pass);
  executor.backward(pass, at::ones_like(scores) / 100.0);
  executor.release();
  Optimizer update(optimizer, network.store);
  Hyperparameters hyper;
  hyper.learningRate = 1e-3;
  update.update(network.store, hyper, nullptr);
}

void expectFits(const NetworkData& network)
{
  const ParameterStore expected(network.graph, true, c10::Device(c10::kCPU));
  ASSERT_EQ(network.store.parameters().size(), expected.parameters().size());
  for (std::size_t i = 0; i < expected.parameters().size(); ++i)
  {
    EXPECT_EQ(network.store.parameters()[i].sizes, expected.parameters()[i].sizes);
  }
  EXPECT_EQ(network.store.values.numel(), expected.values.numel());
  EXPECT_EQ(network.store.firstMoments.numel(), expected.values.numel());
  if (network.store.secondMoments.defined())
  {
    EXPECT_EQ(network.store.secondMoments.numel(), expected.values.numel());
  }
  for (const RunningStatistics& running : network.store.runningStatistics())
  {
    EXPECT_EQ(running.mean.numel(),
      network.graph.layers[static_cast<std::size_t>(running.layer)].output.channels);
    EXPECT_EQ(running.variance.numel(), running.mean.numel());
  }
  for (std::size_t i = 0; i < network.graph.layers.size(); ++i)
  {
    const LayerSpec& layer = network.graph.layers[i];
    if (layer.hasFilters())
    {
      EXPECT_EQ(
        static_cast<std::int64_t>(network.slots.present(static_cast<int>(i)).size()), layer.units);
    }
  }
  // What is left is a network that can be read.
  const NetworkGraph read =
    parseNetworkGraph(toJson(network.graph), "a pruned network", { { 2, size, size }, classes });
  EXPECT_EQ(toJson(read), toJson(network.graph));
}

/// Makes the weights that leave the filters of a request zero.
void silence(NetworkData& network, const EditScope& scope)
{
  for (const FilterRemoval::Reader& reader : scope.removal.readers)
  {
    const Parameter& weight = *network.store.find(reader.layer, ParameterRole::Weight);
    for (const std::int64_t place : scope.places)
    {
      ParameterStore::windows(network.store.values, weight).select(1, place).zero_();
    }
  }
}

class RandomEdits
{
public:
  explicit RandomEdits(unsigned seed)
    : generator_(seed)
    , drawn_(makeGenerator(c10::Device(c10::kCPU), seed))
    , data_(makeSyntheticImages(40, 2, size, size, classes))
    , images_(*this->data_, this->data_->training,
        { c10::Device(c10::kCPU), at::MemoryFormat::ChannelsLast, { 2, size, size }, false })
    , order_(1, 40, 20)
  {
  }

  /// @return edits that were done
  int run()
  {
    const NetworkGraph graph = RandomNetwork(this->generator_).graph();
    SCOPED_TRACE(toJson(graph));
    NetworkData network{ graph, SlotTables(graph),
      ParameterStore(graph, true, c10::Device(c10::kCPU)), {} };
    const std::string optimizer = this->below(2) == 0 ? "sgd" : "adam";
    Optimizer(optimizer, network.store); // makes room for its state
    network.store.initialise(graph, this->drawn_);
    const std::int64_t some[] = { 3, 7, 8, 20, 33, 39 };
    const at::Tensor images = this->images_.batch(some, 6);
    trainOnce(network, images, this->drawn_, optimizer);
    int edits = 0;
    for (int i = 0; i < 4; ++i)
    {
      const std::vector<int> layers = editableLayers(network.graph);
      if (layers.empty())
      {
        break;
      }
      const EditRequest request = this->draw(network, layers);
      const EditScope scope = this->scopeOf(network, request);
      const bool silent = !scope.places.empty() && this->below(2) == 0;
      if (silent)
      {
        silence(network, scope);
      }
      const at::Tensor before = scoresOf(network, images);
      NetworkExecutor executor(network.graph, network.store, at::MemoryFormat::ChannelsLast, true);
      const RemovalStatistics statistics = gatherStatistics(
        network, executor, request, scope, { this->images_, this->order_, 0 }, [] { return true; });
      const EditPlan plan = planEdit(network.graph, network.slots, request, statistics, i);
      NetworkData edited = removeFilters(network, plan, i);
      expectFits(edited);
      const at::Tensor after = scoresOf(edited, images);
      EXPECT_EQ(after.sizes(), before.sizes());
      EXPECT_TRUE(at::isfinite(after).all().item<bool>());
      if (silent)
      {
        const double scale = std::max(before.abs().max().item<double>(), 1e-3);
        EXPECT_LE((after - before).abs().max().item<double>(), 1e-5 * scale);
        EXPECT_FALSE(plan.predictedError > 1e-6); // not a number if nothing reaches a reader
      }
      trainOnce(edited, images, this->drawn_, optimizer);
      network = std::move(edited);
      ++edits;
    }
    return edits;
  }

private:
  int below(int bound) { return static_cast<int>(this->generator_() % unsigned(bound)); }

  EditRequest draw(const NetworkData& network, const std::vector<int>& layers)
  {
    const int layer = layers[static_cast<std::size_t>(this->below(int(layers.size())))];
    const LayerSpec& spec = network.graph.layers[static_cast<std::size_t>(layer)];
    EditRequest request;
    request.layer = spec.name;
    request.method = static_cast<PruneMethod>(this->below(4));
    const int removed = 1 + this->below(static_cast<int>(spec.units) - 1);
    if (this->below(3) == 0)
    {
      request.choice = this->below(2) == 0 ? PruneChoice::LeastDamage : PruneChoice::SmallestNorm;
      request.pruneTo = spec.units - removed;
      return request;
    }
    std::vector<int> present = network.slots.present(layer);
    std::shuffle(present.begin(), present.end(), this->generator_);
    request.slots.assign(present.begin(), present.begin() + removed);
    return request;
  }

  EditScope scopeOf(const NetworkData& network, const EditRequest& request) const
  {
    return findEditScope(network.graph, network.slots, request);
  }

  std::mt19937 generator_;
  at::Generator drawn_;
  std::shared_ptr<const Dataset> data_;
  ImageStore images_;
  DataOrder order_;
};
}

TEST(RandomEdit, LeavesANetworkThatFitsAndTrains)
{
  const c10::InferenceMode guard;
  at::set_num_threads(1); // the networks are small
  const char* const wanted = std::getenv("TENSORVIEW_RANDOM_EDITS");
  const int edits = wanted == nullptr ? 100 : std::atoi(wanted);
  int done = 0;
  for (unsigned seed = 1; done < edits && !testing::Test::HasFailure(); ++seed)
  {
    SCOPED_TRACE("seed " + std::to_string(seed));
    done += RandomEdits(seed).run();
  }
  this->RecordProperty("edits", done);
}
