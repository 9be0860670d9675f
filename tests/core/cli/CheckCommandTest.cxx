// Runs the tensorview-check program itself.

#include "ChildProcess.h"
#include "RunFixture.h"
#include "RunWriter.h"
#include "Superblock.h"
#include "TensorFileFixture.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

namespace tensorview
{
namespace
{

using namespace testing;

struct Result
{
  int status = -1;
  std::string out; ///< both outputs
};

Result check(const std::string& arguments)
{
  FILE* const pipe = ::popen((TENSORVIEW_CHECK_PROGRAM " " + arguments + " 2>&1").c_str(), "r");
  Result result;
  char buffer[4096];
  for (std::size_t n = 0; pipe && (n = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
  {
    result.out.append(buffer, n);
  }
  const int ended = ::pclose(pipe);
  result.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  return result;
}

bool has(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}

class CheckCommandTest : public RunFileTest
{
protected:
  /// A run of 12 steps and one snapshot, its writer closed or killed.
  std::string recorded(const std::string& name, bool closed = true)
  {
    const std::string path = this->file(name);
    const auto record = [&]
    {
      const RunLayout layout = smallLayout();
      const auto writer = RunWriter::create(path, layout);
      writer->appendSteps(stepsOf(layout, 1, 12));
      const auto buffers = snapshotOf(layout, 0);
      writer->appendSnapshot(0, 0.0, buffers.tensorPointers(), buffers.probePointers());
      writer->flush();
      if (closed)
      {
        writer->close();
      }
      else
      {
        ::_exit(0);
      }
    };
    if (closed)
    {
      record();
    }
    else
    {
      ::waitpid(startChild(record), nullptr, 0);
    }
    return path;
  }
};

TEST_F(CheckCommandTest, AWholeRunInWordsAndInJson)
{
  const std::string path = this->recorded("run.tvr");
  const Result words = check(path);
  EXPECT_EQ(words.status, 0);
  EXPECT_TRUE(has(words.out, path + ": whole, closed by its writer")) << words.out;
  EXPECT_TRUE(has(words.out, "12 of 12 steps, 1 of 1 snapshots; step 0 to 12")) << words.out;

  const Result json = check("--json " + path);
  EXPECT_EQ(json.status, 0);
  const auto line = nlohmann::json::parse(json.out);
  EXPECT_EQ(line.at("file"), path);
  EXPECT_EQ(line.at("whole"), true);
  EXPECT_EQ(line.at("writer"), "closed");
  EXPECT_EQ(line.at("steps").at("whole"), 12);
  EXPECT_EQ(line.at("last_step"), 12);
  EXPECT_TRUE(line.at("damage").empty());
}

TEST_F(CheckCommandTest, DamageIsToldAndTheOtherFilesAreLookedAt)
{
  const std::string path = this->recorded("run.tvr");
  const std::string other = this->recorded("other.tvr");
  const std::string content = contentOf(path);
  writeFile(path, content.substr(0, content.size() - 100));
  const Result result = check(path + " " + this->file("none.tvr") + " " + other);
  EXPECT_EQ(result.status, 2); // the worst
  EXPECT_TRUE(has(result.out, "it is cut off")) << result.out;
  EXPECT_TRUE(has(result.out, "there is no such file")) << result.out;
  EXPECT_TRUE(has(result.out, other + ": whole")) << result.out;
  const Result json = check("--json " + path);
  EXPECT_EQ(json.status, 1);
  EXPECT_FALSE(nlohmann::json::parse(json.out).at("damage").empty());
}

TEST_F(CheckCommandTest, RepairClearsTheMarksOfAKilledWriterOnce)
{
  const std::string path = this->recorded("run.tvr", false);
  EXPECT_TRUE(has(check(path).out, "its writer did not live to close it"));
  const Result repaired = check("--repair " + path);
  EXPECT_EQ(repaired.status, 0);
  EXPECT_TRUE(has(repaired.out, "repair: cleared the marks")) << repaired.out;
  const Result again = check("--repair " + path);
  EXPECT_EQ(again.status, 0);
  EXPECT_TRUE(has(again.out, "closed by its writer")) << again.out;
  EXPECT_FALSE(has(again.out, "repair")) << again.out;
}

TEST_F(CheckCommandTest, RepairLeavesADamagedFileAndALivingWriterAlone)
{
  const std::string path = this->recorded("run.tvr", false);
  const std::string content = contentOf(path);
  const std::string cut = content.substr(0, content.size() - 3000);
  writeFile(path, cut);
  const Result damaged = check("--repair " + path);
  EXPECT_EQ(damaged.status, 1) << damaged.out;
  EXPECT_TRUE(has(damaged.out, "left as it is")) << damaged.out;
  EXPECT_EQ(contentOf(path), cut);

  const std::string live = this->file("live.tvr");
  const auto writer = RunWriter::create(live, smallLayout());
  const Result refused = check("--repair " + live);
  EXPECT_EQ(refused.status, 2) << refused.out;
  EXPECT_TRUE(has(refused.out, "a training is recording to it")) << refused.out;
  EXPECT_TRUE(readSuperblock(live).writing);
}

TEST_F(CheckCommandTest, TensorFilesAreReadWhole)
{
  const std::string json = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string path = this->file("a.safetensors");
  writeFile(path, safetensorsOf(json, std::string(8, '\0')));
  const Result whole = check(path);
  EXPECT_EQ(whole.status, 0);
  EXPECT_TRUE(has(whole.out, "safetensors\n  whole: 1 of 1 tensors")) << whole.out;
  EXPECT_EQ(nlohmann::json::parse(check("--json " + path).out).at("tensors").at("whole"), 1);
  writeFile(path, safetensorsOf(json, std::string(7, '\0')));
  EXPECT_EQ(check(path).status, 2);
}

TEST_F(CheckCommandTest, MistakesAreExplained)
{
  EXPECT_EQ(check("").status, 2);
  EXPECT_TRUE(has(check("").out, "FILE is required"));
  EXPECT_EQ(check("--mend x").status, 2);
  EXPECT_EQ(check("--help").status, 0);
  EXPECT_TRUE(has(check("--help").out, "--repair"));
  EXPECT_TRUE(has(check("--version").out, "tensorview-check "));
}

} // namespace
} // namespace tensorview
