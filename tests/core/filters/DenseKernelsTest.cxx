#include "DenseKernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace tensorview;

namespace
{
class DenseKernelSizes : public testing::TestWithParam<std::size_t>
{
protected:
  std::vector<double> draw(std::size_t count)
  {
    std::vector<double> values(count);
    std::generate(values.begin(), values.end(),
      [this] { return static_cast<double>(this->random_() % 2000) / 1000.0 - 1.0; });
    return values;
  }

  static void expectNear(const std::vector<double>& a, const std::vector<double>& b)
  {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
    {
      ASSERT_NEAR(a[i], b[i], 1e-9) << "at " << i;
    }
  }

private:
  std::mt19937 random_{ 3 };
};
}

TEST_P(DenseKernelSizes, AddProduct)
{
  const std::size_t rows = this->GetParam();
  const std::size_t columns = rows / 2 + 3;
  const std::size_t inner = rows + 5;
  const std::vector<double> a = this->draw(rows * inner);
  const std::vector<double> b = this->draw(columns * inner);
  std::vector<double> out = this->draw(rows * columns);
  std::vector<double> expected = out;
  for (std::size_t i = 0; i < rows; ++i)
  {
    for (std::size_t j = 0; j < columns; ++j)
    {
      for (std::size_t k = 0; k < inner; ++k)
      {
        expected[i * columns + j] += a[i * inner + k] * b[j * inner + k];
      }
    }
  }
  denseKernels().addProduct(a.data(), rows, b.data(), columns, inner, out.data());
  expectNear(out, expected);
}

TEST_P(DenseKernelSizes, AddOuterProductsBelowTheDiagonal)
{
  const std::size_t rows = this->GetParam();
  const std::size_t stride = rows + 3;
  constexpr std::size_t count = 7;
  const std::vector<double> a = this->draw(count * stride);
  const std::vector<double> b = this->draw(count * stride);
  std::vector<double> matrix = this->draw(rows * stride);
  std::vector<double> expected = matrix;
  for (std::size_t i = 0; i < rows; ++i)
  {
    for (std::size_t j = 0; j <= i; ++j)
    {
      for (std::size_t k = 0; k < count; ++k)
      {
        expected[i * stride + j] += a[k * stride + i] * b[k * stride + j];
      }
    }
  }
  denseKernels().addOuterProducts(a.data(), b.data(), count, stride, rows, matrix.data(), stride);
  expectNear(matrix, expected);
}

TEST_P(DenseKernelSizes, AddCombination)
{
  const std::size_t size = this->GetParam();
  const std::size_t stride = size + 1;
  for (const std::size_t count : { 0, 1, 4, 7 })
  {
    const std::vector<double> vectors = this->draw(count * stride);
    const std::vector<double> factors = this->draw(count);
    std::vector<double> out = this->draw(size);
    std::vector<double> expected = out;
    for (std::size_t k = 0; k < count; ++k)
    {
      for (std::size_t i = 0; i < size; ++i)
      {
        expected[i] += factors[k] * vectors[k * stride + i];
      }
    }
    denseKernels().addCombination(vectors.data(), factors.data(), count, stride, size, out.data());
    expectNear(out, expected);
  }
}

TEST_P(DenseKernelSizes, Solve)
{
  const std::size_t rows = this->GetParam();
  const std::size_t columns = rows / 3 + 1;
  const std::vector<double> half = this->draw(rows * rows);
  std::vector<double> a(rows * rows, 0.0);
  denseKernels().addProduct(half.data(), rows, half.data(), rows, rows, a.data());
  for (std::size_t i = 0; i < rows; ++i)
  {
    a[i * rows + i] += 1.0;
  }
  const std::vector<double> x = this->draw(rows * columns);
  std::vector<double> b(rows * columns, 0.0);
  for (std::size_t i = 0; i < rows; ++i)
  {
    for (std::size_t j = 0; j < columns; ++j)
    {
      for (std::size_t k = 0; k < rows; ++k)
      {
        b[i * columns + j] += a[i * rows + k] * x[k * columns + j];
      }
    }
  }
  denseKernels().solve(a.data(), rows, b.data(), columns);
  expectNear(b, x);
}

INSTANTIATE_TEST_SUITE_P(All, DenseKernelSizes, testing::Values(1, 2, 7, 16, 33, 100));
