#include "DatasetMnist.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace tensorview;

namespace
{
std::string header(int axes, std::initializer_list<int> shape)
{
  std::string bytes{ 0, 0, 8, char(axes) };
  for (const int length : shape)
  {
    bytes += { 0, 0, char(length >> 8), char(length) };
  }
  return bytes;
}

/// `count` images of 2 x 2 pixels of value i, with label i mod 10.
void writePart(const TemporaryFolder& folder, const std::string& images, const std::string& labels,
  int count, int side = 2)
{
  std::string pixels = header(3, { count, side, side });
  std::string classes = header(1, { count });
  for (int i = 0; i < count; ++i)
  {
    pixels += std::string(side * side, char(i));
    classes += char(i % 10);
  }
  writeFile(folder / images, pixels);
  writeFile(folder / labels, classes);
}

std::string reasonOf(const std::string& directory)
{
  try
  {
    loadMnist(directory, {});
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

TEST(DatasetMnist, SplitsOffTheLastImages)
{
  const TemporaryFolder folder;
  writePart(folder, "train-images-idx3-ubyte", "train-labels.idx1-ubyte", 50);
  writePart(folder, "t10k-images.idx3-ubyte", "t10k-labels-idx1-ubyte", 7);
  const Dataset data = loadMnist(folder.path(), {});
  EXPECT_EQ(data.channels, 1);
  EXPECT_EQ(data.rows, 2);
  EXPECT_EQ(data.columns, 2);
  EXPECT_EQ(data.classNames.size(), 10U);
  EXPECT_EQ(data.training.count(), 45);
  EXPECT_EQ(data.validation.count(), 5);
  EXPECT_EQ(data.test.count(), 7);
  EXPECT_EQ(data.training.images.size(), 45U * 4U);
  EXPECT_EQ(data.validation.indices, (std::vector<std::int64_t>{ 45, 46, 47, 48, 49 }));
  EXPECT_EQ(data.validation.labels[0], 5);
  EXPECT_EQ(data.validation.images[0], 45);
  EXPECT_EQ(data.test.images.back(), 6);
}

TEST(DatasetMnist, RefusesWhatDoesNotBelongTogether)
{
  const TemporaryFolder folder;
  writePart(folder, "train-images-idx3-ubyte", "train-labels-idx1-ubyte", 50);
  EXPECT_TRUE(contains(reasonOf(folder.path()), "t10k-images-idx3-ubyte.gz"));
  writePart(folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 7, 3);
  EXPECT_TRUE(contains(reasonOf(folder.path()), "another size"));
  writePart(folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 7);
  writeFile(folder / "train-labels-idx1-ubyte", header(1, { 3 }) + "abc");
  EXPECT_TRUE(contains(reasonOf(folder.path()), "50 images"));
  EXPECT_TRUE(contains(reasonOf(folder.path()), "3 labels"));
}

TEST(DatasetMnist, SaysWhichPartOfAPathIsThere)
{
  const TemporaryFolder folder;
  const std::string reason = reasonOf(folder / "mnsit/data");
  EXPECT_TRUE(contains(reason, "mnsit/data' does not exist ('" + folder.path() + "' does)"))
    << reason;
  EXPECT_TRUE(contains(reason, "DataDirectory"));
  writeFile(folder / "file", "x");
  EXPECT_TRUE(contains(reasonOf(folder / "file"), "is not a folder"));
}

TEST(DatasetMnist, WithoutAnyFolderItSaysWhatToSet)
{
  const char* before = std::getenv("TENSORVIEW_DATA_DIR");
  const std::string kept = before ? before : "";
  ::unsetenv("TENSORVIEW_DATA_DIR");
  EXPECT_TRUE(contains(reasonOf(""), "set TENSORVIEW_DATA_DIR"));
  ::setenv("TENSORVIEW_DATA_DIR", "/nowhere/at/all", 1);
  EXPECT_TRUE(contains(reasonOf(""), "/nowhere/at/all/mnist"));
  if (before)
  {
    ::setenv("TENSORVIEW_DATA_DIR", kept.c_str(), 1);
  }
  else
  {
    ::unsetenv("TENSORVIEW_DATA_DIR");
  }
}

TEST(DatasetMnist, CanBeInterrupted)
{
  const TemporaryFolder folder;
  writePart(folder, "train-images-idx3-ubyte", "train-labels-idx1-ubyte", 50);
  writePart(folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 7);
  EXPECT_THROW(loadMnist(folder.path(), [](double) { return false; }), DatasetError);
}

TEST(DatasetMnist, RealFiles)
{
  if (!std::getenv("TENSORVIEW_DATA_DIR"))
  {
    GTEST_SKIP() << "TENSORVIEW_DATA_DIR is not set: no real MNIST to read";
  }
  const Dataset data = loadMnist("", {});
  EXPECT_EQ(data.training.count(), 55000);
  EXPECT_EQ(data.validation.count(), 5000);
  EXPECT_EQ(data.test.count(), 10000);
  EXPECT_EQ(data.rows, 28);
  EXPECT_EQ(data.columns, 28);
  // Known of MNIST: the first labels.
  EXPECT_EQ(
    std::vector<std::uint16_t>(data.training.labels.begin(), data.training.labels.begin() + 5),
    (std::vector<std::uint16_t>{ 5, 0, 4, 1, 9 }));
  EXPECT_EQ(data.test.labels[0], 7);
  EXPECT_EQ(data.validation.indices.front(), 55000);
}
