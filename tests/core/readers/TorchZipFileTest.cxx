#include "TorchZipFile.h"

#include "RunFixture.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tensorview
{
namespace
{

using namespace testing;
using namespace testing::pickle;

const std::string sixNumbers = bytesOf<float>({ 0, 1, 2, 3, 4, 5 });

std::string onePickle()
{
  const std::string numbers = storage("FloatStorage", "0", 6);
  return whole(dictionary({ { "weight", tensor(numbers, 0, { 2, 3 }, { 3, 1 }) },
    { "transposed", tensor(numbers, 0, { 3, 2 }, { 1, 3 }) },
    { "end", tensor(numbers, 4, { 2 }, { 1 }) } }));
}

std::string refusalOf(std::string_view bytes)
{
  return tensorFileErrorOf([&] { openBytes(bytes); });
}

void expectRefusal(const std::string& bytes, const std::string& part)
{
  const std::string message = refusalOf(bytes);
  EXPECT_NE(message.find(part), std::string::npos) << "'" << message << "' lacks '" << part << "'";
}

void expectValues(const TensorCatalogue& catalogue)
{
  ASSERT_EQ(catalogue.names(), (std::vector<std::string>{ "weight", "transposed", "end" }));
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 0, 1, 2, 3, 4, 5 }));
  EXPECT_EQ(valuesOf(catalogue, 1), (std::vector<float>{ 0, 3, 1, 4, 2, 5 }));
  EXPECT_EQ(valuesOf(catalogue, 2), (std::vector<float>{ 4, 5 }));
  std::vector<float> rows(4);
  readTensorRows(catalogue, 1, 1, 2, rows.data());
  EXPECT_EQ(rows, (std::vector<float>{ 1, 4, 2, 5 }));
}

TEST(TorchZipFileTest, ReadsViewsOfAStorage)
{
  const std::string bytes = torchFileOf(onePickle(), { sixNumbers });
  const TensorCatalogue catalogue = openBytes(bytes);
  EXPECT_EQ(catalogue.format, "PyTorch");
  expectValues(catalogue);
}

TEST(TorchZipFileTest, ReadsDeflatedStorages)
{
  const std::string bytes =
    zipOf({ { "any name/data.pkl", onePickle(), true }, { "any name/data/0", sixNumbers, true } });
  expectValues(openBytes(bytes));
}

TEST(TorchZipFileTest, ReadsBigEndianStorages)
{
  std::string swapped = sixNumbers;
  for (std::size_t i = 0; i < swapped.size(); i += 4)
  {
    std::reverse(swapped.begin() + static_cast<std::ptrdiff_t>(i),
      swapped.begin() + static_cast<std::ptrdiff_t>(i) + 4);
  }
  const std::string bytes =
    zipOf({ { "a/data.pkl", onePickle() }, { "a/byteorder", "big" }, { "a/data/0", swapped } });
  expectValues(openBytes(bytes));
  const std::string middle = zipOf(
    { { "a/data.pkl", onePickle() }, { "a/byteorder", "middle" }, { "a/data/0", sixNumbers } });
  expectRefusal(middle, "its byte order is 'middle'");
}

TEST(TorchZipFileTest, ReadsAHundredThousandTensors)
{
  constexpr int count = 100'000;
  const std::string numbers = storage("FloatStorage", "0", 6);
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < count; ++i)
  {
    entries.emplace_back("layer" + std::to_string(i), tensor(numbers, 2, { 1 }, { 1 }));
  }
  const std::string bytes = torchFileOf(whole(dictionary(entries)), { sixNumbers });
  const TensorCatalogue catalogue = openBytes(bytes);
  ASSERT_EQ(catalogue.tensors.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(valuesOf(catalogue, count - 1), (std::vector<float>{ 2 }));
}

TEST(TorchZipFileTest, RefusesWhatIsMissingOrTooShort)
{
  expectRefusal(torchFileOf(onePickle(), {}), "it lacks the elements of 'weight'");
  expectRefusal(
    torchFileOf(onePickle(), { sixNumbers.substr(1) }), "is 23 bytes long, but 'weight' needs 24");
  expectRefusal(zipOf({ { "a/b", "c" } }), "a zip archive without the data.pkl");
  expectRefusal(zipOf({ { "data.pkl", onePickle() } }), "a zip archive without the data.pkl");
  expectRefusal(zipOf({}), "its directory is missing");
}

