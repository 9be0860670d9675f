#include "SafetensorsFile.h"
#include "SafetensorsHeader.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

constexpr const char* twoTensors = R"({"__metadata__":{"format":"pt","by":"hand"},)"
                                   R"("b":{"dtype":"F32","shape":[2,2],"data_offsets":[4,20]},)"
                                   R"("a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}   )";

std::string twoTensorsFile()
{
  return safetensorsOf(twoTensors,
    bytesOf<std::uint16_t>({ 0x3F80, 0xC020 }) + bytesOf<float>({ 1.0F, 2.0F, 3.0F, 4.0F }));
}

/// What is said of a file with this JSON text and `dataBytes` bytes behind it.
std::string refusalOf(const std::string& json, std::size_t dataBytes = 0)
{
  const std::string bytes = safetensorsOf(json, std::string(dataBytes, '\0'));
  return tensorFileErrorOf([&] { openBytes(bytes); });
}

void expectRefusal(const std::string& message, const std::string& part)
{
  EXPECT_NE(message.find(part), std::string::npos) << "'" << message << "' lacks '" << part << "'";
}

/// A header of one tensor.
std::string oneTensor(const std::string& type, const std::string& shape, const std::string& offsets)
{
  return R"({"x":{"dtype":")" + type + R"(","shape":[)" + shape + R"(],"data_offsets":[)" +
         offsets + "]}}";
}

TEST(SafetensorsFileTest, ListsTensorsAsTheyLie)
{
  const std::string bytes = twoTensorsFile();
  const TensorCatalogue catalogue = openBytes(bytes);
  EXPECT_EQ(catalogue.format, "safetensors");
  EXPECT_EQ(catalogue.metadata,
    (std::map<std::string, std::string>{ { "format", "pt" }, { "by", "hand" } }));
  EXPECT_EQ(catalogue.names(), (std::vector<std::string>{ "a", "b" }));
  EXPECT_EQ(catalogue.find("b"), 1);
  EXPECT_EQ(catalogue.find("c"), -1);
  EXPECT_EQ(catalogue.tensors[0].type, ElementType::BFloat16);
  EXPECT_EQ(catalogue.tensors[1].shape, (std::vector<std::int64_t>{ 2, 2 }));
  EXPECT_EQ(catalogue.tensors[1].size(), 4);
  EXPECT_EQ(valuesOf(catalogue, 0), (std::vector<float>{ 1.0F, -2.5F }));
  EXPECT_EQ(valuesOf(catalogue, 1), (std::vector<float>{ 1, 2, 3, 4 }));
}

TEST(SafetensorsFileTest, ReadsRows)
{
  const std::string bytes = twoTensorsFile();
  const TensorCatalogue catalogue = openBytes(bytes);
  std::vector<float> row(2);
  readTensorRows(catalogue, 1, 1, 1, row.data());
  EXPECT_EQ(row, (std::vector<float>{ 3, 4 }));
  readTensorRows(catalogue, 1, 2, 0, nullptr);
  expectRefusal(tensorFileErrorOf([&] { readTensorRows(catalogue, 1, 1, 2, row.data()); }),
    "'b' of  has 2 rows; asked for were 2 from row 1 on");
  EXPECT_FALSE(tensorFileErrorOf([&] { readTensorRows(catalogue, 1, -1, 1, row.data()); }).empty());
  EXPECT_THROW(readTensor(catalogue, 2), std::out_of_range);
}

TEST(SafetensorsFileTest, ReadsEmptyTensorsAndFiles)
{
  const std::string nothing = safetensorsOf("{}", "");
  EXPECT_TRUE(openBytes(nothing).tensors.empty());
  const std::string empty =
    safetensorsOf(R"({"b":{"dtype":"F32","shape":[0,7],"data_offsets":[8,8]},)"
                  R"("n":{"dtype":"F64","shape":[],"data_offsets":[0,8]},)"
                  R"("a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
      bytesOf<double>({ 5.0 }));
  const TensorCatalogue catalogue = openBytes(empty);
  EXPECT_EQ(catalogue.names(), (std::vector<std::string>{ "a", "n", "b" }));
  EXPECT_EQ(valuesOf(catalogue, 1), (std::vector<float>{ 5.0F }));
  EXPECT_TRUE(valuesOf(catalogue, 2).empty());
}

