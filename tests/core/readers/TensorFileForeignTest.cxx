#include "RunFixture.h"
#include "SafetensorsWriter.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sys/wait.h>

namespace tensorview
{
namespace
{

using namespace testing;

/// Exit status of write_tensors.py where a library is missing.
constexpr int missingLibrary = 77;

/// Files of the libraries that the formats come from, and our files read by them.
class TensorFileForeignTest : public RunFileTest
{
protected:
  /// Runs write_tensors.py; skips the test where that cannot be.
  void script(const std::string& verb, const std::string& path)
  {
    const char* const python = std::getenv("TENSORVIEW_TEST_PYTHON");
    if (!python)
    {
      GTEST_SKIP() << "TENSORVIEW_TEST_PYTHON names no Python with torch and safetensors (ctest "
                      "sets it in builds that have torch)";
    }
    const std::string command = std::string("'") + python +
                                "' -W ignore '" TENSORVIEW_WRITE_TENSORS_SCRIPT "' " + verb + " '" +
                                path + "'";
    const int status = std::system(command.c_str());
    if (WIFEXITED(status) && WEXITSTATUS(status) == missingLibrary)
    {
      GTEST_SKIP() << python << " lacks a library that write_tensors.py needs";
    }
    ASSERT_EQ(status, 0);
  }

  /// Every tensor as the library read it back.
  void expectAsTheLibrary(const std::string& name)
  {
    SCOPED_TRACE(name);
    const TensorCatalogue catalogue = openTensorFile(this->file(name));
    std::ifstream lines(this->file(name + ".names"));
    const std::string bytes = contentOf(this->file(name + ".values"));
    std::size_t position = 0;
    std::size_t index = 0;
    for (std::string line; std::getline(lines, line); ++index)
    {
      ASSERT_LT(index, catalogue.tensors.size()) << line;
      const TensorEntry& tensor = catalogue.tensors[index];
      const std::size_t tab = line.find('\t');
      EXPECT_EQ(tensor.name, line.substr(0, tab));
      std::istringstream extents(line.substr(tab + 1));
      EXPECT_EQ(
        tensor.shape, std::vector<std::int64_t>(std::istream_iterator<std::int64_t>(extents),
                        std::istream_iterator<std::int64_t>()));
      ASSERT_EQ(tensor.problem, "");
      std::vector<float> expected(static_cast<std::size_t>(tensor.size()));
      bytes.copy(
        reinterpret_cast<char*>(expected.data()), expected.size() * sizeof(float), position);
      position += expected.size() * sizeof(float);
      const std::vector<float> values = valuesOf(catalogue, index);
      for (std::size_t i = 0; i < values.size(); ++i)
      {
        ASSERT_TRUE(values[i] == expected[i] || (std::isnan(values[i]) && std::isnan(expected[i])))
          << tensor.name << "[" << i << "] is " << values[i] << ", not " << expected[i];
      }
    }
    EXPECT_EQ(index, catalogue.tensors.size());
    EXPECT_EQ(position, bytes.size());
  }

  void expectRefusal(const std::string& name, const std::string& part)
  {
    const std::string message = tensorFileErrorOf([&] { openTensorFile(this->file(name)); });
    EXPECT_NE(message.find(part), std::string::npos) << name << ": " << message;
  }

  /// Of a file that holds one tensor. A zip archive's last bytes say again what stands before them.
  void expectEveryTruncationTold(const std::string& name)
  {
    const std::string bytes = contentOf(this->file(name));
    const std::vector<float> values = valuesOf(openBytes(bytes), 0);
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
      const std::string message = tensorFileErrorOf([&]
        { EXPECT_EQ(valuesOf(openBytes(std::string_view(bytes).substr(0, size)), 0), values); });
      EXPECT_TRUE(!message.empty() || size + 30 > bytes.size()) << name << " " << size;
    }
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
    { "negated", "is a view that is negated" } };
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
    this->expectEveryTruncationTold(name);
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