TEST(TorchZipFileTest, RefusesPrograms)
{
  expectRefusal(zipOf({ { "a/data.pkl", onePickle() }, { "a/constants.pkl", "" } }),
    "a TorchScript archive, which holds a program");
  expectRefusal(zipOf({ { "a/data.pkl", onePickle() }, { "a/code/x.py", "" } }),
    "a TorchScript archive, which holds a program");
  expectRefusal(
    torchFileOf(whole(call(global("os", "system"), { text("true") })), {}), "names 'os.system'");
}

TEST(TorchZipFileTest, RefusesEncryptedArchives)
{
  expectRefusal(zipOf({ { "a/data.pkl", onePickle(), false, "password" } }), "is encrypted");
  const std::string bytes =
    zipOf({ { "a/data.pkl", onePickle() }, { "a/data/0", sixNumbers, false, "password" } });
  const TensorCatalogue catalogue = openBytes(bytes);
  EXPECT_NE(catalogue.tensors[0].problem.find("is encrypted"), std::string::npos);
}

TEST(TorchZipFileTest, RefusesEveryTruncation)
{
  const std::string bytes = torchFileOf(onePickle(), { sixNumbers });
  for (std::size_t size = 0; size < bytes.size(); ++size)
  {
    EXPECT_FALSE(refusalOf(std::string_view(bytes).substr(0, size)).empty()) << size;
  }
}

TEST(TorchZipFileTest, SurvivesEveryChangedByte)
{
  for (const bool deflated : { false, true })
  {
    const std::string original =
      zipOf({ { "a/data.pkl", onePickle(), deflated }, { "a/data/0", sixNumbers, deflated } });
    for (std::size_t i = 0; i < original.size(); ++i)
    {
      for (const int change : { 0x01, 0x10, 0x80, 0xFF })
      {
        std::string bytes = original;
        bytes[i] = static_cast<char>(bytes[i] ^ change);
        // Opened and read, or refused.
        tensorFileErrorOf([&] { readEverything(openBytes(bytes)); });
      }
    }
  }
}

class TensorFileOpenTest : public RunFileTest
{
};

TEST_F(TensorFileOpenTest, TellsFormatsByTheirBytes)
{
  const std::string path = this->file("weights.safetensors");
  writeFile(path, torchFileOf(onePickle(), { sixNumbers }));
  const TensorCatalogue catalogue = openTensorFile(path);
  EXPECT_EQ(catalogue.format, "PyTorch");
  EXPECT_EQ(catalogue.path, path);
  expectValues(catalogue);
}

TEST_F(TensorFileOpenTest, NamesTheFileAndTheReason)
{
  const std::string path = this->file("a.pt");
  const auto message = [&] { return tensorFileErrorOf([&] { openTensorFile(path); }); };
  EXPECT_EQ(message(),
    "cannot read the tensor file " + path + ": it cannot be opened: No such file or directory");
  writeFile(path, "");
  EXPECT_EQ(message(), "cannot read the tensor file " + path + ": it is empty");
  writeFile(path, "text");
  EXPECT_NE(message().find("in no format that TensorView knows"), std::string::npos);
  writeFile(path, std::string("\x80\x02\x8a\nl\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15));
  EXPECT_NE(message().find("from before version 1.6"), std::string::npos);
  EXPECT_NE(tensorFileErrorOf([&] { openTensorFile(this->folder().string()); })
              .find("it is a folder; name a file in it"),
    std::string::npos);
  EXPECT_NE(tensorFileErrorOf([] { openTensorFile("/dev/null"); }).find("not a regular file"),
    std::string::npos);
}

TEST_F(TensorFileOpenTest, TellsThatAFileWasShortened)
{
  const std::string path = this->file("a.pt");
  const std::string original = torchFileOf(onePickle(), { sixNumbers });
  writeFile(path, original);
  const TensorCatalogue catalogue = openTensorFile(path);
  writeFile(path, original.substr(0, 100));
  const std::string message = tensorFileErrorOf([&] { readTensor(catalogue, 0); });
  EXPECT_EQ(message,
    "the tensor 'weight' of " + path +
      " cannot be read: it has become shorter since it was opened: somebody writes it anew; open "
      "it again when it is whole");
}

} // namespace
} // namespace tensorview
