#include "IdxFile.h"
#include "Dataset.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include <zlib.h>

using namespace tensorview;

namespace
{
std::string bigEndian(std::uint32_t number)
{
  return { char(number >> 24), char(number >> 16), char(number >> 8), char(number) };
}

std::string idx(std::initializer_list<std::uint32_t> shape, const std::string& values)
{
  std::string bytes{ 0, 0, 8, char(shape.size()) };
  for (const std::uint32_t length : shape)
  {
    bytes += bigEndian(length);
  }
  return bytes + values;
}

void writeGzip(const std::string& path, const std::string& bytes)
{
  const gzFile file = ::gzopen(path.c_str(), "wb");
  ASSERT_EQ(::gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), int(bytes.size()));
  ::gzclose(file);
}

std::string reasonOf(const std::string& path, int axes)
{
  try
  {
    readIdx(path, axes);
    return "nothing";
  }
  catch (const DatasetError& error)
  {
    return error.what();
  }
}

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST(IdxFile, PlainAndCompressed)
{
  const TemporaryFolder folder;
  const std::string bytes = idx({ 2, 1, 3 }, "abcdef");
  writeFile(folder / "plain", bytes);
  writeGzip(folder / "packed.gz", bytes);
  for (const char* name : { "plain", "packed.gz" })
  {
    const IdxFile file = readIdx(folder / name, 3);
    EXPECT_EQ(file.shape, (std::vector<std::int64_t>{ 2, 1, 3 }));
    EXPECT_EQ(std::string(file.values.begin(), file.values.end()), "abcdef");
  }
}

TEST(IdxFile, MissingAndEmpty)
{
  const TemporaryFolder folder;
  EXPECT_TRUE(contains(reasonOf(folder / "none", 1), "none"));
  writeFile(folder / "empty", "");
  EXPECT_TRUE(contains(reasonOf(folder / "empty", 1), "it is empty"));
  EXPECT_TRUE(contains(reasonOf(folder / "empty", 1), "/empty'"));
  writeGzip(folder / "empty.gz", "");
  EXPECT_TRUE(contains(reasonOf(folder / "empty.gz", 1), "it is empty"));
}

TEST(IdxFile, WrongMagic)
{
  const TemporaryFolder folder;
  writeFile(folder / "text", "<html>not found</html>");
  EXPECT_TRUE(contains(reasonOf(folder / "text", 3), "does not begin with the bytes 0 0 8 3"));
  writeFile(folder / "labels", idx({ 4 }, "0123"));
  EXPECT_TRUE(contains(reasonOf(folder / "labels", 3), "does not begin"));
  std::string floats = idx({ 1 }, "0123");
  floats[2] = 0x0D;
  writeFile(folder / "floats", floats);
  EXPECT_TRUE(contains(reasonOf(folder / "floats", 1), "does not begin"));
}

TEST(IdxFile, Truncated)
{
  const TemporaryFolder folder;
  const std::string bytes = idx({ 3, 2, 2 }, "abcdefghijkl");
  for (std::size_t length = 1; length < bytes.size(); ++length)
  {
    writeFile(folder / "cut", bytes.substr(0, length));
    EXPECT_NE(reasonOf(folder / "cut", 3), "nothing") << length;
  }
  // A compressed stream that ends early, and one whose contents do.
  writeGzip(folder / "short.gz", bytes.substr(0, 20));
  EXPECT_TRUE(contains(reasonOf(folder / "short.gz", 3), "4 of 12 values"));
  std::string noise = idx({ 1000 }, "");
  for (int i = 0; i < 1000; ++i)
  {
    noise += char((i * 7919) >> 3);
  }
  writeGzip(folder / "whole.gz", noise);
  std::ifstream whole(folder / "whole.gz", std::ios::binary);
  const std::string packed{ std::istreambuf_iterator<char>(whole), {} };
  for (const std::size_t length : { packed.size() / 3, packed.size() / 2, packed.size() - 9 })
  {
    writeFile(folder / "cut.gz", packed.substr(0, length));
    EXPECT_NE(reasonOf(folder / "cut.gz", 1), "nothing") << length << " of " << packed.size();
  }
}

TEST(IdxFile, NoLengthIsTrusted)
{
  const TemporaryFolder folder;
  writeFile(folder / "huge", idx({ 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF }, "x"));
  EXPECT_TRUE(contains(reasonOf(folder / "huge", 3), "more bytes than the file can hold"));
  writeGzip(folder / "huge.gz", idx({ 0x10000, 0x10000, 2 }, "x"));
  EXPECT_TRUE(contains(reasonOf(folder / "huge.gz", 3), "more bytes than the file can hold"));
  writeFile(folder / "none", idx({ 0, 28, 28 }, ""));
  EXPECT_TRUE(contains(reasonOf(folder / "none", 3), "no values at all"));
}
