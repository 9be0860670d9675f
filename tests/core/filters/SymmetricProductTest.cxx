#include "SymmetricProduct.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

using namespace tensorview;

namespace
{
std::vector<float> randomMatrix(std::size_t rows, std::size_t columns)
{
  std::mt19937 random(7);
  std::uniform_real_distribution<float> values(-1.0F, 1.0F);
  std::vector<float> x(rows * columns);
  for (float& value : x)
  {
    value = values(random);
  }
  return x;
}
}

TEST(SymmetricProduct, ByHand)
{
  const std::vector<float> x = { 1, 2, 3, 4, 5, 6 };
  const std::vector<double> expected = { 14, 32, 32, 77 };
  EXPECT_EQ(symmetricProduct(x.data(), 2, 3), expected);
}

TEST(SymmetricProduct, NothingGivesNothing)
{
  EXPECT_TRUE(symmetricProduct(nullptr, 0, 5).empty());
  EXPECT_EQ(symmetricProduct(nullptr, 2, 0), std::vector<double>(4, 0.0));
}

TEST(SymmetricProduct, AgreesWithSumsInDoublePrecisionForAllShapes)
{
  for (const std::size_t rows : { 1, 2, 3, 4, 5, 7, 48, 49, 101 })
  {
    for (const std::size_t columns : { 1, 15, 16, 17, 256, 300, 1031 })
    {
      const std::vector<float> x = randomMatrix(rows, columns);
      const std::vector<double> products = symmetricProduct(x.data(), rows, columns);
      for (std::size_t i = 0; i < rows; ++i)
      {
        for (std::size_t j = 0; j < rows; ++j)
        {
          double expected = 0.0;
          double magnitudes = 0.0;
          for (std::size_t k = 0; k < columns; ++k)
          {
            const double product = static_cast<double>(x[i * columns + k]) * x[j * columns + k];
            expected += product;
            magnitudes += std::abs(product);
          }
          // Single precision sums of at most 128 products.
          ASSERT_NEAR(products[i * rows + j], expected, 1e-6 * magnitudes)
            << rows << " x " << columns << ", " << i << ", " << j;
        }
      }
    }
  }
}

TEST(SymmetricProduct, IsAddedToWhatIsThere)
{
  const std::vector<float> x = { 1, 2, 3, 4 };
  std::vector<double> sum = symmetricProduct(x.data(), 2, 2);
  addSymmetricProduct(x.data(), 2, 2, sum);
  EXPECT_EQ(sum, (std::vector<double>{ 10, 22, 22, 50 }));
}

TEST(SymmetricProduct, SplittingTheWorkChangesNoByte)
{
  const std::vector<float> x = randomMatrix(100, 777);
  const ParallelFor oneByOne = [](std::size_t count, const RangeWork& work)
  {
    for (std::size_t i = count; i > 0; --i)
    {
      work(i - 1, i);
    }
  };
  EXPECT_EQ(symmetricProduct(x.data(), 100, 777, oneByOne), symmetricProduct(x.data(), 100, 777));
}

TEST(SymmetricProduct, NamesItsVectors)
{
  const std::string name = symmetricProductInstructionSet();
  EXPECT_TRUE(name == "avx512" || name == "avx2" || name == "generic") << name;
}
