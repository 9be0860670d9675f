#include "TensorLimits.h"

#include "RunFixture.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

class TensorLimitsTest : public RunFileTest
{
};

TEST_F(TensorLimitsTest, CapsTheMemoryOfATensor)
{
  const std::string path = this->file("a.npz");
  // Of halves, which take twice their bytes.
  const std::string small = numpyOf(numpyHeaderOf("(500,)", "<f2"), std::string(1000, '\0'));
  const std::string large = numpyOf(numpyHeaderOf("(501,)", "<f2"), std::string(1002, '\0'));
  writeFile(path, zipOf({ { "small.npy", small, true }, { "large.npy", large, true } }));
  TensorLimits limits;
  limits.mostTensorBytes = 2000;
  const TensorCatalogue catalogue = openTensorFile(path, limits);
  EXPECT_EQ(catalogue.tensors[0].problem, "");
  EXPECT_EQ(catalogue.tensors[1].problem,
    "takes 2004 bytes of memory, more than the 2000 that one tensor may take; raise this limit if "
    "there is memory for it");
  EXPECT_EQ(valuesOf(catalogue, 0).size(), 500U);
  EXPECT_EQ(tensorFileErrorOf([&] { readTensor(catalogue, 1); })
              .find("the tensor 'large' of " + path + " takes 2004 bytes"),
    0U);
}

TEST_F(TensorLimitsTest, ReadsTensorsOfFourGibibytesUnlessTold)
{
  EXPECT_EQ(TensorLimits().mostTensorBytes, std::uint64_t(1) << 32);
}

} // namespace
} // namespace tensorview
