#include "MergeError.h"
#include "MergeReference.h"
#include "OutgoingWeights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace tensorview;
using namespace tensorview::test;

namespace
{
double predict(const std::vector<double>& gram, const std::vector<double>& outgoing,
  const std::vector<std::size_t>& dropped, std::size_t filters)
{
  const Reconstruction reconstruction(gram, filters);
  return outputError(gram, outgoing, dropped, reconstruction.coefficients(dropped));
}
}

TEST(MergeError, ByHand)
{
  // Two filters of two samples, (1, 1) and (1, 3), each leaving by a weight of 1. The second is no
  // multiple of the constant; the first is the constant itself.
  const std::vector<double> gram = gramOf({ { 1, 1 }, { 1, 3 } });
  EXPECT_EQ(gram, (std::vector<double>{ 2, 4, 2, 4, 10, 4, 2, 4, 2 }));
  const std::vector<double> outgoing = { 1, 1, 1, 1 };
  // The next layer gets 2 and 4: energy 20. Dropped without a replacement, (1, 3) is lost: 10.
  EXPECT_NEAR(outputError(gram, outgoing, { 1 }, { 0, 0, 0 }), std::sqrt(0.5), 1e-12);
  // Replaced by twice the first: (1, 3) - (2, 2) = (-1, 1).
  EXPECT_NEAR(outputError(gram, outgoing, { 1 }, { 2, 0, 0 }), std::sqrt(0.1), 1e-12);
  // The same by the constant; and the first one is replaced by it without loss.
  EXPECT_NEAR(outputError(gram, outgoing, { 1 }, { 0, 0, 2 }), std::sqrt(0.1), 1e-12);
  EXPECT_NEAR(predict(gram, outgoing, { 1 }, 2), std::sqrt(0.1), 1e-6);
  EXPECT_NEAR(predict(gram, outgoing, { 0 }, 2), 0.0, 1e-5);
}

TEST(MergeError, FiltersThatReplaceEachOtherAreLostTogether)
{
  // Either of two equal filters can go, but not both.
  const std::vector<double> gram = gramOf({ { 1, -1, 2, 0 }, { 1, -1, 2, 0 }, { 0, 1, 0, 1 } });
  const std::vector<double> outgoing = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
  EXPECT_LT(predict(gram, outgoing, { 0 }, 3), 1e-5);
  EXPECT_LT(predict(gram, outgoing, { 1 }, 3), 1e-5);
  EXPECT_GT(predict(gram, outgoing, { 0, 1 }, 3), 0.3);
}

TEST(MergeError, ThatOfNumpy)
{
  const std::vector<double> gram = gramOf(referenceMaps());
  const std::vector<double> outgoing = referenceOutgoing();
  // The weights are stored in single precision here.
  EXPECT_NEAR(predict(gram, outgoing, { 5 }, 6), 0.015529125251, 1e-7);
  EXPECT_NEAR(predict(gram, outgoing, { 0 }, 6), 0.095722246121, 1e-7);
  EXPECT_NEAR(predict(gram, outgoing, { 2, 5 }, 6), 0.206055258845, 1e-7);
  EXPECT_NEAR(predict(gram, outgoing, { 1, 3, 4 }, 6), 0.242656235532, 1e-7);
}

