#include "RunFixture.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

class OnnxFileTest : public RunFileTest
{
};

/// Messages put together byte by byte.
std::string varint(std::uint64_t value)
{
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
  {
    bytes += static_cast<char>((value & 0x7F) | 0x80);
  }
  return bytes + static_cast<char>(value);
}

std::string number(std::uint64_t field, std::uint64_t value)
{
  return varint(field << 3) + varint(value);
}

std::string bytes(std::uint64_t field, const std::string& content)
{
  return varint(field << 3 | 2) + varint(content.size()) + content;
}

/// A TensorProto of floats in raw_data.
std::string tensor(const std::string& name, const std::vector<std::uint64_t>& shape,
  const std::string& data, std::uint64_t type = 1)
{
  std::string message;
  for (const std::uint64_t extent : shape)
  {
    message += number(1, extent);
  }
  return message + number(2, type) + bytes(8, name) + bytes(9, data);
}

std::string modelOf(const std::string& graph)
{
  return number(1, 8) + bytes(2, "hand") + bytes(7, graph);
}

std::string modelOfTensor(const std::string& message)
{
  return modelOf(bytes(5, message));
}

/// The problem of the only tensor of a file.
std::string problemOf(const std::string& message)
{
  const std::string file = modelOfTensor(message);
  return openBytes(file).tensors.at(0).problem;
}

