#include "DatasetCifar.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace tensorview;

namespace
{
/// `count` records; all pixels of record i are i, its label is i mod 10.
std::string batch(int count)
{
  std::string bytes;
  for (int i = 0; i < count; ++i)
  {
    bytes += char(i % 10);
    bytes += std::string(3072, char(i));
  }
  return bytes;
}

std::string reasonOf(const std::string& directory)
{
  try
  {
    loadCifar(directory, {});
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

TEST(DatasetCifar, TakesTheBatchesThatAreThere)
{
  const TemporaryFolder folder;
  writeFile(folder / "data_batch_1.bin", batch(20));
  writeFile(folder / "data_batch_4.bin", batch(10));
  writeFile(folder / "test_batch.bin", batch(3));
  const Dataset data = loadCifar(folder.path(), {});
  EXPECT_EQ(data.note, "CIFAR-10: 2 of 5 training batches found");
  EXPECT_EQ(data.channels, 3);
  EXPECT_EQ(data.training.count(), 27);
  EXPECT_EQ(data.validation.count(), 3);
  EXPECT_EQ(data.test.count(), 3);
  EXPECT_EQ(data.validation.indices.back(), 30009);
  EXPECT_EQ(data.validation.labels.back(), 9);
  EXPECT_EQ(data.training.images.size(), 27U * 3072U);
  EXPECT_EQ(data.training.images[5 * 3072], 5);
  EXPECT_EQ(data.classNames.at(3), "cat");
}

TEST(DatasetCifar, ClassNamesFromTheFile)
{
  const TemporaryFolder folder;
  writeFile(folder / "data_batch_1.bin", batch(20));
  writeFile(folder / "test_batch.bin", batch(3));
  writeFile(folder / "batches.meta.txt", "a\nb\nc\r\nd\ne\nf\ng\nh\ni\nj\n\n");
  EXPECT_EQ(loadCifar(folder.path(), {}).classNames,
    (std::vector<std::string>{ "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" }));
  writeFile(folder / "batches.meta.txt", "too few\n");
  EXPECT_EQ(loadCifar(folder.path(), {}).classNames.at(0), "airplane");
}

TEST(DatasetCifar, MissingEmptyTruncatedDamaged)
{
  const TemporaryFolder folder;
  EXPECT_TRUE(contains(reasonOf(folder / "cifra"), "does not exist"));
  EXPECT_TRUE(contains(reasonOf(folder.path()), "data_batch_1.bin to data_batch_5.bin"));
  writeFile(folder / "data_batch_1.bin", "");
  EXPECT_TRUE(contains(reasonOf(folder.path()), "it is empty"));
  writeFile(folder / "data_batch_1.bin", batch(20).substr(0, 5000));
  EXPECT_TRUE(contains(reasonOf(folder.path()), "data_batch_1.bin' has 5000 bytes"));
  EXPECT_TRUE(contains(reasonOf(folder.path()), "truncated"));
  std::string damaged = batch(20);
  damaged[3073 * 7] = 77;
  writeFile(folder / "data_batch_1.bin", damaged);
  EXPECT_TRUE(contains(reasonOf(folder.path()), "image 7 has the label 77"));
  writeFile(folder / "data_batch_1.bin", batch(20));
  EXPECT_TRUE(contains(reasonOf(folder.path()), "test_batch.bin"));
  writeFile(folder / "data_batch_1.bin", batch(1));
  EXPECT_TRUE(contains(reasonOf(folder.path()), "too few to train"));
}

TEST(DatasetCifar, RealFiles)
{
  if (!std::getenv("TENSORVIEW_DATA_DIR"))
  {
    GTEST_SKIP() << "TENSORVIEW_DATA_DIR is not set: no real CIFAR-10 to read";
  }
  const Dataset data = loadCifar("", {});
  EXPECT_EQ(data.training.count() % 9000, 0);
  EXPECT_EQ(data.validation.count(), data.training.count() / 9);
  EXPECT_GE(data.test.count(), 1000);
  EXPECT_EQ(data.classNames.at(9), "truck");
  // Known of CIFAR-10: the first training image is a frog, its first red value 59.
  EXPECT_EQ(data.training.labels[0], 6);
  EXPECT_EQ(data.training.images[0], 59);
}
