#include "ZipArchive.h"

#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

ZipArchive archiveOf(std::string_view bytes)
{
  return ZipArchive(memoryBytes(bytes));
}

std::string readAt(
  const ZipArchive& archive, std::size_t entry, std::uint64_t offset, std::size_t size)
{
  std::string content(size, '\0');
  archive.open(entry, offset)->read(content.data(), size);
  return content;
}

std::string longText()
{
  std::string text;
  for (int i = 0; i < 50'000; ++i)
  {
    text += std::to_string(i * 7919) + " ";
  }
  return text;
}

/// The bytes of the first directory entry's field at `offset`, replaced.
void changeDirectory(std::string& bytes, std::size_t offset, const std::string& value)
{
  bytes.replace(bytes.find("PK\x01\x02") + offset, value.size(), value);
}

TEST(ZipArchiveTest, ReadsStoredAndDeflatedEntries)
{
  const std::string text = longText();
  const std::string bytes =
    zipOf({ { "a/stored", text }, { "a/deflated", text, true }, { "empty", "" } });
  const ZipArchive archive = archiveOf(bytes);
  ASSERT_EQ(archive.entries().size(), 3U);
  EXPECT_EQ(archive.entries()[0].name, "a/stored");
  EXPECT_EQ(archive.entries()[0].size, text.size());
  EXPECT_FALSE(archive.entries()[0].compressed);
  EXPECT_TRUE(archive.entries()[1].compressed);
  EXPECT_LT(archive.entries()[1].storedSize, text.size());
  EXPECT_EQ(archive.find("a/deflated"), 1);
  EXPECT_EQ(archive.find("a"), -1);
  for (const std::size_t entry : { 0U, 1U })
  {
    EXPECT_EQ(archive.contentOf(entry, text.size()), text);
    EXPECT_EQ(readAt(archive, entry, 0, text.size()), text);
    EXPECT_EQ(readAt(archive, entry, 200'001, 5'000), text.substr(200'001, 5'000));
    EXPECT_FALSE(tensorFileErrorOf([&] { readAt(archive, entry, text.size() - 1, 2); }).empty());
    EXPECT_FALSE(tensorFileErrorOf([&] { archive.contentOf(entry, text.size() - 1); }).empty());
  }
  EXPECT_EQ(archive.contentOf(2, 0), "");
}

TEST(ZipArchiveTest, RefusesAnArchiveOfNothing)
{
  const std::string bytes = zipOf({});
  EXPECT_NE(
    tensorFileErrorOf([&] { archiveOf(bytes); }).find("directory is missing"), std::string::npos);
}

TEST(ZipArchiveTest, RefusesEncryptedEntries)
{
  const std::string bytes = zipOf({ { "secret", "content", false, "password" } });
  const ZipArchive archive = archiveOf(bytes);
  EXPECT_EQ(archive.entries()[0].problem, "is encrypted; decrypt the archive first");
  EXPECT_EQ(tensorFileErrorOf([&] { archive.open(0, 0); }),
    "its entry 'secret' is encrypted; decrypt the archive first");
}

TEST(ZipArchiveTest, RefusesOtherCompression)
{
  std::string bytes = zipOf({ { "a", "content" } });
  changeDirectory(bytes, 10, bytesOf<std::uint16_t>({ 14 }));
  EXPECT_NE(archiveOf(bytes).entries()[0].problem.find("method 14"), std::string::npos);
}

TEST(ZipArchiveTest, RefusesSizesThatCannotBe)
{
  const std::string stored = zipOf({ { "a", "content" } });
  const std::string deflated = zipOf({ { "a", longText(), true } });
  for (const std::size_t field : { 20U, 24U })
  {
    std::string bytes = stored;
    changeDirectory(bytes, field, bytesOf<std::uint32_t>({ 4'000'000'000U }));
    EXPECT_NE(archiveOf(bytes).entries()[0].problem, "") << field;
  }
  std::string bomb = deflated;
  changeDirectory(bomb, 24, bytesOf<std::uint32_t>({ 4'000'000'000U }));
  EXPECT_NE(archiveOf(bomb).entries()[0].problem.find("zip bomb"), std::string::npos);

  // A size that the bytes could have, but do not.
  std::string longer = deflated;
  changeDirectory(
    longer, 24, bytesOf<std::uint32_t>({ static_cast<std::uint32_t>(longText().size() + 10) }));
  const ZipArchive archive = archiveOf(longer);
  EXPECT_EQ(archive.entries()[0].problem, "");
  EXPECT_NE(tensorFileErrorOf([&] { archive.contentOf(0, 1 << 30); }), "");
  EXPECT_NE(tensorFileErrorOf([&] { readAt(archive, 0, longText().size(), 1); }), "");
}

TEST(ZipArchiveTest, ChecksTheSumOfWhatIsReadWhole)
{
  std::string bytes = zipOf({ { "a", "content" } });
  bytes[bytes.find("content")] = 'C';
  EXPECT_EQ(tensorFileErrorOf([&] { archiveOf(bytes).contentOf(0, 100); }),
    "its entry 'a' is damaged; take another copy");
}

TEST(ZipArchiveTest, RefusesEveryTruncation)
{
  const std::string bytes = zipOf({ { "a", "content" }, { "b", longText(), true } });
  for (std::size_t size = 0; size < bytes.size(); size += size + 300 < bytes.size() ? 97 : 1)
  {
    EXPECT_FALSE(
      tensorFileErrorOf([&] { archiveOf(std::string_view(bytes).substr(0, size)); }).empty())
      << size;
  }
}

} // namespace
} // namespace tensorview
