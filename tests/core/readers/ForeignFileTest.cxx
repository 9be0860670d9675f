#include "ForeignFileTest.h"

#include "TensorFileFixture.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <sys/wait.h>

namespace tensorview::testing
{
namespace
{

/// Exit status of the scripts where a library is missing.
constexpr int missingLibrary = 77;

void expectValues(
  const TensorCatalogue& catalogue, std::size_t index, const std::vector<float>& expected)
{
  const std::vector<float> values = valuesOf(catalogue, index);
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
  {
    ASSERT_TRUE(values[i] == expected[i] || (std::isnan(values[i]) && std::isnan(expected[i])))
      << catalogue.tensors[index].name << "[" << i << "] is " << values[i] << ", not "
      << expected[i];
  }
}

void expectRoles(const TensorCatalogue& catalogue, std::ifstream& lines)
{
  std::size_t index = 0;
  for (std::string line; std::getline(lines, line) && index < catalogue.tensors.size(); ++index)
  {
    const TensorRole& role = catalogue.tensors[index].role;
    SCOPED_TRACE(catalogue.tensors[index].name);
    EXPECT_EQ(role.beside, line.empty());
    const bool known = !line.empty() && line != "?";
    EXPECT_EQ(role.layer + "\t" + role.kind + "\t" + role.axes, known ? line : "\t\t");
  }
}

} // namespace

void ForeignFileTest::runScript(
  const std::string& script, const std::string& verb, const std::string& path)
{
  const char* const python = std::getenv("TENSORVIEW_TEST_PYTHON");
  if (!python)
  {
    GTEST_SKIP() << "TENSORVIEW_TEST_PYTHON names no Python with torch and safetensors (ctest "
                    "sets it in builds that have torch)";
  }
  const std::string command =
    std::string("'") + python + "' -W ignore '" + script + "' " + verb + " '" + path + "'";
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && WEXITSTATUS(status) == missingLibrary)
  {
    GTEST_SKIP() << python << " lacks a library that " << script << " needs";
  }
  ASSERT_EQ(status, 0);
}

void ForeignFileTest::expectAsTheLibrary(const std::string& name)
{
  SCOPED_TRACE(name);
  const TensorCatalogue catalogue = openTensorFile(this->file(name));
  std::ifstream lines(this->file(name + ".names"));
  const std::string bytes = contentOf(this->file(name + ".values"));
  std::size_t position = 0;
  std::size_t index = 0;
  for (std::string line; std::getline(lines, line); ++index)
  {
    ASSERT_LT(index, catalogue.tensors.size()) << line;
    const TensorEntry& tensor = catalogue.tensors[index];
    const std::size_t tab = line.find('\t');
    EXPECT_EQ(tensor.name, line.substr(0, tab));
    std::istringstream extents(line.substr(tab + 1));
    EXPECT_EQ(tensor.shape, std::vector<std::int64_t>(std::istream_iterator<std::int64_t>(extents),
                              std::istream_iterator<std::int64_t>()));
    ASSERT_EQ(tensor.problem, "");
    std::vector<float> expected(static_cast<std::size_t>(tensor.size()));
    bytes.copy(reinterpret_cast<char*>(expected.data()), expected.size() * sizeof(float), position);
    position += expected.size() * sizeof(float);
    expectValues(catalogue, index, expected);
  }
  EXPECT_EQ(index, catalogue.tensors.size());
  EXPECT_EQ(position, bytes.size());
  std::ifstream roles(this->file(name + ".roles"));
  expectRoles(catalogue, roles);
}

void ForeignFileTest::expectRefusal(const std::string& name, const std::string& part)
{
  const std::string message = tensorFileErrorOf([&] { openTensorFile(this->file(name)); });
  EXPECT_NE(message.find(part), std::string::npos) << name << ": " << message;
}

void ForeignFileTest::expectEveryTruncationTold(
  const std::string& name, std::size_t redundant, std::size_t step)
{
  const std::string bytes = contentOf(this->file(name));
  const std::vector<float> values = valuesOf(openBytes(bytes), 0);
  for (std::size_t size = 0; size < bytes.size(); size += step)
  {
    const std::string message = tensorFileErrorOf(
      [&] { EXPECT_EQ(valuesOf(openBytes(std::string_view(bytes).substr(0, size)), 0), values); });
    EXPECT_TRUE(!message.empty() || size + redundant > bytes.size()) << name << " " << size;
  }
}

} // namespace tensorview::testing
