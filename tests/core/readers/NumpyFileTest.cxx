#include "NumpyFile.h"
#include "NumpyHeader.h"

#include "RunFixture.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

const std::string sixNumbers = bytesOf<float>({ 0, 1, 2, 3, 4, 5 });

std::string refusalOf(const std::string& bytes)
{
  return tensorFileErrorOf([&] { openBytes(bytes); });
}

void expectRefusal(const std::string& bytes, const std::string& part)
{
  const std::string message = refusalOf(bytes);
  EXPECT_NE(message.find(part), std::string::npos) << "'" << message << "' lacks '" << part << "'";
}

/// Of a file with this header text and six numbers.
void expectHeaderRefusal(const std::string& header, const std::string& part)
{
  expectRefusal(numpyOf(header, sixNumbers), part);
}

std::string problemOf(const std::string& type)
{
  const std::string bytes = numpyOf(numpyHeaderOf("(2,)", type), sixNumbers);
  return openBytes(bytes).tensors.at(0).problem;
}

TEST(NumpyFileTest, ReadsAnArrayOfEveryVersion)
{
  for (const int version : { 1, 2, 3 })
  {
    const std::string bytes = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers, version);
    const TensorCatalogue catalogue = openBytes(bytes);
    EXPECT_EQ(catalogue.format, "NumPy");
    EXPECT_EQ(catalogue.names(), (std::vector<std::string>{ "array" }));
    EXPECT_EQ(catalogue.tensors[0].shape, (std::vector<std::int64_t>{ 2, 3 }));
    EXPECT_TRUE(catalogue.tensors[0].strides.empty());
    EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 0, 1, 2, 3, 4, 5 }));
    std::vector<float> row(3);
    readTensorRows(catalogue, 0, 1, 1, row.data());
    EXPECT_EQ(row, (std::vector<float>{ 3, 4, 5 }));
  }
}

TEST(NumpyFileTest, ReadsFortranOrder)
{
  const std::string bytes =
    numpyOf("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", sixNumbers);
  const TensorCatalogue catalogue = openBytes(bytes);
  EXPECT_EQ(catalogue.tensors[0].strides, (std::vector<std::int64_t>{ 1, 2 }));
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 0, 2, 4, 1, 3, 5 }));
  std::vector<float> row(3);
  readTensorRows(catalogue, 0, 1, 1, row.data());
  EXPECT_EQ(row, (std::vector<float>{ 1, 3, 5 }));
}

TEST(NumpyFileTest, ReadsNumbersOfEitherByteOrder)
{
  const std::string big = numpyOf(numpyHeaderOf("(2,)", ">i2"), std::string("\x01\x02\xFF\xFE", 4));
  EXPECT_EQ(valuesOf(openBytes(big), 0), (std::vector<float>{ 258, -2 }));
  const std::string truth = numpyOf(numpyHeaderOf("(2,)", "|b1"), std::string("\0\1", 2));
  EXPECT_EQ(valuesOf(openBytes(truth), 0), (std::vector<float>{ 0, 1 }));
  const std::string half = numpyOf(numpyHeaderOf("()", "<f2"), std::string("\x00\xC1", 2));
  EXPECT_EQ(valuesOf(openBytes(half), 0), (std::vector<float>{ -2.5F }));
}

TEST(NumpyFileTest, ReadsHeadersAsOthersWriteThem)
{
  const auto shapeOf = [](const std::string& header)
  {
    const std::string bytes = numpyOf(header, sixNumbers);
    return openBytes(bytes).tensors.at(0).shape;
  };
  using Shape = std::vector<std::int64_t>;
  // Of Python 2, in another order, without the last comma, without spaces, with other quotes.
  EXPECT_EQ(
    shapeOf("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }"), Shape({ 2, 3 }));
  EXPECT_EQ(shapeOf("{'shape': (6,), 'fortran_order': False, 'descr': '<f4'}"), Shape({ 6 }));
  EXPECT_EQ(shapeOf(R"({"descr":"<f4","fortran_order":False,"shape":(3,2)})"), Shape({ 3, 2 }));
  EXPECT_EQ(shapeOf("{'descr': 'f4', 'fortran_order': False, 'shape': ()}"), Shape());
}

TEST(NumpyFileTest, LeavesWhatFollowsAlone)
{
  const std::string bytes = numpyOf(numpyHeaderOf("(2,)"), sixNumbers);
  EXPECT_EQ(valuesOf(openBytes(bytes), 0), (std::vector<float>{ 0, 1 }));
}

