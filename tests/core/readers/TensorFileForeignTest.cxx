#include "ForeignFileTest.h"
#include "SafetensorsWriter.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

/// Files of NumPy, safetensors and PyTorch, and our files read by them.
class TensorFileForeignTest : public ForeignFileTest
{
protected:
  void script(const std::string& verb, const std::string& path)
  {
    this->runScript(TENSORVIEW_WRITE_TENSORS_SCRIPT, verb, path);
  }
};

TEST_F(TensorFileForeignTest, ReadsWhatTheLibrariesWrite)
{
  this->script("write", this->folder().string());
  if (this->IsSkipped())
  {
    return;
  }
  for (const char* name : { "types.safetensors", "network.safetensors", "numpy.safetensors",
         "nothing.safetensors", "types.pt", "views.pt", "state_dict.pth", "tensor.pt", "list.pt",
         "nothing.pt", "checkpoint2.pt", "checkpoint3.pt", "checkpoint4.pt", "checkpoint5.pt",
         "big_endian.pt", "matrix.npy", "fortran.npy", "number.npy", "empty.npy", "version2.npy",
         "version3.npy", "types.npz", "compressed.npz", "views.npz", "model.safetensors.index.json",
         "pytorch_model.bin.index.json" })
  {
    this->expectAsTheLibrary(name);
  }
  EXPECT_EQ(openTensorFile(this->file("types.safetensors")).metadata.at("format"), "pt");

  this->expectRefusal("legacy.pt", "from before version 1.6");
  this->expectRefusal("script.pt", "a TorchScript archive");
  this->expectRefusal("module.pt", "names '__main__.Network'");
  this->expectRefusal("path.pt", "names 'pathlib.PurePosixPath'");

  const TensorCatalogue unread = openTensorFile(this->file("unread.pt"));
  const std::pair<const char*, const char*> problems[] = { { "good", "" },
    { "sparse", "is sparse" }, { "compressed", "is sparse" }, { "quantised", "is quantised" },
    { "complex", "holds complex" }, { "meta", "has no values" },
    { "negated", "is a view that is negated" },
    { "numpy.random.1", "is an array of NumPy within a file of PyTorch" } };
  ASSERT_EQ(unread.tensors.size(), std::size(problems));
  for (std::size_t i = 0; i < std::size(problems); ++i)
  {
    EXPECT_EQ(unread.tensors[i].name, problems[i].first);
    EXPECT_EQ(unread.tensors[i].problem.substr(0, std::string(problems[i].second).size()),
      problems[i].second);
  }
  EXPECT_EQ(unread.tensors[3].shape, (std::vector<std::int64_t>{ 2, 3 }));
  EXPECT_EQ(unread.tensors[5].shape, (std::vector<std::int64_t>{ 4, 5 }));
  EXPECT_EQ(valuesOf(unread, 0), (std::vector<float>{ 1, 1 }));

  const TensorCatalogue numpy = openTensorFile(this->file("unread.npz"));
  const std::pair<const char*, const char*> kinds[] = { { "good", "" },
    { "complex", "holds complex numbers (dtype '<c8')" }, { "text", "holds text (dtype '<U4')" },
    { "bytes", "holds text (dtype '|S4')" }, { "objects", "holds Python objects (dtype '|O')" },
    { "records", "has records of several fields" }, { "dates", "holds times (dtype '<M8[D]')" },
    { "raw", "has elements of raw bytes (dtype '|V2')" },
    { "long", "holds numbers of another precision than 16, 32 and 64 bits" } };
  ASSERT_EQ(numpy.tensors.size(), std::size(kinds));
  for (std::size_t i = 0; i < std::size(kinds); ++i)
  {
    EXPECT_EQ(numpy.tensors[i].name, kinds[i].first);
    EXPECT_EQ(
      numpy.tensors[i].problem.substr(0, std::string(kinds[i].second).size()), kinds[i].second);
    EXPECT_EQ(numpy.tensors[i].shape, (std::vector<std::int64_t>{ 2 }));
  }
  EXPECT_EQ(valuesOf(numpy, 0), (std::vector<float>{ 1, 1 }));

  for (const char* name : { "tensor.pt", "numpy.safetensors", "number.npy", "one.npz" })
  {
    this->expectEveryTruncationTold(name, 30);
  }
}

TEST_F(TensorFileForeignTest, WritesWhatTheLibraryReads)
{
  std::vector<float> weight(24);
  for (std::size_t i = 0; i < weight.size(); ++i)
  {
    weight[i] = static_cast<float>(i) / 7.0F;
  }
  const std::vector<float> bias{ 0, 1, 2, 3 };
  const std::vector<double> named{ 0, 1, 2 };
  const std::vector<std::int64_t> tracked{ 12345678901 };
  const std::vector<std::uint16_t> half{ 0x3C00, 0xC000, 0x3800 };
  const std::vector<std::uint8_t> mask{ 1, 0, 1 };
  const void* const elements[] = { weight.data(), bias.data(), named.data(), tracked.data(),
    half.data(), mask.data(), nullptr };
  const std::string path = this->file("ours.safetensors");
  writeSafetensors(path,
    { { "conv1.weight", { 4, 2, 1, 3 }, ElementType::Float32 },
      { "conv1.bias", { 4 }, ElementType::Float32 },
      { "\u00e4 \"quoted\\ name", { 3 }, ElementType::Float64 },
      { "bn1.num_batches_tracked", {}, ElementType::Int64 },
      { "half", { 3 }, ElementType::Float16 }, { "mask", { 3 }, ElementType::Bool },
      { "empty", { 0, 5 }, ElementType::Float32 } },
    [&](std::size_t i) { return elements[i]; },
    { { "format", "pt" }, { "made by", "TensorView" } });
  this->script("check", path);
}

} // namespace
} // namespace tensorview
