#include "SafetensorsWriter.h"

#include "RunFixture.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

namespace tensorview
{
namespace
{

using namespace testing;

class SafetensorsWriterTest : public RunFileTest
{
protected:
  /// Names of the files in the folder.
  std::vector<std::string> files() const
  {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(this->folder()))
    {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

const std::vector<float> weights{ 1, 2, 3, 4, 5, 6 };
const std::vector<std::int64_t> steps{ 7 };

const std::vector<SafetensorsEntry> entries{ { "weight", { 2, 3 }, ElementType::Float32 },
  { "steps", {}, ElementType::Int64 }, { "none", { 0, 2 }, ElementType::Float32 } };

const void* elementsOf(std::size_t index)
{
  return index == 0 ? static_cast<const void*>(weights.data()) : steps.data();
}

TEST_F(SafetensorsWriterTest, WritesWhatIsReadBack)
{
  const std::string path = this->file("model.safetensors");
  writeSafetensors(path, entries, elementsOf, { { "made by", "hand" } });
  const TensorCatalogue catalogue = openTensorFile(path);
  // Larger elements first.
  EXPECT_EQ(catalogue.names(), (std::vector<std::string>{ "steps", "weight", "none" }));
  EXPECT_EQ(catalogue.tensors[1].shape, (std::vector<std::int64_t>{ 2, 3 }));
  EXPECT_EQ(catalogue.metadata, (std::map<std::string, std::string>{ { "made by", "hand" } }));
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 7 }));
  EXPECT_EQ(valuesOf(catalogue, 1), weights);
  EXPECT_EQ(this->files(), (std::vector<std::string>{ "model.safetensors" }));
}

TEST_F(SafetensorsWriterTest, WritesTheSameBytesAgain)
{
  writeSafetensors(this->file("a"), entries, elementsOf);
  writeSafetensors(this->file("b"), entries, elementsOf);
  const std::string bytes = contentOf(this->file("a"));
  EXPECT_EQ(bytes, contentOf(this->file("b")));
  // The elements are aligned, and the header is what the format's own library would write.
  EXPECT_EQ(bytes.size() % 8, 0U);
  EXPECT_EQ(
    bytes.substr(8, 63), R"({"__metadata__":{"format":"pt"},"steps":{"dtype":"I64","shape":)");
}

TEST_F(SafetensorsWriterTest, WritesAnEmptyFile)
{
  writeSafetensors(this->file("a"), {}, elementsOf, {});
  EXPECT_TRUE(openTensorFile(this->file("a")).tensors.empty());
}

TEST_F(SafetensorsWriterTest, RefusesWhatTheFormatCannotHold)
{
  const std::string path = this->file("a");
  const auto write = [&](const std::vector<SafetensorsEntry>& wanted)
  { writeSafetensors(path, wanted, elementsOf); };
  EXPECT_THROW(write({ { "x", { 1 } }, { "x", { 2 } } }), std::invalid_argument);
  EXPECT_THROW(write({ { "__metadata__", { 1 } } }), std::invalid_argument);
  EXPECT_THROW(write({ { "x\xFF", { 1 } } }), std::invalid_argument);
  EXPECT_THROW(write({ { "x", { -1 } } }), std::invalid_argument);
  EXPECT_THROW(
    write({ { "x", { std::int64_t(1) << 40, std::int64_t(1) << 40 } } }), std::invalid_argument);
  EXPECT_TRUE(this->files().empty());
}

TEST_F(SafetensorsWriterTest, KeepsTheOldFileUntilTheNewOneIsWhole)
{
  const std::string path = this->file("a");
  writeFile(path, "old");
  const auto fail = [](std::size_t) -> const void* { throw std::runtime_error("no elements"); };
  EXPECT_THROW(writeSafetensors(path, entries, fail), std::runtime_error);
  EXPECT_EQ(contentOf(path), "old");
  EXPECT_EQ(this->files(), (std::vector<std::string>{ "a" }));
  writeSafetensors(path, entries, elementsOf);
  EXPECT_EQ(openTensorFile(path).tensors.size(), 3U);
}

TEST_F(SafetensorsWriterTest, TellsWhyItCannotWrite)
{
  const std::string path = this->file("missing/a");
  const std::string message =
    tensorFileErrorOf([&] { writeSafetensors(path, entries, elementsOf); });
  EXPECT_NE(message.find(path + " cannot be created: No such file or directory"), std::string::npos)
    << message;
  EXPECT_FALSE(tensorFileErrorOf(
    [&] {
      writeSafetensors(this->folder().string(), entries, elementsOf);
    }).empty());
}

TEST_F(SafetensorsWriterTest, LeavesNothingWhenThereIsNoRoom)
{
  const std::string path = this->file("a");
  writeFile(path, "old");
  // The file size limit stands for a full disk.
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 100;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message =
    tensorFileErrorOf([&] { writeSafetensors(path, entries, elementsOf); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find("cannot be written: File too large"), std::string::npos) << message;
  EXPECT_EQ(contentOf(path), "old");
  EXPECT_EQ(this->files(), (std::vector<std::string>{ "a" }));
}

} // namespace
} // namespace tensorview
