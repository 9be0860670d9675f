// Parts of the engine that take torch's tensors, each by itself, on the processor and on a GPU.

#include "../../../Trainer/Core/Network/NetworkZoo.h"
#include "../../../Trainer/Core/Torch/FilterChangesCuda.h"
#include "../../../Trainer/Core/Torch/HostCopy.h"
#include "../../../Trainer/Core/Torch/HostMirror.h"
#include "../../../Trainer/Core/Torch/NetworkProbe.h"
#include "../../../Trainer/Core/Torch/Optimizer.h"
#include "../../../Trainer/Core/Torch/ProbeGram.h"
#include "../../../Trainer/Core/Torch/StepLoss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <torch/cuda.h>

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

using namespace tensorview;

namespace
{
at::Tensor drawNormal(std::int64_t count)
{
  return at::randn({ count }, at::TensorOptions().dtype(at::kFloat));
}

class TorchParts : public ::testing::TestWithParam<c10::DeviceType>
{
protected:
  void SetUp() override
  {
    if (GetParam() == c10::kCUDA && !torch::cuda::is_available())
    {
      GTEST_SKIP() << "no CUDA device was found here";
    }
  }
  const c10::Device device{ GetParam() };
};
}

TEST_P(TorchParts, lossByOperatorsIsTheKernels)
{
  const at::Tensor scores = drawNormal(70).view({ 7, 10 }) * 3.0;
  const at::Tensor labels = at::arange(7).remainder(3);
  StepLoss ours;
  ours.begin(14);
  const at::Tensor gradient = ours.add(scores, labels);
  const LossTensors theirs =
    crossEntropyByOperators(scores.to(this->device), labels.to(this->device), 14);
  EXPECT_TRUE(at::allclose(theirs.gradient.cpu(), gradient, 1e-5, 1e-7));
  const at::Tensor sums = theirs.sums.cpu();
  EXPECT_NEAR(sums[0].item<double>(), ours.onCpu().loss, 1e-5 * ours.onCpu().loss);
  EXPECT_EQ(sums[1].item<double>(), double(ours.onCpu().correct));
}

TEST_P(TorchParts, lossAddsUpOverTheParts)
{
  const at::Tensor scores = drawNormal(40).view({ 4, 10 }).to(this->device);
  const at::Tensor labels = at::arange(4).to(this->device);
  const auto sumsOf = [](const StepLoss& loss)
  {
    return loss.onDevice().defined()
             ? std::make_pair(loss.onDevice()[0].item<double>(), loss.onDevice()[1].item<double>())
             : std::make_pair(loss.onCpu().loss, double(loss.onCpu().correct));
  };
  StepLoss whole;
  whole.begin(4);
  const at::Tensor gradient = whole.add(scores, labels);
  StepLoss parts;
  parts.begin(4);
  parts.add(scores.narrow(0, 0, 1), labels.narrow(0, 0, 1));
  const at::Tensor last = parts.add(scores.narrow(0, 1, 3), labels.narrow(0, 1, 3));
  EXPECT_NEAR(sumsOf(parts).first, sumsOf(whole).first, 1e-5);
  EXPECT_EQ(sumsOf(parts).second, sumsOf(whole).second);
  EXPECT_TRUE(at::allclose(last, gradient.narrow(0, 1, 3), 1e-5, 1e-7));
  parts.begin(4);
  parts.add(scores, labels);
  EXPECT_EQ(sumsOf(parts), sumsOf(whole)) << "a step begins with nothing";
}

TEST_P(TorchParts, mirrorsWhatWasAskedFor)
{
  HostMirror mirror;
  for (const double scale : { 1.0, 2.0 })
  {
    mirror.begin();
    const at::Tensor one = at::arange(10).to(this->device) * scale;
    const std::size_t first = mirror.request(one);
    const std::size_t second = mirror.request((at::arange(3) * scale).to(this->device));
    const std::size_t none = mirror.request(at::arange(0).to(this->device));
    mirror.wait();
    EXPECT_TRUE(mirror.at(first).is_cpu());
    EXPECT_EQ(mirror.at(first)[9].item<double>(), 9.0 * scale);
    EXPECT_EQ(mirror.at(second)[2].item<double>(), 2.0 * scale);
    EXPECT_EQ(mirror.at(none).numel(), 0);
  }
}

TEST_P(TorchParts, copiesToTheHostWhatIsLargerThanItsBuffers)
{
  for (const std::int64_t count : { 0, 1, 1000, 2 << 20, (4 << 20) + 1, (6 << 20) - 7 })
  {
    const at::Tensor values = drawNormal(count);
    const at::Tensor copy = toHost(values.to(this->device));
    EXPECT_TRUE(copy.is_cpu());
    EXPECT_TRUE(at::equal(copy, values)) << count;
  }
  const at::Tensor matrix = drawNormal(12).view({ 3, 4 });
  EXPECT_TRUE(at::equal(toHost(matrix.to(this->device).t()), matrix.t()));
}