TEST(NumpyFileTest, ListsOtherTypesWithAReason)
{
  EXPECT_NE(problemOf("|O").find("holds Python objects (dtype '|O')"), std::string::npos);
  EXPECT_NE(problemOf("<c16").find("save array.real and array.imag"), std::string::npos);
  EXPECT_NE(problemOf("<U10").find("holds text"), std::string::npos);
  EXPECT_NE(problemOf("<V2").find("it saves bfloat16 and float8 so"), std::string::npos);
  EXPECT_NE(problemOf("<m8[ns]").find("save array.astype('int64')"), std::string::npos);
  EXPECT_NE(problemOf("<f16").find("save array.astype('float64')"), std::string::npos);
  EXPECT_NE(problemOf("<x9\x1B").find("has the type '<x9\\x1B'"), std::string::npos);
  EXPECT_NE(problemOf("<").find("has the type '<'"), std::string::npos);
  const std::string records = numpyOf(
    "{'descr': [('a', '<f4'), (('title', 'b'), '<i8', (2, 3)), ('it\\'s', [('c', '|S3')])], "
    "'fortran_order': False, 'shape': (1,), }",
    sixNumbers);
  const TensorCatalogue catalogue = openBytes(records);
  EXPECT_NE(catalogue.tensors[0].problem.find("records of several fields"), std::string::npos);
  EXPECT_NE(tensorFileErrorOf([&] { readTensor(catalogue, 0); }).find("numpy.save(file, array["),
    std::string::npos);
}

TEST(NumpyFileTest, RefusesImpossibleShapes)
{
  expectHeaderRefusal(
    numpyHeaderOf("(7,)"), "describes 28 bytes of elements, but there are only 24");
  expectHeaderRefusal(numpyHeaderOf("(-1,)"), "a negative extent");
  expectHeaderRefusal(numpyHeaderOf("(4294967296, 4294967296)"), "an impossible shape");
  expectHeaderRefusal(numpyHeaderOf("(0, 9223372036854775807)"), "an impossible shape");
  expectHeaderRefusal(numpyHeaderOf("(18446744073709551616,)"), "an impossible shape");
  expectHeaderRefusal(numpyHeaderOf("(72057594037927936,)"), "it is not whole");
  expectHeaderRefusal(numpyHeaderOf("(6)"), "something else than a shape");
  expectHeaderRefusal(numpyHeaderOf("6"), "something else than '('");
  expectHeaderRefusal(numpyHeaderOf("(1.5,)"), "something else than");
  expectHeaderRefusal(numpyHeaderOf("(,)"), "something else than a number");
  std::string many;
  for (int i = 0; i < 65; ++i)
  {
    many += "1, ";
  }
  expectHeaderRefusal(numpyHeaderOf("(" + many + ")"), "something else than the end of a shape");
}

TEST(NumpyFileTest, RefusesWhatIsNoHeader)
{
  expectHeaderRefusal("", "something else than '{'");
  expectHeaderRefusal("{}", "lacks 'descr'");
  expectHeaderRefusal("{'descr': '<f4', 'shape': (6,)}", "lacks 'fortran_order'");
  expectHeaderRefusal("{'descr': '<f4', 'fortran_order': False}", "lacks 'shape'");
  expectHeaderRefusal("{'descr': '<f4', 'descr': '<f8'}", "says 'descr' twice");
  expectHeaderRefusal("{'shape': (6,), 'shape': (6,)}", "says 'shape' twice");
  expectHeaderRefusal("{'other': '<f4'}", "says 'other', which no array has");
  expectHeaderRefusal("{'descr': __import__('os')}", "at byte 20 something else than a text");
  expectHeaderRefusal("{'fortran_order': 1}", "something else than True or False");
  expectHeaderRefusal(numpyHeaderOf("(6,)") + "x", "something else than nothing more");
  expectHeaderRefusal("{'descr': '<f4", "ends in the middle of a text");
  expectHeaderRefusal("{'descr': '<f4\\", "ends in the middle of a text");
  expectHeaderRefusal("{'descr': [('a', ", "something else than a number");
  expectHeaderRefusal("{'descr': " + std::string(60'000, '['), "nests more than 32 brackets");
}

TEST(NumpyFileTest, RefusesWrongPreambles)
{
  std::string bytes = numpyOf(numpyHeaderOf("(6,)"), sixNumbers);
  bytes[6] = 4;
  expectRefusal(bytes, "it has version 4.0 of NumPy's format");
  bytes[6] = 1;
  bytes[7] = 1;
  expectRefusal(bytes, "it has version 1.1 of NumPy's format");
  bytes[7] = 0;
  bytes[9] = 1;
  expectRefusal(bytes, "bytes long, but there are only");
  expectRefusal(numpyOf(std::string((1 << 20) + 1, ' '), "", 2), "more than the 1048576");
}

TEST(NumpyFileTest, RefusesEveryTruncation)
{
  for (const int version : { 1, 3 })
  {
    const std::string bytes = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers, version);
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
      EXPECT_NE(refusalOf(bytes.substr(0, size)), "") << size;
    }
  }
}

TEST(NumpyFileTest, SurvivesEveryChangedByte)
{
  const std::string original = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers);
  for (std::size_t i = 0; i < original.size(); ++i)
  {
    for (int byte = 0; byte < 256; ++byte)
    {
      std::string bytes = original;
      bytes[i] = static_cast<char>(byte);
      // Opened and read, or refused.
      tensorFileErrorOf([&] { readEverything(openBytes(bytes)); });
    }
  }
}

