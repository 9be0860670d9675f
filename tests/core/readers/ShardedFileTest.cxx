#include "ShardedFile.h"
#include "ShardIndex.h"

#include "RunFixture.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace tensorview
{
namespace
{

using namespace testing;

/// A .safetensors file of one tensor of two numbers.
std::string shardOf(const std::string& name, float first)
{
  return safetensorsOf(R"({"__metadata__":{"format":"pt"},")" + name +
                         R"(":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
    bytesOf<float>({ first, first + 1 }));
}

class ShardedFileTest : public RunFileTest
{
protected:
  /// Writes an index and opens it.
  TensorCatalogue open(const std::string& index)
  {
    writeFile(this->indexPath(), index);
    return openTensorFile(this->indexPath());
  }

  void expectRefusal(const std::string& index, const std::string& part)
  {
    const std::string message = tensorFileErrorOf([&] { this->open(index); });
    EXPECT_NE(message.find(part), std::string::npos)
      << "'" << message << "' lacks '" << part << "'";
  }

  std::string indexPath() const { return this->file("model.safetensors.index.json"); }

  /// The tensors "b" in shard 1 and "a" in shard 2.
  void writeTwoShards()
  {
    writeFile(this->file("model-1.safetensors"), shardOf("b", 1));
    writeFile(this->file("model-2.safetensors"), shardOf("a", 3));
  }

  static constexpr const char* twoShards =
    R"({"metadata":{"total_size":16,"by":"hand","more":{"x":[1,{}]}},)"
    R"("weight_map":{"b":"model-1.safetensors","a":"model-2.safetensors"},"note":null})";
};

TEST_F(ShardedFileTest, ReadsTheTensorsOfAllFiles)
{
  this->writeTwoShards();
  const TensorCatalogue catalogue = this->open(twoShards);
  EXPECT_EQ(catalogue.format, "safetensors");
  EXPECT_EQ(catalogue.path, this->indexPath());
  EXPECT_EQ(catalogue.names(), (std::vector<std::string>{ "b", "a" }));
  EXPECT_EQ(catalogue.metadata, (std::map<std::string, std::string>{
                                  { "total_size", "16" }, { "by", "hand" }, { "format", "pt" } }));
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 1, 2 }));
  EXPECT_EQ(valuesOf(catalogue, 1), (std::vector<float>{ 3, 4 }));
  // One of the files alone.
  EXPECT_EQ(
    valuesOf(openTensorFile(this->file("model-2.safetensors")), 0), (std::vector<float>{ 3, 4 }));
}

TEST_F(ShardedFileTest, ReadsFilesThatAreLinksElsewhere)
{
  // As in the cache of Hugging Face's hub.
  std::filesystem::create_directory(this->folder() / "blobs");
  writeFile(this->file("blobs/1234"), shardOf("b", 5));
  std::filesystem::create_symlink("blobs/1234", this->file("model-1.safetensors"));
  const TensorCatalogue catalogue = this->open(R"({"weight_map":{"b":"model-1.safetensors"}})");
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 5, 6 }));
}

TEST_F(ShardedFileTest, KeepsTheOthersWhereAFileIsMissing)
{
  this->writeTwoShards();
  std::filesystem::remove(this->file("model-1.safetensors"));
  writeFile(this->file("model-3.safetensors"), "no tensors");
  const TensorCatalogue catalogue =
    this->open(R"({"weight_map":{"b":"model-1.safetensors","a":"model-2.safetensors",)"
               R"("c":"model-3.safetensors","d":"model-2.safetensors"}})");
  ASSERT_EQ(catalogue.tensors.size(), 4U);
  EXPECT_EQ(catalogue.tensors[0].problem,
    "is in the file 'model-1.safetensors' beside it, of which is to say: it cannot be opened: No "
    "such file or directory");
  EXPECT_EQ(valuesOf(catalogue, 1), (std::vector<float>{ 3, 4 }));
  EXPECT_NE(catalogue.tensors[2].problem.find("'model-3.safetensors' beside it, of which is to "
                                              "say: it is in no format"),
    std::string::npos);
  EXPECT_EQ(catalogue.tensors[3].problem,
    "is not in the file 'model-2.safetensors' beside it, where the index puts it");
}

TEST_F(ShardedFileTest, StaysInItsFolder)
{
  for (const std::string file : { "../a.safetensors", "/a.safetensors", "a/b.safetensors", "", ".",
         "..", R"(a\\b)", R"(a\u0000)", R"(a\n)" })
  {
    this->expectRefusal(R"({"weight_map":{"x":")" + file + R"("}})",
      "which is not the name of a file in the same folder");
  }
  this->expectRefusal(R"({"weight_map":{"x":")" + std::string(256, 'a') + R"("}})",
    "which is not the name of a file in the same folder");
  // Not in circles.
  const TensorCatalogue circle =
    this->open(R"({"weight_map":{"x":"model.safetensors.index.json"}})");
  EXPECT_NE(
    circle.tensors.at(0).problem.find("in no format that TensorView knows"), std::string::npos);
}