TEST(SafetensorsFileTest, KeepsUnknownTypesAsSuch)
{
  const std::string bytes =
    safetensorsOf(R"({"c":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},)"
                  R"("f":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
      bytesOf<float>({ 1.0F, 2.0F, 3.0F }));
  const TensorCatalogue catalogue = openBytes(bytes);
  expectRefusal(catalogue.tensors[0].problem, "'C64'");
  expectRefusal(tensorFileErrorOf([&] { readTensor(catalogue, 0); }),
    "the tensor 'c' of  has the type 'C64', which TensorView does not read");
  EXPECT_EQ(valuesOf(catalogue, 1), (std::vector<float>{ 3.0F }));
}

TEST(SafetensorsFileTest, ShowsStrangeNames)
{
  const std::string bytes =
    safetensorsOf(R"({"../a/b\\":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                  R"("\u0000\u001b[31m\u0085ä":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
      "ab");
  const TensorCatalogue catalogue = openBytes(bytes);
  EXPECT_EQ(
    catalogue.names(), (std::vector<std::string>{ "../a/b\\", "\\x00\\x1B[31m\\xC2\\x85\u00e4" }));
}

TEST(SafetensorsFileTest, RefusesEveryTruncation)
{
  const std::string bytes = twoTensorsFile();
  for (std::size_t size = 0; size < bytes.size(); ++size)
  {
    const std::string part = bytes.substr(0, size);
    EXPECT_FALSE(tensorFileErrorOf([&] { openBytes(part); }).empty()) << size;
  }
  expectRefusal(tensorFileErrorOf([&] { openBytes(std::string_view(bytes).substr(0, 100)); }),
    "it is not whole, take another copy");
  const std::string longer = bytes + "x";
  expectRefusal(tensorFileErrorOf([&] { openBytes(longer); }),
    "describes 20 bytes of tensors, but the file has 21");
}

TEST(SafetensorsFileTest, SurvivesEveryChangedByte)
{
  const std::string whole = twoTensorsFile();
  for (std::size_t i = 0; i < whole.size(); ++i)
  {
    for (const int change : { 0x01, 0x10, 0x80, 0xFF })
    {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ change);
      // Opened and read, or refused.
      tensorFileErrorOf([&] { readEverything(openBytes(bytes)); });
    }
  }
}

TEST(SafetensorsFileTest, RefusesHeadersOfWrongLength)
{
  std::string bytes = twoTensorsFile();
  bytes.replace(0, 8, bytesOf<std::uint64_t>({ 100'000'001 }));
  expectRefusal(tensorFileErrorOf([&] { openBytes(bytes); }), "its header is 100000001 bytes long");
  bytes.replace(0, 8, bytesOf<std::uint64_t>({ ~std::uint64_t(0) }));
  expectRefusal(tensorFileErrorOf([&] { openBytes(bytes); }), "no format that TensorView knows");
  bytes.replace(0, 8, bytesOf<std::uint64_t>({ 0 }));
  expectRefusal(tensorFileErrorOf([&] { openBytes(bytes); }), "does not begin with '{'");
}

TEST(SafetensorsFileTest, RefusesBadOffsets)
{
  expectRefusal(refusalOf(oneTensor("F32", "1", "4,8"), 8), "leaves a gap before 'x'");
  expectRefusal(refusalOf(oneTensor("F32", "1", "4,0"), 4), "not a begin and an end");
  expectRefusal(refusalOf(oneTensor("F32", "1", "0"), 4), "not a begin and an end");
  expectRefusal(refusalOf(oneTensor("F32", "1", "0,4,8"), 4), "not a begin and an end");
  expectRefusal(refusalOf(oneTensor("F32", "1", "0,400"), 4), "400 bytes, but its shape and type");
  expectRefusal(refusalOf(oneTensor("F32", "100", "0,400"), 4), "it is not whole");
  expectRefusal(refusalOf(oneTensor("F32", "1", "-4,0"), 4), "the negative number -4");
  expectRefusal(
    refusalOf(oneTensor("F32", "1", "0,18446744073709551615"), 4), "its shape and type");
  expectRefusal(refusalOf(oneTensor("C64", "1", "0,18446744073709551615"), 4), "it is not whole");
  expectRefusal(refusalOf(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                          R"("b":{"dtype":"U8","shape":[3],"data_offsets":[2,5]}})",
                  5),
    "lets 'b' overlap another tensor");
}