void expectPart(const std::string& message, const std::string& part)
{
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

std::string external(const std::string& key, const std::string& value)
{
  return bytes(13, bytes(1, key) + bytes(2, value));
}

TEST_F(OnnxFileTest, ReadsValuesPackedAndNot)
{
  const std::string floats = bytesOf<float>({ 1.5F, -2.5F });
  const std::string half = floats.substr(0, 4);
  const std::string file =
    modelOf(bytes(5, tensor("raw", { 2 }, floats)) +
            bytes(5, number(1, 2) + number(2, 1) + bytes(8, "packed") + bytes(4, floats)) +
            bytes(5, number(1, 2) + number(2, 1) + bytes(8, "single") + varint(4 << 3 | 5) + half +
                       varint(4 << 3 | 5) + floats.substr(4)) +
            bytes(5, number(1, 3) + number(2, 6) + bytes(8, "int32") +
                       bytes(5, varint(7) + varint(~std::uint64_t(0)) + varint(300))) +
            bytes(5, bytes(1, varint(3)) + number(2, 7) + bytes(8, "int64") + number(7, 1) +
                       number(7, 2) + number(7, 3)) +
            bytes(5, number(2, 11) + bytes(8, "double") + bytes(10, bytesOf<double>({ 0.25 }))));
  const TensorCatalogue catalogue = openBytes(file);
  EXPECT_EQ(catalogue.format, "ONNX");
  EXPECT_EQ(catalogue.metadata.at("producer"), "hand");
  EXPECT_EQ(catalogue.names(),
    (std::vector<std::string>{ "raw", "packed", "single", "int32", "int64", "double" }));
  for (std::size_t i = 0; i < 3; ++i)
  {
    EXPECT_EQ(valuesOf(catalogue, i), (std::vector<float>{ 1.5F, -2.5F })) << i;
  }
  EXPECT_EQ(valuesOf(catalogue, 3), (std::vector<float>{ 7, -1, 300 }));
  EXPECT_EQ(valuesOf(catalogue, 4), (std::vector<float>{ 1, 2, 3 }));
  EXPECT_EQ(valuesOf(catalogue, 5), (std::vector<float>{ 0.25F }));
  std::vector<float> row(1);
  readTensorRows(catalogue, 3, 2, 1, row.data());
  EXPECT_EQ(row, (std::vector<float>{ 300 }));
  readTensorRows(catalogue, 2, 1, 1, row.data());
  EXPECT_EQ(row, (std::vector<float>{ -2.5F }));
}

TEST_F(OnnxFileTest, TellsWhatDoesNotFit)
{
  const std::string four(4, '\0');
  expectPart(problemOf(tensor("x", { 2 }, four)), "has 4 bytes of values, but its shape and type "
                                                  "need 8");
  expectPart(problemOf(tensor("x", { ~std::uint64_t(0) }, four)), "an impossible shape");
  expectPart(problemOf(tensor("x", { std::uint64_t(1) << 40, std::uint64_t(1) << 40 }, four)),
    "an impossible shape");
  expectPart(problemOf(tensor("x", { 1 }, four, 99)), "has the type 99");
  expectPart(problemOf(tensor("x", { 1 }, four, 8)), "has the type 'STRING'");
  expectPart(problemOf(tensor("x", { 1 }, four) + bytes(4, four)), "in two ways");
  expectPart(problemOf(number(1, 1) + number(2, 1) + bytes(5, varint(1))), "of another type");
  expectPart(problemOf(number(1, 9) + number(2, 6) + bytes(5, varint(1))), "9 or more");
  std::vector<std::uint64_t> axes(65, 1);
  expectPart(problemOf(tensor("x", axes, four)), "an impossible shape");

  // Enough bytes, but too few numbers.
  const std::string file =
    modelOfTensor(number(1, 3) + number(2, 6) + bytes(5, varint(300) + varint(300)));
  expectPart(tensorFileErrorOf([&] { readTensor(openBytes(file), 0); }), "ends before its last");
}

TEST_F(OnnxFileTest, OpensNoOtherPlaces)
{
  const std::string head = number(1, 1) + number(2, 1) + bytes(8, "x") + number(14, 1);
  expectPart(
    problemOf(head + external("location", "weights.bin")), "open the ONNX file by its path");
  expectPart(problemOf(head), "which it does not name");
  expectPart(problemOf(head + external("location", "w") + external("offset", "-4")), "'-4'");
  expectPart(problemOf(head + external("location", "w") + external("length", "4x")), "'4x'");

  const auto problemAt = [&, this](const std::string& location)
  {
    const std::string file = modelOfTensor(head + external("location", location));
    const std::string path = this->file("places.onnx");
    writeFile(path, file);
    return openTensorFile(path).tensors.at(0).problem;
  };
  expectPart(problemAt("/etc/passwd"), "which is not in the folder of the ONNX file");
  expectPart(problemAt("../passwd"), "which is not in the folder of the ONNX file");
  expectPart(problemAt("a/../../passwd"), "which is not in the folder of the ONNX file");
  expectPart(problemAt("nowhere.bin"), "copy that file too");
}

TEST_F(OnnxFileTest, NamesStayApart)
{
  const std::string one = bytesOf<float>({ 1 });
  const std::string file =
    modelOf(bytes(5, tensor("../a/b", { 1 }, one)) + bytes(5, tensor("same", {}, one)) +
            bytes(5, tensor("same", {}, one)) + bytes(5, tensor("\x1B\xFF", {}, one)));
  EXPECT_EQ(openBytes(file).names(),
    (std::vector<std::string>{ "../a/b", "same", "same (2)", "\\x1B\\xFF" }));
}

TEST_F(OnnxFileTest, RefusesEveryTruncation)
{
  const std::string file = modelOfTensor(tensor("x", { 1 }, bytesOf<float>({ 1 })));
  for (std::size_t size = 0; size < file.size(); ++size)
  {
    const std::string part = file.substr(0, size);
    EXPECT_FALSE(tensorFileErrorOf([&] { openBytes(part); }).empty()) << size;
  }
  expectPart(tensorFileErrorOf([&] { openBytes(std::string_view(file).substr(0, 20)); }),
    "it is not whole, take another copy");
  const std::string empty = number(1, 8) + bytes(2, "hand");
  expectPart(tensorFileErrorOf([&] { openBytes(empty); }), "no network in it");
}

TEST_F(OnnxFileTest, SurvivesEveryChangedByte)
{
  const std::string node = bytes(1, "x") + bytes(1, "w") + bytes(2, "y") + bytes(4, "Gemm") +
                           bytes(5, bytes(1, "transB") + number(3, 1));
  const std::string whole =
    modelOf(bytes(1, node) + bytes(5, tensor("w", { 2, 1 }, bytesOf<float>({ 1, 2 }))) +
            bytes(5, number(1, 3) + number(2, 6) + bytes(5, varint(7) + varint(8) + varint(300))));
  for (std::size_t i = 0; i < whole.size(); ++i)
  {
    for (int change = 1; change < 256; ++change)
    {
      std::string file = whole;
      file[i] = static_cast<char>(file[i] ^ change);
      // Opened and read, or refused.
      tensorFileErrorOf([&] { readEverything(openBytes(file)); });
    }
  }
}

TEST_F(OnnxFileTest, ReadsAHundredThousandTensors)
{
  std::string graph;
  for (int i = 0; i < 100'000; ++i)
  {
    graph += bytes(5, tensor("layer" + std::to_string(i) + ".weight", { 1 }, std::string(4, '\0')));
  }
  const std::string file = modelOf(graph);
  const TensorCatalogue catalogue = openBytes(file);
  ASSERT_EQ(catalogue.tensors.size(), 100'000U);
  EXPECT_EQ(catalogue.tensors.back().name, "layer99999.weight");
}

TEST_F(OnnxFileTest, RefusesGraphsInGraphsWithoutEnd)
{
  std::string graph;
  for (int depth = 0; depth < 40; ++depth)
  {
    graph = bytes(1, bytes(4, "If") + bytes(5, bytes(1, "then_branch") + bytes(6, graph)));
  }
  const std::string file = modelOf(graph);
  expectPart(tensorFileErrorOf([&] { openBytes(file); }), "nest deeper");
}

} // namespace
} // namespace tensorview