TEST(MergeError, IsWhatTheNextLayerSeesIfWindowsAreSinglePixels)
{
  const std::vector<std::vector<double>> maps = referenceMaps();
  const std::vector<float> weights = { 1, -2, 0.5F, 1, 3, -1, 0, 1, 1, -1, 2, 2 };
  std::vector<double> outgoing(36, 0.0);
  addOutgoingProducts(
    { weights.data(), 2, 6, 1, 1, nullptr, nullptr }, { 0, 1, 2, 3, 4, 5 }, outgoing);
  const std::vector<double> gram = gramOf(maps);
  const std::vector<std::size_t> dropped = { 1, 4 };
  const std::vector<double> c = Reconstruction(gram, 6).coefficients(dropped);
  double lost = 0.0;
  double all = 0.0;
  for (std::size_t target = 0; target < 2; ++target)
  {
    for (std::size_t k = 0; k < 40; ++k)
    {
      double before = 0.0;
      double after = 0.0;
      for (std::size_t i = 0; i < 6; ++i)
      {
        const double weight = static_cast<double>(weights[target * 6 + i]);
        before += weight * maps[i][k];
        double map = maps[i][k];
        for (std::size_t d = 0; d < 2; ++d)
        {
          if (dropped[d] == i)
          {
            map = c[d * 7 + 6];
            for (std::size_t j = 0; j < 6; ++j)
            {
              map += c[d * 7 + j] * maps[j][k];
            }
          }
        }
        after += weight * map;
      }
      lost += (after - before) * (after - before);
      all += before * before;
    }
  }
  EXPECT_NEAR(outputError(gram, outgoing, dropped, c), std::sqrt(lost / all), 1e-9);
}

TEST(MergeError, NothingAndNonsense)
{
  const std::vector<double> gram = gramOf({ { 1, 2 } });
  EXPECT_EQ(outputError(gram, { 1 }, {}, {}), 0.0);
  EXPECT_TRUE(std::isnan(outputError(gram, { 0 }, {}, {})));
  // Of the only filter nothing but the mean is left: 1.5 for 1 and 2.
  EXPECT_NEAR(predict(gram, { 1 }, { 0 }, 1), std::sqrt(0.5 / 5.0), 1e-6);
  EXPECT_THROW(Reconstruction(gram, 2), std::invalid_argument);
  const Reconstruction reconstruction(gram, 1);
  EXPECT_THROW(reconstruction.coefficients({ 1 }), std::invalid_argument);
  EXPECT_THROW(reconstruction.coefficients({ 0, 0 }), std::invalid_argument);
  EXPECT_THROW(outputError(gram, { 1, 1 }, {}, {}), std::invalid_argument);
  EXPECT_THROW(outputError(gram, { 1 }, { 0 }, { 1 }), std::invalid_argument);
}

TEST(OutgoingWeights, ByHandAndBySlot)
{
  // Two filters of the next layer, channels of slots 4 and 7, windows of two pixels.
  const std::vector<float> weights = { 1, 2, 3, 4, 5, 6, 7, 8 };
  const std::int32_t channelSlot[] = { 4, 7 };
  std::vector<double> products(4, 0.0);
  addOutgoingProducts({ weights.data(), 2, 2, 1, 2, nullptr, channelSlot }, { 7, 4 }, products);
  const double a = 3 * 3 + 4 * 4 + 7 * 7 + 8 * 8;
  const double b = 3 * 1 + 4 * 2 + 7 * 5 + 8 * 6;
  const double c = 1 + 4 + 25 + 36;
  EXPECT_EQ(products, (std::vector<double>{ a, b, b, c }));
  EXPECT_THROW(
    addOutgoingProducts({ weights.data(), 2, 2, 1, 2, nullptr, channelSlot }, { 5 }, products),
    std::invalid_argument);
  std::vector<double> one(1, 0.0);
  EXPECT_THROW(
    addOutgoingProducts({ weights.data(), 2, 2, 1, 2, nullptr, channelSlot }, { 5 }, one),
    std::invalid_argument);
}

TEST(OutgoingWeights, ManyFiltersComeInPortions)
{
  constexpr std::size_t filters = 2000;
  std::vector<float> weights(filters * 2 * 9);
  for (std::size_t k = 0; k < weights.size(); ++k)
  {
    weights[k] = static_cast<float>(k % 5) - 2.0F;
  }
  double expected = 0.0;
  for (std::size_t f = 0; f < filters; ++f)
  {
    for (std::size_t p = 0; p < 9; ++p)
    {
      expected += static_cast<double>(weights[f * 18 + p] * weights[f * 18 + 9 + p]);
    }
  }
  std::vector<double> products(4, 0.0);
  addOutgoingProducts({ weights.data(), filters, 2, 3, 3, nullptr, nullptr }, { 0, 1 }, products);
  EXPECT_EQ(products[1], expected);
  EXPECT_EQ(products[2], expected);
}