TEST(SafetensorsFileTest, RefusesImpossibleShapes)
{
  expectRefusal(refusalOf(oneTensor("F32", "-1", "0,4"), 4), "the negative number -1 at 'shape'");
  expectRefusal(refusalOf(oneTensor("F32", "1.5", "0,4"), 4), "the number 1.5 at 'shape' of 'x'");
  expectRefusal(
    refusalOf(oneTensor("F32", "4294967296,4294967296", "0,4"), 4), "an impossible shape");
  expectRefusal(
    refusalOf(oneTensor("U8", "18446744073709551615", "0,4"), 4), "an impossible shape");
  expectRefusal(
    refusalOf(oneTensor("U8", "9223372036854775807,2", "0,0"), 0), "an impossible shape");
  expectRefusal(
    refusalOf(oneTensor("U8", "99999999999999999999999", "0,4"), 4), "99999999999999999999999");
  std::string axes = "1";
  for (int i = 0; i < 64; ++i)
  {
    axes += ",1";
  }
  expectRefusal(refusalOf(oneTensor("U8", axes, "0,1"), 1), "more than 64 numbers");
}

TEST(SafetensorsFileTest, RefusesWhatIsNoHeader)
{
  const std::string x = R"("x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  expectRefusal(refusalOf("{" + x + "," + x + "}", 1), "has the name 'x' twice");
  expectRefusal(refusalOf(R"({"x":{"dtype":"U8","shape":[1]}})"), "lacks 'data_offsets' of 'x'");
  expectRefusal(refusalOf(R"({"x":{"shape":[1],"data_offsets":[0,1]}})"), "lacks 'dtype' of 'x'");
  expectRefusal(refusalOf(R"({"x":{"dtype":"U8","data_offsets":[0,1]}})"), "lacks 'shape' of 'x'");
  expectRefusal(
    refusalOf(R"({"x":{"dtype":"U8","shape":[1],"shape":[2]}})"), "at 'shape' of 'x' twice");
  expectRefusal(refusalOf(R"({"x":{"dtype":1,"shape":[1],"data_offsets":[0,1]}})"),
    "a number at 'dtype' of 'x' where none belongs");
  expectRefusal(refusalOf(R"({"x":5})"), "a number at 'x' where none belongs");
  expectRefusal(refusalOf(R"({"x":[[]]})"), "a list at 'x' where none belongs");
  expectRefusal(refusalOf(R"({"x":{"dtype":{}}})"), "an object at 'dtype' of 'x'");
  expectRefusal(refusalOf(R"({"x":{"shape":[[1]]}})"), "a list at 'shape' of 'x'");
  expectRefusal(refusalOf(R"({"__metadata__":{"a":1}})"), "a number at 'a' where none belongs");
  expectRefusal(refusalOf(R"({"__metadata__":{"a":{}}})"), "an object at 'a'");
  expectRefusal(refusalOf("{"), "is not valid JSON");
  expectRefusal(refusalOf("{} {}"), "is not valid JSON");
  expectRefusal(refusalOf("{\"\xFF\":{}}"), "is not valid JSON");
  EXPECT_EQ(refusalOf(R"({"x":{"dtype":"U8","shape":[1],"note":"mine","n":null,)"
                      R"("data_offsets":[0,1]}})",
              1),
    "");
  std::string deep(100'000, '[');
  expectRefusal(refusalOf(R"({"x":)" + deep), "a list at 'x' where none belongs");
}

TEST(SafetensorsFileTest, ReadsAHundredThousandTensors)
{
  constexpr int count = 100'000;
  std::string json = "{";
  for (int i = 0; i < count; ++i)
  {
    json += (i > 0 ? "," : "") + ("\"layer" + std::to_string(i)) +
            R"(.weight":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," +
            std::to_string(i + 1) + "]}";
  }
  const std::string bytes = safetensorsOf(json + "}", std::string(count, '\7'));
  const TensorCatalogue catalogue = openBytes(bytes);
  ASSERT_EQ(catalogue.tensors.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(catalogue.tensors.back().name, "layer99999.weight");
  EXPECT_EQ(valuesOf(catalogue, 99'999), (std::vector<float>{ 7.0F }));
}

} // namespace
} // namespace tensorview
