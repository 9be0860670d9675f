#include "NetworkTensors.h"

#include "ByteSource.h"
#include "NaturalOrder.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace tensorview
{
namespace
{

using namespace testing;
using Lines = std::vector<std::string>;

/// Blocks of bytes; counts what is read of them.
class CountingStore : public TensorStore
{
public:
  std::vector<float> values;
  mutable std::size_t opened = 0;
  mutable std::size_t bytes = 0;

  std::unique_ptr<ByteStream> open(std::size_t, std::uint64_t offset) const override
  {
    ++this->opened;
    return std::make_unique<Stream>(*this, offset);
  }

private:
  struct Stream : public ByteStream
  {
    Stream(const CountingStore& of, std::uint64_t from)
      : store(of)
      , position(from)
    {
    }
    void read(void* destination, std::size_t size) override
    {
      ASSERT_LE(this->position + size, this->store.values.size() * sizeof(float));
      std::memcpy(destination,
        reinterpret_cast<const char*>(this->store.values.data()) + this->position, size);
      this->position += size;
      this->store.bytes += size;
    }
    const CountingStore& store;
    std::uint64_t position;
  };
};

/// A file of tensors whose elements are 0, 1, 2, ... each.
class NetworkTensorsTest : public ::testing::Test
{
protected:
  std::shared_ptr<CountingStore> store = std::make_shared<CountingStore>();
  TensorCatalogue catalogue;
  NetworkOptions options;

  NetworkTensorsTest()
  {
    this->store->values.resize(20000);
    for (std::size_t i = 0; i < this->store->values.size(); ++i)
    {
      this->store->values[i] = static_cast<float>(i);
    }
    this->catalogue.path = "folder/net.safetensors";
    this->catalogue.store = this->store;
  }

  TensorEntry& add(const std::string& name, const std::vector<std::int64_t>& shape)
  {
    TensorEntry entry;
    entry.name = name;
    entry.shape = shape;
    this->catalogue.tensors.push_back(entry);
    return this->catalogue.tensors.back();
  }

  NetworkTensors network() const { return networkOf(this->catalogue, this->options); }

  /// "layer kind f c r w axes" of each.
  Lines described() const
  {
    Lines lines;
    const NetworkTensors found = this->network();
    for (std::size_t i = 0; i < found.model.tensors.size(); ++i)
    {
      const TensorDescription& tensor = found.model.tensors[i];
      const TensorShape& s = tensor.shape;
      lines.push_back(tensor.layer + " " + tensor.kind + " " + std::to_string(s.filters) + " " +
                      std::to_string(s.channels) + " " + std::to_string(s.rows) + " " +
                      std::to_string(s.columns) + " " + found.axes[i]);
    }
    return lines;
  }

  /// The element of the file that is shown at a place.
  static float at(
    const TensorValues& values, std::int64_t f, std::int64_t c, std::int64_t r, std::int64_t w)
  {
    const TensorShape& s = values.shape;
    return values.data.get()[((f * s.channels + c) * s.rows + r) * s.columns + w];
  }
};

TEST_F(NetworkTensorsTest, PyTorchIsOurOwnOrder)
{
  this->add("conv1.bias", { 8 });
  this->add("conv1.weight", { 8, 3, 5, 4 });
  this->add("fc.weight", { 10, 32 });
  this->add("number", {});
  EXPECT_EQ(this->described(), (Lines{ "conv1 weight 8 3 5 4 OIHW", "conv1 bias 8 1 1 1 O",
                                 "fc weight 10 32 1 1 OI", "number other 1 1 1 1 " }));
  const NetworkTensors found = this->network();
  EXPECT_TRUE(found.catalogue.tensors[0].strides.empty()) << "read as it lies";
  EXPECT_EQ(found.model.name, "net");
  EXPECT_EQ(found.model.layers[0].type, "convolution");
  EXPECT_EQ(found.model.layers[1].type, "dense");
  const TensorValues all = readFilters(found, 0, 0, -1);
  EXPECT_EQ(at(all, 7, 2, 4, 3), 479.0F);
  EXPECT_EQ(all.range.max, 479.0F);
  const TensorValues part = readFilters(found, 0, 2, 3);
  EXPECT_EQ(part.shape.filters, 3);
  EXPECT_EQ(part.slot, (std::vector<std::int32_t>{ 2, 3, 4 }));
  EXPECT_EQ(part.data.get()[0], 120.0F);
}

TEST_F(NetworkTensorsTest, KerasHasFiltersLast)
{
  this->add("conv/kernel:0", { 5, 4, 3, 8 });
  this->add("conv/bias:0", { 8 });
  this->add("dense/kernel:0", { 32, 10 });
  EXPECT_EQ(this->described(),
    (Lines{ "conv weight 8 3 5 4 HWIO", "conv bias 8 1 1 1 O", "dense weight 10 32 1 1 IO" }));
  const NetworkTensors found = this->network();
  const TensorValues conv = readFilters(found, 0, 0, -1);
  EXPECT_EQ(at(conv, 6, 1, 4, 2), static_cast<float>(((4 * 4 + 2) * 3 + 1) * 8 + 6));
  const TensorValues dense = readFilters(found, 2, 4, 2);
  EXPECT_EQ(at(dense, 1, 31, 0, 0), 31.0F * 10 + 5);
}

TEST_F(NetworkTensorsTest, TheBiasTellsTheOrder)
{
  this->add("up.weight", { 16, 8, 2, 2 });
  this->add("up.bias", { 8 });
  this->add("jax.weight", { 3, 3, 4, 6 });
  this->add("jax.bias", { 6 });
  this->add("up2/kernel", { 2, 2, 5, 7 });
  this->add("up2/bias", { 5 });
  this->add("dense.weight", { 12, 5 });
  this->add("dense.bias", { 5 });
  EXPECT_EQ(this->described(),
    (Lines{ "up weight 8 16 2 2 IOHW", "up bias 8 1 1 1 O", "jax weight 6 4 3 3 HWIO",
      "jax bias 6 1 1 1 O", "up2 weight 5 7 2 2 HWOI", "up2 bias 5 1 1 1 O",
      "dense weight 5 12 1 1 IO", "dense bias 5 1 1 1 O" }));
  const TensorValues up = readFilters(this->network(), 0, 0, -1);
  EXPECT_EQ(at(up, 3, 9, 1, 0), static_cast<float>((9 * 8 + 3) * 4 + 2));
}

TEST_F(NetworkTensorsTest, TheLayoutCanBeSet)
{
  this->add("a.weight", { 3, 3, 4, 6 });
  this->options.layout = AxisLayout::Keras;
  EXPECT_EQ(this->described(), (Lines{ "a weight 6 4 3 3 HWIO" }));
  this->options.layout = AxisLayout::Torch;
  EXPECT_EQ(this->described(), (Lines{ "a weight 3 3 4 6 OIHW" }));
}

TEST_F(NetworkTensorsTest, TheFormatKnowsBest)
{
  TensorEntry& entry = this->add("vars/0", { 4, 5 });
  entry.role.layer = "head";
  entry.role.kind = kinds::weight;
  entry.role.axes = "IO";
  entry.role.layerClass = "Dense";
  EXPECT_EQ(this->described(), (Lines{ "head weight 5 4 1 1 IO" }));
  EXPECT_EQ(this->network().model.layers[0].type, "Dense");
}

TEST_F(NetworkTensorsTest, DepthwiseAndSeparable)
{
  this->add("dw/depthwise_kernel:0", { 3, 3, 4, 2 });
  this->add("sep/depthwise_kernel:0", { 3, 3, 4, 1 });
  this->add("sep/pointwise_kernel:0", { 1, 1, 4, 6 });
  EXPECT_EQ(this->described(), (Lines{ "dw weight 8 1 3 3 HWOO",
                                 "sep/depthwise weight 4 1 3 3 HWOO", "sep weight 6 4 1 1 HWIO" }));
  const NetworkTensors found = this->network();
  const TensorValues all = readFilters(found, 0, 0, -1);
  const TensorValues part = readFilters(found, 0, 3, 4);
  EXPECT_EQ(at(all, 5, 0, 2, 1), static_cast<float>((2 * 3 + 1) * 8 + 5));
  for (std::int64_t f = 0; f < 4; ++f)
  {
    EXPECT_EQ(at(part, f, 0, 1, 2), at(all, f + 3, 0, 1, 2)) << f;
  }
}

TEST_F(NetworkTensorsTest, OneAndThreeDimensionalConvolutions)
{
  this->add("c1.weight", { 6, 4, 3 });
  this->add("c3.weight", { 6, 4, 2, 3, 5 });
  this->add("k1/kernel", { 3, 4, 6 });
  this->add("k3/kernel", { 2, 3, 5, 4, 6 });
  this->add("six", { 2, 3, 4, 5, 6, 7 });
  EXPECT_EQ(this->described(),
    (Lines{ "c1 weight 6 4 1 3 OIW", "c3 weight 6 4 6 5 OIDHW", "k1 weight 6 4 1 3 WIO",
      "k3 weight 6 4 6 5 DHWIO", "six other 2 3 120 7 OI.DHW" }));
  const TensorValues values = readFilters(this->network(), 3, 0, -1);
  EXPECT_EQ(
    at(values, 5, 2, 1 * 3 + 2, 4), static_cast<float>((((1 * 3 + 2) * 5 + 4) * 4 + 2) * 6 + 5));
}

TEST_F(NetworkTensorsTest, ActivationsHaveOneChannel)
{
  this->add("a_weight", { 6, 3, 3, 3 });
  this->add("a_activation", { 6, 5, 5 });
  this->add("b_weight", { 6, 3, 3, 3 });
  this->add("b_activation", { 9, 6, 5, 4 });
  this->add("c_weight", { 6, 20 });
  this->add("c_activation", { 9, 6 });
  this->add("d_activation", { 6, 1, 5, 5 });
  this->add("e_kernel", { 3, 3, 3, 6 });
  this->add("e_activation", { 9, 5, 4, 6 });
  EXPECT_EQ(this->described(),
    (Lines{ "a weight 6 3 3 3 OIHW", "a activation 6 1 5 5 OHW", "b weight 6 3 3 3 OIHW",
      "b activation 6 1 45 4 NOHW", "c weight 6 20 1 1 OI", "c activation 6 1 1 9 NO",
      "d activation 6 1 5 5 OIHW", "e weight 6 3 3 3 HWIO", "e activation 6 1 45 4 NHWO" }));
  const TensorValues batch = readFilters(this->network(), 3, 0, -1);
  EXPECT_EQ(at(batch, 2, 0, 7 * 5 + 3, 1), static_cast<float>(((7 * 6 + 2) * 5 + 3) * 4 + 1));
}

TEST_F(NetworkTensorsTest, WindowsOfTheFirstDenseLayer)
{
  this->add("conv.weight", { 6, 1, 3, 3 });
  this->add("fc1.weight", { 10, 24 });
  this->add("fc2.weight", { 5, 10 });
  this->options.windowRows = 2;
  this->options.windowColumns = 2;
  EXPECT_EQ(this->described()[1], "fc1 weight 10 6 2 2 OI");
  EXPECT_EQ(this->described()[2], "fc2 weight 5 10 1 1 OI");
  EXPECT_TRUE(this->network().catalogue.tensors[1].strides.empty());
  EXPECT_EQ(this->network().notes, (Lines{ "fc1 weight is shown as windows of 2 x 2." }));
  this->options.windowRows = 5;
  EXPECT_EQ(this->described()[1], "fc1 weight 10 24 1 1 OI");
  EXPECT_NE(this->network().notes.at(0).find("no windows of 5 x 2"), std::string::npos);
}

TEST_F(NetworkTensorsTest, KerasFlattensPositionAfterPosition)
{
  this->add("dense/kernel", { 24, 10 });
  this->options.windowRows = 2;
  this->options.windowColumns = 3;
  EXPECT_EQ(this->described(), (Lines{ "dense weight 10 4 2 3 IO" }));
  const TensorValues values = readFilters(this->network(), 0, 0, -1);
  // Input (row, column, channel), output.
  EXPECT_EQ(at(values, 7, 3, 1, 2), static_cast<float>(((1 * 3 + 2) * 4 + 3) * 10 + 7));
}

TEST_F(NetworkTensorsTest, OrdersLayers)
{
  for (const char* name : { "conv1.weight", "conv10.weight", "conv2.weight" })
  {
    this->add(name, { 1, 1 });
  }
  const auto layers = [&]()
  {
    Lines names;
    for (const LayerDescription& layer : this->network().model.layers)
    {
      names.push_back(layer.name + " " + std::to_string(layer.id));
    }
    return names;
  };
  const Lines natural{ "conv1 0", "conv2 2", "conv10 1" };
  const Lines own{ "conv1 0", "conv10 1", "conv2 2" };
  EXPECT_EQ(layers(), natural) << "sorted names are no order";
  this->catalogue.metadata["order"] = "network";
  EXPECT_EQ(layers(), own);
  this->catalogue.metadata["order"] = "name";
  EXPECT_EQ(layers(), natural);
  this->catalogue.metadata.clear();
  this->options.order = LayerOrder::File;
  EXPECT_EQ(layers(), own);
  this->options.order = LayerOrder::Automatic;
  std::swap(this->catalogue.tensors[0], this->catalogue.tensors[1]);
  EXPECT_EQ(layers(), (Lines{ "conv10 0", "conv1 1", "conv2 2" })) << "an order of its own";
  this->options.order = LayerOrder::Natural;
  EXPECT_EQ(layers(), (Lines{ "conv1 1", "conv2 2", "conv10 0" })) << "ids stay";
}

TEST_F(NetworkTensorsTest, TellsWhatItLeavesOut)
{
  this->add("model.a.weight", { 2, 2 });
  this->add("model.bn.num_batches_tracked", {});
  this->add("model.empty", { 0, 1000000000 });
  this->add("model.sparse", { 2 }).problem = "is sparse";
  this->add("optimizer.state.0", { 2 });
  this->add("model.wide", { (std::int64_t{ 1 } << 24) + 1, 1 });
  Lines lines;
  for (const NetworkTensors::LeftOut& tensor : this->network().leftOut)
  {
    lines.push_back(std::to_string(tensor.index) + " " + tensor.reason.substr(0, 23));
  }
  EXPECT_EQ(lines, (Lines{ "1 counts batches and is n", "2 has no elements", "3 is sparse",
                     "4 lies beside the network", "5 has 16777217 filters of" }));
  EXPECT_EQ(this->described(), (Lines{ "a weight 2 2 1 1 OI" }));
  this->options.everything = true;
  EXPECT_EQ(this->described().size(), 3U);
}

TEST_F(NetworkTensorsTest, NamesThatComeTwice)
{
  this->add("a.weight", { 2, 2 });
  this->add("a/weight", { 2, 2 });
  this->add("a/weight", { 2, 2 });
  EXPECT_EQ(this->described(),
    (Lines{ "a weight 2 2 1 1 OI", "a/weight other 2 2 1 1 OI", "a/weight (2) other 2 2 1 1 OI" }));
}

TEST_F(NetworkTensorsTest, ReadsTheFiltersThatAreAskedFor)
{
  this->add("a.weight", { 100, 10, 2, 2 });
  const NetworkTensors found = this->network();
  EXPECT_EQ(this->store->opened, 0U);
  readFilters(found, 0, 10, 5);
  EXPECT_EQ(this->store->bytes, 5U * 40 * sizeof(float));
  EXPECT_FALSE(readFilters(found, 0, 100, 5).data) << "there are none";
  EXPECT_FALSE(readFilters(found, 0, 0, -1, [](double) { return false; }).data) << "stopped";
  EXPECT_EQ(this->store->bytes, 5U * 40 * sizeof(float));
}

TEST_F(NetworkTensorsTest, NothingIsANetworkToo)
{
  EXPECT_TRUE(this->network().model.tensors.empty());
}

TEST(NaturalOrderTest, ComparesNumbersByValue)
{
  Lines names{ "b", "a10b2", "a10", "a2", "", "a02", "a", "a10b10", "conv99999999999999999999999",
    "conv100000000000000000000000" };
  std::sort(names.begin(), names.end(), naturalLess);
  EXPECT_EQ(names, (Lines{ "", "a", "a02", "a2", "a10", "a10b2", "a10b10", "b",
                     "conv99999999999999999999999", "conv100000000000000000000000" }));
  EXPECT_FALSE(naturalLess("a1", "a1"));
}

} // namespace
} // namespace tensorview
