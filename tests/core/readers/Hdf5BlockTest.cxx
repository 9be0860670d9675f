#include "Hdf5.h"

#include <gtest/gtest.h>

#include <numeric>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

/// A file in memory with a data set of 10,000 x 3 values, in chunks of those extents: value i is i.
struct Numbers
{
  explicit Numbers(const Extents& chunk)
  {
    const Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_core(access, 1 << 20, false);
    this->file = Handle(H5Fcreate("numbers.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access));
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(creation, 2, chunk.data());
    const Extents size = { 10000, 3 };
    const Handle space(H5Screate_simple(2, size.data(), nullptr));
    this->dataset = Handle(
      H5Dcreate2(this->file, "numbers", H5T_STD_I32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    std::vector<int> values(30000);
    std::iota(values.begin(), values.end(), 0);
    H5Dwrite(this->dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }

  Handle file;
  Handle dataset;
};

TEST(Hdf5BlockTest, ManyChunksAreReadPieceByPiece)
{
  for (const Extents& chunk :
    { Extents{ 1, 3 }, Extents{ 7, 1 }, Extents{ 2, 2 }, Extents{ 5000, 3 } })
  {
    const Numbers numbers(chunk);
    ASSERT_TRUE(numbers.dataset);
    const Extents start = { 3, 1 };
    const Extents count = { 9990, 2 };
    std::vector<int> read(count[0] * count[1]);
    ASSERT_TRUE(hdf5::readBlock(numbers.dataset, H5T_NATIVE_INT, start, count, read.data()));
    for (std::size_t i = 0; i < read.size(); ++i)
    {
      ASSERT_EQ(read[i], static_cast<int>((3 + i / 2) * 3 + 1 + i % 2)) << chunk[0] << ' ' << i;
    }
  }
}

TEST(Hdf5BlockTest, WhatIsBeyondTheEndIsNotRead)
{
  const hdf5::Silence silence;
  const Numbers numbers({ 1, 3 });
  std::vector<int> read(30003);
  EXPECT_FALSE(
    hdf5::readBlock(numbers.dataset, H5T_NATIVE_INT, { 0, 0 }, { 10001, 3 }, read.data()));
}

} // namespace
} // namespace tensorview