TEST_F(ShardedFileTest, RefusesWhatIsNoIndex)
{
  this->expectRefusal("{", "its index is not valid JSON at byte");
  this->expectRefusal("{}", "JSON text without a 'weight_map'");
  this->expectRefusal(R"({"a":1})", "JSON text without a 'weight_map'");
  this->expectRefusal(R"({"weight_map":"x"})", "a 'weight_map' that is no object");
  this->expectRefusal(R"({"weight_map":[]})", "JSON text without a 'weight_map'");
  this->expectRefusal(R"({"weight_map":{},"weight_map":{}})", "has a 'weight_map' twice");
  this->expectRefusal(R"({"weight_map":{"a":1}})", "does not name a file for 'a'");
  this->expectRefusal(R"({"weight_map":{"a":{}}})", "does not name a file for 'a'");
  this->expectRefusal(R"({"weight_map":{"a":["x"]}})", "does not name a file for 'a'");
  this->expectRefusal(R"({"weight_map":{"a":"x","a":"y"}})", "has the name 'a' twice");
  this->expectRefusal("{\"\xFF\":1}", "not valid JSON");
  this->expectRefusal(R"({"a":)" + std::string(200, '['), "nests more than 100 values");
  EXPECT_TRUE(this->open(R"({"weight_map":{}})").tensors.empty());
}

TEST_F(ShardedFileTest, RefusesEveryTruncation)
{
  this->writeTwoShards();
  const std::string index = twoShards;
  for (std::size_t size = 0; size < index.size(); ++size)
  {
    EXPECT_NE(tensorFileErrorOf([&] { this->open(index.substr(0, size)); }), "") << size;
  }
}

TEST_F(ShardedFileTest, SurvivesEveryChangedByte)
{
  this->writeTwoShards();
  const std::string index = twoShards;
  for (std::size_t i = 0; i < index.size(); ++i)
  {
    for (const int change : { 0x01, 0x10, 0x80, 0xFF })
    {
      std::string bytes = index;
      bytes[i] = static_cast<char>(bytes[i] ^ change);
      // Opened and read, or refused.
      tensorFileErrorOf([&] { readEverything(this->open(bytes)); });
    }
  }
}

TEST_F(ShardedFileTest, ReadsMoreFilesThanMayBeOpen)
{
  constexpr int count = 1500;
  std::string index = R"({"weight_map":{)";
  for (int i = 0; i < count; ++i)
  {
    const std::string number = std::to_string(i);
    writeFile(this->file(number), shardOf("t" + number, static_cast<float>(i)));
    index += (i > 0 ? ",\"t" : "\"t") + number + "\":\"" + number + "\"";
  }
  const TensorCatalogue catalogue = this->open(index + "}}");
  ASSERT_EQ(catalogue.tensors.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(valuesOf(catalogue, count - 1), (std::vector<float>{ count - 1, count }));
}

TEST_F(ShardedFileTest, ReadsAHundredThousandTensors)
{
  constexpr int count = 100'000;
  std::string index = R"({"weight_map":{)";
  std::string header = "{";
  for (int i = 0; i < count; ++i)
  {
    const std::string comma = i > 0 ? "," : "";
    const std::string name = comma + "\"layer" + std::to_string(i) + "\":";
    index += name + "\"all\"";
    header += name + R"({"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," +
              std::to_string(i + 1) + "]}";
  }
  writeFile(this->file("all"), safetensorsOf(header + "}", std::string(count, '\7')));
  const TensorCatalogue catalogue = this->open(index + "}}");
  ASSERT_EQ(catalogue.tensors.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(valuesOf(catalogue, count - 1), (std::vector<float>{ 7 }));
}

TEST_F(ShardedFileTest, TellsThatAFileWasReplaced)
{
  this->writeTwoShards();
  const TensorCatalogue catalogue = this->open(twoShards);
  writeFile(this->file("new"), shardOf("b", 7));
  std::filesystem::rename(this->file("new"), this->file("model-1.safetensors"));
  EXPECT_EQ(tensorFileErrorOf([&] { readTensor(catalogue, 0); }),
    "the tensor 'b' of " + this->indexPath() +
      " cannot be read: another file has taken its place since it was opened; open it again");
}

} // namespace
} // namespace tensorview
