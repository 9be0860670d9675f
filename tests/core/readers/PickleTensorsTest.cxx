#include "PickleTensors.h"

#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;
using namespace testing::pickle;

std::vector<PickledTensor> read(const std::string& value)
{
  const std::string bytes = whole(value);
  return readPickledTensors(bytes);
}

std::string refusalOf(const std::string& value)
{
  return tensorFileErrorOf([&] { read(value); });
}

void expectRefusal(const std::string& value, const std::string& part)
{
  const std::string message = refusalOf(value);
  EXPECT_NE(message.find(part), std::string::npos) << "'" << message << "' lacks '" << part << "'";
}

std::vector<std::string> namesOf(const std::vector<PickledTensor>& tensors)
{
  std::vector<std::string> names;
  for (const PickledTensor& tensor : tensors)
  {
    names.push_back(tensor.entry.name);
  }
  return names;
}

/// Six numbers in storage 0 as a tensor of 2 x 3.
std::string plainTensor()
{
  return tensor(storage("FloatStorage", "0", 6), 0, { 2, 3 }, { 3, 1 });
}

TEST(PickleTensorsTest, FindsTensorsByTheirPath)
{
  const auto tensors = read(dictionary({ { "epoch", integer(3) },
    { "state_dict", dictionary({ { "fc.weight", plainTensor() }, { "fc.bias", plainTensor() } }) },
    { "history", list({ integer(1), tuple({ text("x"), plainTensor() }) }) } }));
  EXPECT_EQ(namesOf(tensors),
    (std::vector<std::string>{ "state_dict.fc.weight", "state_dict.fc.bias", "history.1.1" }));
  EXPECT_EQ(tensors[0].entry.shape, (std::vector<std::int64_t>{ 2, 3 }));
  EXPECT_TRUE(tensors[0].entry.strides.empty());
  EXPECT_EQ(tensors[0].storage, "0");
  EXPECT_EQ(tensors[0].storageBytes, 24U);
}

TEST(PickleTensorsTest, NamesATensorThatStandsAlone)
{
  EXPECT_EQ(namesOf(read(plainTensor())), (std::vector<std::string>{ "tensor" }));
}

TEST(PickleTensorsTest, DescribesViews)
{
  const auto tensors = read(tensor(storage("DoubleStorage", "7", 12), 2, { 2, 3 }, { 1, 4 }));
  EXPECT_EQ(tensors[0].entry.type, ElementType::Float64);
  EXPECT_EQ(tensors[0].entry.strides, (std::vector<std::int64_t>{ 1, 4 }));
  EXPECT_EQ(tensors[0].entry.offset, 16U);
  EXPECT_EQ(tensors[0].storageBytes, 96U);
}

