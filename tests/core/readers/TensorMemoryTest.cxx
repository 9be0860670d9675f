#include "TensorLimits.h"

#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <fstream>
#include <new>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tensorview
{
namespace
{

using namespace testing;
using namespace testing::pickle;

/// What describing a file's tensors may take.
constexpr std::uint64_t mostMemory = 64 << 20;

enum Outcome
{
  Opened,
  Refused,
  OutOfMemory
};

std::uint64_t addressSpace()
{
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  file >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Opens a file in a process of its own that gets no more memory than `most` beside what it has.
Outcome openWithin(const std::string& bytes, std::uint64_t most)
{
  const pid_t child = ::fork();
  if (child == 0)
  {
    const rlim_t limit = addressSpace() + most;
    const rlimit limits{ limit, limit };
    ::setrlimit(RLIMIT_AS, &limits);
    Outcome outcome = Opened;
    try
    {
      openBytes(bytes);
    }
    catch (const TensorFileError&)
    {
      outcome = Refused;
    }
    catch (const std::bad_alloc&)
    {
      outcome = OutOfMemory;
    }
    ::_exit(outcome);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? static_cast<Outcome>(WEXITSTATUS(status)) : OutOfMemory;
}

std::string repeated(const std::string& text, std::size_t bytes)
{
  std::string result;
  while (result.size() + text.size() <= bytes)
  {
    result += text;
  }
  return result;
}

struct MemoryCase
{
  const char* name;
  std::string (*file)();
  Outcome expected;
};

/// By name, not by the bytes of its addresses.
[[maybe_unused]] void PrintTo(const MemoryCase& one, std::ostream* out)
{
  *out << one.name;
}

/// A file of torch.save whose pickle is deflated, so that it takes a thousandth of its length.
std::string deflatedPickle(const std::string& value)
{
  return zipOf({ { "a/data.pkl", whole(value), true } });
}

std::string numbered(const std::string& before, int i, const std::string& behind)
{
  return before + std::to_string(i) + behind;
}

constexpr int many = 100'000;

std::string manySafetensors()
{
  std::string json = "{";
  for (int i = 0; i < many; ++i)
  {
    json += numbered(i > 0 ? ",\"model.layers." : "\"model.layers.", i,
      R"(.weight":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," +
        std::to_string(i + 1) + "]}");
  }
  return safetensorsOf(json + "}", std::string(many, '\7'));
}

/// As many as minizip writes into an archive.
std::string manyArrays()
{
  const std::string array = numpyOf(numpyHeaderOf("(1,)"), "abcd");
  std::vector<ZipPart> parts;
  for (int i = 0; i < 65'000; ++i)
  {
    parts.push_back({ numbered("model.layers.", i, ".weight.npy"), array });
  }
  return zipOf(parts);
}

/// A tensor of 64 axes, made again and again out of a remembered tuple of arguments.
std::string manyFromFewBytes()
{
  const std::vector<std::int32_t> ones(64, 1);
  const std::string one = storage("FloatStorage", "0", 1);
  const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2") + "q" + '\0';
  const std::string arguments =
    tuple({ one, integer(0), tuple(ones), tuple(ones), "\x89", "}" }) + "q" + '\1';
  return "](" + rebuild + arguments + repeated(std::string("h\0h\1R", 5), 20 << 20) + "e";
}

class TensorMemoryTest : public ::testing::TestWithParam<MemoryCase>
{
};

TEST_P(TensorMemoryTest, TakesLittle)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need memory of their own";
#endif
  EXPECT_EQ(openWithin(GetParam().file(), mostMemory), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(OfPickles, TensorMemoryTest,
  ::testing::Values(
    MemoryCase{ "Values", [] { return deflatedPickle(repeated("N", 20 << 20)); }, Refused },
    MemoryCase{ "Tuples", [] { return deflatedPickle(repeated(")", 20 << 20)); }, Refused },
    MemoryCase{ "Dictionaries", [] { return deflatedPickle(repeated("}", 20 << 20)); }, Refused },
    MemoryCase{
      "Nested", [] { return deflatedPickle("N" + repeated("\x85", 20 << 20)); }, Refused },
    MemoryCase{ "Marks", [] { return deflatedPickle(repeated("(", 20 << 20)); }, Refused },
    MemoryCase{ "Texts",
      [] { return deflatedPickle(repeated(std::string("\x8C\0", 2), 20 << 20)); }, Refused },
    MemoryCase{
      "Remembered", [] { return deflatedPickle("N" + repeated("\x94", 20 << 20)); }, Refused },
    MemoryCase{ "Tensors", [] { return deflatedPickle(manyFromFewBytes()); }, Refused },
    MemoryCase{ "TooLong", [] { return deflatedPickle(repeated("N", 30 << 20)); }, Refused }),
  [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(OfManyTensors, TensorMemoryTest,
  ::testing::Values(MemoryCase{ "Safetensors", manySafetensors, Opened },
    MemoryCase{ "Arrays", manyArrays, Opened }),
  [](const auto& one) { return one.param.name; });

TEST(TensorCountTest, RefusesMoreTensorsThanItKeeps)
{
  std::string json = "{";
  for (std::size_t i = 0; i <= mostTensors; ++i)
  {
    json += (i > 0 ? ",\"" : "\"") + std::to_string(i) +
            R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  const std::string bytes = safetensorsOf(json + "}", "");
  EXPECT_EQ(
    tensorFileErrorOf([&] { openBytes(bytes); }), "its header describes more than 131072 tensors");
}

} // namespace
} // namespace tensorview