TEST_P(TorchParts, updatesAndMomentsAreThoseOfTheProcessor)
{
  const NetworkGraph graph = loadNetwork("lenet5-simplified", { { 1, 28, 28 }, 10 });
  for (const char* name : { "sgd", "adam", "adamw" })
  {
    SCOPED_TRACE(name);
    ParameterStore here(graph, false, c10::Device(c10::kCPU));
    ParameterStore there(graph, false, this->device);
    Optimizer ours(name, here);
    Optimizer theirs(name, there);
    Hyperparameters hyper;
    hyper.weightDecay = 0.1;
    here.values.copy_(drawNormal(here.values.numel()));
    there.values.copy_(here.values);
    for (int update = 0; update < 2; ++update)
    {
      here.gradients.copy_(drawNormal(here.values.numel()));
      there.gradients.copy_(here.gradients);
      ParameterMoments expected;
      ParameterMoments moments;
      ours.update(here, hyper, &expected);
      theirs.update(there, hyper, &moments);
      if (theirs.deviceMoments().defined())
      {
        Optimizer::readMoments(theirs.deviceMoments().cpu(), moments);
      }
      EXPECT_TRUE(at::allclose(there.values.cpu(), here.values, 1e-5, 1e-6));
      ASSERT_EQ(moments.values.size(), expected.values.size());
      for (std::size_t i = 0; i < expected.values.size(); ++i)
      {
        for (const auto& [a, b] : { std::make_pair(moments.values[i], expected.values[i]),
               std::make_pair(moments.gradients[i], expected.gradients[i]) })
        {
          EXPECT_NEAR(a.squareSum, b.squareSum, 1e-5 * b.squareSum);
          EXPECT_NEAR(a.absoluteSum, b.absoluteSum, 1e-5 * b.absoluteSum);
          EXPECT_NEAR(a.sum, b.sum, 1e-5 * b.absoluteSum);
          EXPECT_EQ(a.nonZero, b.nonZero);
          EXPECT_NEAR(a.min, b.min, 1e-5);
          EXPECT_NEAR(a.max, b.max, 1e-5);
        }
      }
    }
  }
}

TEST_P(TorchParts, gramMatricesAddUpOverTheParts)
{
  // Two images of two channels and two pixels, then one more.
  const at::Tensor first = at::arange(8, at::kFloat).view({ 2, 2, 1, 2 });
  const at::Tensor second = at::arange(4, at::kFloat).view({ 1, 2, 1, 2 });
  at::Tensor gram;
  addGram(gram, first.to(this->device));
  addGram(gram, second.to(this->device));
  // Channels 0 1 4 5 0 1 and 2 3 6 7 2 3.
  const at::Tensor expected =
    at::tensor({ 43.0, 65.0, 11.0, 65.0, 111.0, 23.0, 11.0, 23.0, 6.0 }, at::kDouble)
      .view({ 3, 3 });
  EXPECT_TRUE(at::equal(gram.cpu(), expected));
}

TEST(ProbeGram, isOfLayersThatNoSumMixesWithOthers)
{
  const NetworkGraph graph = loadNetwork("resnet18", { { 3, 32, 32 }, 10 });
  std::vector<std::string> names;
  for (const GramSource& source : findGramSources(graph, 1000))
  {
    names.push_back(graph.layers[static_cast<std::size_t>(source.layer)].name);
  }
  EXPECT_EQ(names,
    (std::vector<std::string>{ "layer1.0.conv1", "layer1.1.conv1", "layer2.0.conv1",
      "layer2.1.conv1", "layer3.0.conv1", "layer3.1.conv1", "layer4.0.conv1", "layer4.1.conv1" }));
  // Too few images for layers with many filters.
  EXPECT_LT(findGramSources(graph, 1).size(), names.size());
}

TEST_P(TorchParts, gramMatricesOfLargeMapsAreSummedInPieces)
{
  // 5 million values, so that no single product takes them all; whole numbers, so that sums are.
  const at::Tensor maps = at::arange(5000000, at::kFloat).remainder(7).view({ 50, 2, 50, 1000 });
  at::Tensor whole;
  addGram(whole, maps.to(this->device));
  at::Tensor sum;
  for (std::int64_t i = 0; i < 50; ++i)
  {
    addGram(sum, maps.narrow(0, i, 1).to(this->device));
  }
  EXPECT_TRUE(at::equal(whole.cpu(), sum.cpu()));
  EXPECT_EQ(whole[2][2].item<double>(), 2500000.0);
}