TEST(NumpyArchiveTest, ReadsStoredAndDeflatedArrays)
{
  const std::string array = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers);
  const std::string bytes = zipOf({ { "conv1.weight.npy", array }, { "readme.txt", "text" },
    { "a/b\n.npy", array, true }, { "conv1.weight.npy", array }, { ".npy", array } });
  const TensorCatalogue catalogue = openBytes(bytes);
  EXPECT_EQ(catalogue.format, "NumPy archive");
  EXPECT_EQ(catalogue.names(),
    (std::vector<std::string>{ "conv1.weight", "a/b\\x0A", "conv1.weight (2)", "" }));
  for (std::size_t i = 0; i < catalogue.tensors.size(); ++i)
  {
    EXPECT_EQ(valuesOf(catalogue, i), (std::vector<float>{ 0, 1, 2, 3, 4, 5 }));
    std::vector<float> row(3);
    readTensorRows(catalogue, i, 1, 1, row.data());
    EXPECT_EQ(row, (std::vector<float>{ 3, 4, 5 }));
  }
}

TEST(NumpyArchiveTest, KeepsTheOthersWhereOneIsDamaged)
{
  const std::string array = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers);
  const std::string bytes = zipOf({ { "good.npy", array }, { "empty.npy", "" },
    { "short.npy", array.substr(0, array.size() - 1) }, { "text.npy", "no array at all" },
    { "secret.npy", array, false, "password" } });
  const TensorCatalogue catalogue = openBytes(bytes);
  ASSERT_EQ(catalogue.tensors.size(), 5U);
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 0, 1, 2, 3, 4, 5 }));
  const char* const parts[] = { "", "it is only 0 bytes long", "there are only 23",
    "does not begin as numpy.save writes it", "is encrypted; decrypt the archive first" };
  for (std::size_t i = 1; i < catalogue.tensors.size(); ++i)
  {
    EXPECT_NE(catalogue.tensors[i].problem.find(parts[i]), std::string::npos)
      << catalogue.tensors[i].problem;
    EXPECT_NE(tensorFileErrorOf([&] { readTensor(catalogue, i); }), "");
  }
}

TEST(NumpyArchiveTest, RefusesEveryTruncation)
{
  const std::string array = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers);
  const std::string bytes = zipOf({ { "a.npy", array }, { "b.npy", array, true } });
  for (std::size_t size = 0; size < bytes.size(); ++size)
  {
    EXPECT_NE(refusalOf(bytes.substr(0, size)), "") << size;
  }
}

TEST(NumpyArchiveTest, SurvivesEveryChangedByte)
{
  const std::string array = numpyOf(numpyHeaderOf("(2, 3)"), sixNumbers);
  const std::string original = zipOf({ { "a.npy", array }, { "b.npy", array, true } });
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

class NumpyOpenTest : public RunFileTest
{
};

TEST_F(NumpyOpenTest, NamesTheArrayAfterTheFile)
{
  const std::string path = this->file("conv1.weight.npy");
  writeFile(path, numpyOf(numpyHeaderOf("(6,)"), sixNumbers));
  EXPECT_EQ(openTensorFile(path).names(), (std::vector<std::string>{ "conv1.weight" }));
}

} // namespace
} // namespace tensorview