TEST(PickleTensorsTest, RefusesCodeByItsName)
{
  const std::string command = call(global("os", "system"), { text("true") });
  expectRefusal(command, "names 'os.system', which is no part of a tensor");
  expectRefusal(dictionary({ { "w", plainTensor() }, { "x", command } }), "'os.system'");
  expectRefusal(call(global("builtins", "eval"), { text("1") }), "'builtins.eval'");
  expectRefusal(call(global("__builtin__", "getattr"), { text("1") }), "'__builtin__.getattr'");
  expectRefusal(call(global("torch.jit", "load"), {}), "'torch.jit.load'");
  expectRefusal(call(global("torch", "load"), {}), "'torch.load'");
  // As protocol 4 has it.
  expectRefusal(
    text("posix") + text("system") + "\x93" + tuple({ text("true") }) + "R", "'posix.system'");
  expectRefusal(global("evil\x1B[2J", std::string(100'000, 'x')), "'evil\\x1B[2J.xxx");
}

TEST(PickleTensorsTest, RefusesOtherInstructionsByTheirName)
{
  expectRefusal("(ios\nsystem\n.", "the instruction INST");
  expectRefusal("(o", "the instruction OBJ");
  expectRefusal("S'text'\n", "the instruction STRING");
  expectRefusal("\x82\x01", "the instruction EXT1");
  expectRefusal("\x97", "the instruction NEXT_BUFFER");
  expectRefusal(std::string("\xFF"), "the instruction 0xFF");
  expectRefusal(std::string("}\x00", 2), "the instruction 0x00");
  EXPECT_NE(tensorFileErrorOf([] { readPickledTensors("\x80\x06N."); })
              .find("a protocol that TensorView does not know"),
    std::string::npos);
}

TEST(PickleTensorsTest, RefusesBrokenPickles)
{
  expectRefusal("", "takes a value that is not there");
  expectRefusal("R", "takes a value that is not there");
  expectRefusal("t", "a mark that is not there");
  expectRefusal("N(R", "takes a value that is not there");
  expectRefusal("N(\x86", "takes a value that is not there");
  expectRefusal("NNR", "without a tuple of arguments");
  expectRefusal("N)R", "calls something that is no class");
  expectRefusal("NNa", "adds to something that is no list");
  expectRefusal("}Na", "adds to something that is no list");
  expectRefusal("](NNu", "adds to something that is no list");
  expectRefusal("}(Nu", "adds a key without a value");
  expectRefusal("h\x05", "has not memorised");
  expectRefusal("Nq\x05", "leaves a gap in its memory");
  expectRefusal("r\xFF\xFF\xFF\xFF", "leaves a gap in its memory");
  expectRefusal("X\xFF\xFF\xFF\xFF", "ends in the middle");
  expectRefusal(std::string("\x8D\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "ends in the middle");
  expectRefusal("cos", "ends in the middle");
  expectRefusal("M\x01", "ends in the middle");
  expectRefusal(integer(1) + integer(2) + "\x93", "names a class by something that is no text");
  expectRefusal("NQ", "refers to something beside it that is no storage");
  expectRefusal(tuple({ text("storage"), text("a"), text("b"), text("c"), integer(1) }) + "Q",
    "refers to something beside it that is no storage");
}

TEST(PickleTensorsTest, RefusesTensorsBeyondTheirStorage)
{
  const std::string six = storage("FloatStorage", "0", 6);
  expectRefusal(tensor(six, 0, { 7 }, { 1 }), "reaches beyond its storage");
  expectRefusal(tensor(six, 4, { 3 }, { 1 }), "reaches beyond its storage");
  expectRefusal(tensor(six, 7, { 1 }, { 1 }), "reaches beyond its storage");
  expectRefusal(tensor(six, 0, { 2, 2 }, { 5, 1 }), "reaches beyond its storage");
  expectRefusal(tensor(six, -1, { 1 }, { 1 }), "an offset that is no count");
  expectRefusal(tensor(six, 0, { -1 }, { 1 }), "an extent or stride that is no count");
  expectRefusal(tensor(six, 0, { 2 }, { -1 }), "an extent or stride that is no count");
  expectRefusal(tensor(six, 0, { 2, 3 }, { 1 }), "an impossible shape");
  expectRefusal(
    tensor(six, 0, std::vector<std::int32_t>(3, 1 << 30), { 0, 0, 0 }), "an impossible shape");
  expectRefusal(tensor(six, 0, std::vector<std::int32_t>(65, 1), std::vector<std::int32_t>(65, 1)),
    "a tensor of 65 axes");
  expectRefusal(tensor(storage("FloatStorage", "0", -6), 0, { 0 }, { 1 }),
    "a storage with a size that is no count");
  expectRefusal(tensor(integer(6), 0, { 1 }, { 1 }), "a tensor without a storage");
  expectRefusal(tensor(storage("UntypedStorage", "0", 6), 0, { 1 }, { 1 }), "without a type");
  expectRefusal(call(global("torch._utils", "_rebuild_tensor_v2"), { six }), "too few arguments");
  EXPECT_EQ(refusalOf(tensor(six, 6, { 0 }, { 1 })), "");
  EXPECT_EQ(refusalOf(tensor(six, 5, { 1 }, { 1000 })), "");
}

TEST(PickleTensorsTest, DoesNotRepeatAFewElementsForEver)
{
  const std::string one = storage("FloatStorage", "0", 1);
  EXPECT_EQ(read(tensor(one, 0, { 1000, 1000 }, { 0, 0 }))[0].entry.problem, "");
  EXPECT_NE(read(tensor(one, 0, { 1 << 20, 1 << 20 }, { 0, 0 }))[0].entry.problem.find("repeats"),
    std::string::npos);
}

TEST(PickleTensorsTest, ListsWhatItDoesNotReadWithTheReason)
{
  const std::string plain = plainTensor();
  const auto tensors = read(
    dictionary({ { "sparse", call(global("torch._utils", "_rebuild_sparse_tensor"), { plain }) },
      { "complex", tensor(storage("ComplexFloatStorage", "0", 3), 0, { 3 }, { 1 }) },
      { "quantised", tensor(storage("QInt8Storage", "0", 3), 0, { 3 }, { 1 }) } }));
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_NE(tensors[0].entry.problem.find("is sparse"), std::string::npos);
  EXPECT_NE(tensors[1].entry.problem.find("complex"), std::string::npos);
  EXPECT_NE(tensors[2].entry.problem.find("quantised"), std::string::npos);
  EXPECT_EQ(tensors[2].entry.shape, (std::vector<std::int64_t>{ 3 }));
}

TEST(PickleTensorsTest, MakesNamesFitToShow)
{
  const auto tensors = read(dictionary(
    { { "a\nb\xFF", plainTensor() }, { "../x", plainTensor() }, { "same", plainTensor() },
      { "same", plainTensor() }, { "same", plainTensor() }, { "same (2)", plainTensor() } }));
  EXPECT_EQ(namesOf(tensors), (std::vector<std::string>{ "a\\x0Ab\\xFF", "../x", "same", "same (2)",
                                "same (3)", "same (2) (2)" }));
  expectRefusal(
    dictionary({ { std::string(5000, 'x'), plainTensor() } }), "names that are too long");
}

TEST(PickleTensorsTest, DoesNotLoseItselfInContainers)
{
  // A list in itself: memorised before it is filled.
  EXPECT_TRUE(read("]q" + std::string(1, '\0') + "h" + std::string(1, '\0') + "a").empty());
  // Each list holds the one before twice, fifty times: 2^50 ways to the tensor.
  std::string doubling = list({ plainTensor() }) + "q" + std::string(1, '\0');
  for (char i = 1; i <= 50; ++i)
  {
    const std::string before = "h" + std::string(1, static_cast<char>(i - 1));
    doubling += list({ before, before }) + "q" + std::string(1, i);
  }
  // What was built last is the value; the lists before stay on the stack below.
  EXPECT_EQ(read(doubling).size(), 1U);
  // Deeper than anything sensible.
  const std::string deep = std::string(200, '(') + plainTensor() + std::string(200, 't');
  expectRefusal(deep, "nests more than 100 containers");
  const std::string deepest = std::string(1'000'000, '(') + std::string(1'000'000, 't');
  expectRefusal(deepest, "nests more than 100 containers");
}

TEST(PickleTensorsTest, RefusesEveryTruncation)
{
  const std::string bytes = whole(dictionary({ { "w", plainTensor() }, { "n", integer(5) } }));
  for (std::size_t size = 0; size < bytes.size(); ++size)
  {
    EXPECT_FALSE(tensorFileErrorOf(
      [&] {
        readPickledTensors(std::string_view(bytes).substr(0, size));
      }).empty())
      << size;
  }
}

TEST(PickleTensorsTest, SurvivesEveryChangedByte)
{
  const std::string original =
    whole(dictionary({ { "w", plainTensor() }, { "l", list({ tuple({ integer(5) }) }) } }));
  for (std::size_t i = 0; i < original.size(); ++i)
  {
    for (int byte = 0; byte < 256; ++byte)
    {
      std::string bytes = original;
      bytes[i] = static_cast<char>(byte);
      // Read, or refused.
      tensorFileErrorOf([&] { readPickledTensors(bytes); });
    }
  }
}

} // namespace
} // namespace tensorview