namespace
{
struct PlannedImages
{
  std::int64_t outputs = 0;
  std::map<std::string, std::int64_t> gram; ///< by layer
};

PlannedImages planImages(const std::string& network, const NetworkFit& fit, std::int64_t available)
{
  const NetworkGraph graph = loadNetwork(network, fit);
  const ProbePlan plan = planProbe(graph, available);
  PlannedImages images{ plan.images, {} };
  for (const ProbePlan::Products& products : plan.gram)
  {
    images.gram[graph.layers[static_cast<std::size_t>(products.source.layer)].name] =
      products.images;
  }
  return images;
}
}

TEST(ProbePlan, takesTwiceAsManySamplesAsFilters)
{
  const NetworkFit digits{ { 1, 28, 28 }, 10 };
  using Images = std::map<std::string, std::int64_t>;
  const PlannedImages whole = planImages("lenet5-simplified", digits, 5000);
  EXPECT_EQ(whole.outputs, 100);
  EXPECT_EQ(whole.gram, (Images{ { "conv1", 100 }, { "conv2", 100 }, { "fc1", 1024 } }));
  // 512 filters cannot be told from 512 images.
  EXPECT_EQ(planImages("lenet5-simplified", digits, 600).gram.at("fc1"), 600);
  EXPECT_EQ(planImages("lenet5-simplified", digits, 512).gram.count("fc1"), 0U);
  EXPECT_EQ(planImages("lenet5-simplified", digits, 40).outputs, 40);
  EXPECT_EQ(planImages("lenet5-simplified", digits, 0).outputs, 0);
  EXPECT_TRUE(planImages("lenet5-simplified", digits, 0).gram.empty());
  // 1024 filters are too many.
  EXPECT_EQ(
    planImages("lenet5", digits, 5000).gram, (Images{ { "conv1", 100 }, { "conv2", 100 } }));
}

TEST(ProbePlan, takesFewerImagesOfLargeNetworks)
{
  const PlannedImages small = planImages("vgg16", { { 3, 32, 32 }, 10 }, 5000);
  EXPECT_EQ(small.outputs, 100);
  EXPECT_EQ(small.gram.size(), 13U);
  EXPECT_EQ(small.gram.at("features.28"), 1024); // of one pixel
  const PlannedImages large = planImages("vgg16", { { 3, 224, 224 }, 1000 }, 5000);
  EXPECT_EQ(large.outputs, 16);
  EXPECT_EQ(large.gram.size(), 13U);
  EXPECT_EQ(large.gram.at("features.0"), 16);
  EXPECT_EQ(large.gram.at("features.28"), 21); // 7 x 7 pixels
  EXPECT_EQ(planImages("resnet50", { { 3, 224, 224 }, 1000 }, 5000).outputs, 16);
}

TEST(FilterChangesCuda, areThoseOfTheProcessor)
{
  if (!torch::cuda::is_available())
  {
    GTEST_SKIP() << "no CUDA device was found here";
  }
  const c10::Device device(c10::kCUDA, 0);
  const at::Tensor before = drawNormal(5000);
  const at::Tensor after = before * 1.0001 + drawNormal(5000) * 1e-3;
  const at::Tensor gradients = drawNormal(5000);
  FilterChangesCuda changes({ { 0, 9 }, { 16, 1 }, { 32, 4900 } });
  const std::vector<FilterChange> found =
    changes.measure(before.to(device), after.to(device), gradients.to(device));
  ASSERT_EQ(found.size(), 3U);
  std::size_t i = 0;
  for (const auto& [offset, count] : { std::make_pair(0, 9), { 16, 1 }, { 32, 4900 } })
  {
    const FilterChange expected =
      measureChange(before.const_data_ptr<float>() + offset, after.const_data_ptr<float>() + offset,
        gradients.const_data_ptr<float>() + offset, static_cast<std::size_t>(count));
    EXPECT_NEAR(found[i].weightNorm, expected.weightNorm, 1e-4 * expected.weightNorm);
    EXPECT_NEAR(found[i].gradientNorm, expected.gradientNorm, 1e-4 * expected.gradientNorm);
    EXPECT_NEAR(found[i].changeNorm, expected.changeNorm, 1e-4 * expected.changeNorm);
    EXPECT_EQ(found[i].bands, expected.bands);
    ++i;
  }
}

INSTANTIATE_TEST_SUITE_P(
  All, TorchParts, ::testing::Values(c10::DeviceType::CPU, c10::DeviceType::CUDA));
