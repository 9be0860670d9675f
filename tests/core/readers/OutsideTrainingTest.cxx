#include "OutsideTraining.h"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using tensorview::OutsideTraining;

namespace
{

/// The files of a training, as docs/run-format.md describes them, and its lock.
class Training
{
public:
  explicit Training(const std::string& run)
    : state({ { "format", "tensorview-commands" }, { "version", 1 }, { "session", "s1" },
        { "offers", { "pause", "resume", "learning_rate" } }, { "state", "running" }, { "step", 7 },
        { "loss", 0.5 }, { "accuracy", nullptr }, { "learning_rate", 0.1 } })
    , run_(run)
    , descriptor_(::open((run + ".commands").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
  {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_start = off_t(1) << 62;
    lock.l_len = 1;
    EXPECT_EQ(::fcntl(this->descriptor_, F_OFD_SETLK, &lock), 0);
    this->tell(this->state.dump());
  }
  ~Training() { this->die(); }
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  void tell(const std::string& text)
  {
    std::ofstream(this->run_ + ".state", std::ios::binary) << text;
  }
  /// As a kill does: the lock goes, the files stay.
  void die()
  {
    if (this->descriptor_ >= 0)
    {
      ::close(this->descriptor_);
      this->descriptor_ = -1;
    }
  }
  void end()
  {
    this->die();
    fs::remove(this->run_ + ".commands");
    fs::remove(this->run_ + ".state");
  }
  /// The lines that viewers have appended.
  std::vector<nlohmann::json> lines() const
  {
    std::vector<nlohmann::json> all;
    std::ifstream file(this->run_ + ".commands");
    for (std::string line; std::getline(file, line);)
    {
      all.push_back(nlohmann::json::parse(line));
    }
    return all;
  }
  void answer(const std::string& result, const std::string& reason)
  {
    this->state["commands"] = { { { "id", this->lines().back()["id"] }, { "state", result },
      { "reason", reason } } };
    this->tell(this->state.dump());
  }

  nlohmann::json state;

private:
  std::string run_;
  int descriptor_;
};

class OutsideTrainingTest : public testing::Test
{
protected:
  void SetUp() override
  {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    this->folder = fs::temp_directory_path() /
                   ("tensorview-outside-" + std::string(test->name()) + std::to_string(::getpid()));
    fs::remove_all(this->folder);
    fs::create_directories(this->folder);
    this->run = (this->folder / "run.tvr").string();
    std::ofstream(this->run) << "a run";
  }
  void TearDown() override { fs::remove_all(this->folder); }

  /// What is seen anew: looks are at least 100 ms apart.
  const tensorview::OutsideState& look(OutsideTraining& outside)
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    return outside.look();
  }

  fs::path folder;
  std::string run;
};

} // namespace

TEST_F(OutsideTrainingTest, WithoutTraining)
{
  OutsideTraining outside;
  EXPECT_EQ(outside.look().state, "none");
  outside.send("pause");
  EXPECT_EQ(outside.answer().state, "failed");
  EXPECT_EQ(outside.answer().number, 1);

  outside.setRun(this->run);
  EXPECT_EQ(outside.look().state, "none");
  EXPECT_FALSE(outside.look().lives());
  outside.send("pause");
  EXPECT_EQ(outside.answer().state, "failed");
  EXPECT_FALSE(fs::exists(this->run + ".commands")); // a viewer never makes it
}

TEST_F(OutsideTrainingTest, Commands)
{
  Training training(this->run);
  OutsideTraining outside;
  std::ofstream(this->folder / "run.0001.tvr") << "its second segment";
  outside.setRun((this->folder / "run.0001.tvr").string());
  EXPECT_EQ(outside.look().state, "running");
  EXPECT_EQ(outside.look().step, 7);
  EXPECT_EQ(outside.look().loss, 0.5);
  EXPECT_TRUE(std::isnan(outside.look().accuracy));
  EXPECT_EQ(outside.look().learningRate, 0.1);
  EXPECT_EQ(outside.answer().number, 0);

  outside.send("learning_rate", 0.01);
  EXPECT_EQ(outside.answer().state, "requested");
  ASSERT_EQ(training.lines().size(), 1U);
  EXPECT_EQ(training.lines()[0]["session"], "s1");
  EXPECT_EQ(training.lines()[0]["command"], "learning_rate");
  EXPECT_EQ(training.lines()[0]["value"], 0.01);
  training.answer("running", "");
  this->look(outside);
  EXPECT_EQ(outside.answer().state, "running");
  training.answer("failed", "it does not like it");
  this->look(outside);
  EXPECT_EQ(outside.answer().state, "failed");
  EXPECT_EQ(outside.answer().reason, "it does not like it");

  outside.send("stop");
  EXPECT_EQ(outside.answer().state, "failed") << "it is not offered";
  EXPECT_EQ(training.lines().size(), 1U);
  outside.send("pause");
  EXPECT_EQ(training.lines().size(), 2U);
  EXPECT_NE(training.lines()[0]["id"], training.lines()[1]["id"]);
  EXPECT_EQ(outside.answer().number, 3);
}

TEST_F(OutsideTrainingTest, KilledTraining)
{
  Training training(this->run);
  OutsideTraining outside;
  outside.setRun(this->run);
  outside.send("pause");
  EXPECT_EQ(outside.answer().state, "requested");
  training.die();
  EXPECT_EQ(this->look(outside).state, "lost");
  EXPECT_TRUE(outside.look().offers.empty());
  EXPECT_EQ(outside.answer().state, "failed");
  outside.send("resume");
  EXPECT_EQ(outside.answer().state, "failed");
  EXPECT_EQ(training.lines().size(), 1U);
}

TEST_F(OutsideTrainingTest, EndOfTraining)
{
  Training training(this->run);
  training.state["offers"] = nlohmann::json::array({ "stop" });
  training.tell(training.state.dump());
  OutsideTraining outside;
  outside.setRun(this->run);
  outside.send("stop");
  EXPECT_EQ(outside.answer().state, "requested");
  training.end();
  EXPECT_EQ(this->look(outside).state, "none");
  EXPECT_EQ(outside.answer().state, "done"); // what was asked for
  EXPECT_EQ(outside.look().step, 7);         // what it said last
  EXPECT_EQ(this->look(outside).message, "the training has ended");
}

TEST_F(OutsideTrainingTest, AnotherTrainingTakesItsPlace)
{
  Training training(this->run);
  OutsideTraining outside;
  outside.setRun(this->run);
  outside.send("pause");
  training.state["session"] = "s2";
  training.tell(training.state.dump());
  EXPECT_EQ(this->look(outside).session, "s2");
  EXPECT_EQ(outside.answer().state, "failed");
}

TEST_F(OutsideTrainingTest, FilesOfStrangers)
{
  Training training(this->run);
  const std::string whole = training.state.dump();
  const std::string bad[] = { "", "{", "[]", "null", "\xff\xfe", R"({"session": 1})",
    R"({"format": "tensorview-commands", "version": 2, "session": "s1"})",
    R"({"format": "other", "version": 1, "session": "s1"})", std::string(3 << 20, ' ') };
  for (const std::string& text : bad)
  {
    OutsideTraining outside;
    training.tell(text);
    outside.setRun(this->run);
    EXPECT_EQ(outside.look().state, "none") << text.substr(0, 60);
    EXPECT_FALSE(outside.look().lives());
  }
  for (std::size_t length = 0; length < whole.size(); ++length)
  {
    OutsideTraining outside;
    training.tell(whole.substr(0, length));
    outside.setRun(this->run);
    EXPECT_FALSE(outside.look().lives()) << length;
  }
  // Members of other types than they should have are as if they were not there.
  training.tell(R"({"format": "tensorview-commands", "version": 1, "session": "s1", "state": 3,
    "offers": [1, "pause"], "step": "many", "loss": [], "commands": {"id": 1}})");
  OutsideTraining outside;
  outside.setRun(this->run);
  EXPECT_TRUE(outside.look().lives());
  EXPECT_EQ(outside.look().offers, std::vector<std::string>{ "pause" });
  EXPECT_EQ(outside.look().step, 0);
  EXPECT_TRUE(std::isnan(outside.look().loss));
}

TEST_F(OutsideTrainingTest, LinksAndPipesAreNotOpened)
{
  {
    Training training(this->run);
    fs::rename(this->run + ".commands", this->folder / "elsewhere");
    fs::create_symlink(this->folder / "elsewhere", this->run + ".commands");
    OutsideTraining outside;
    outside.setRun(this->run);
    EXPECT_FALSE(outside.look().lives());
    outside.send("pause");
    EXPECT_EQ(outside.answer().state, "failed");
    EXPECT_EQ(fs::file_size(this->folder / "elsewhere"), 0U);
  }
  fs::remove(this->run + ".commands");
  ASSERT_EQ(::mkfifo((this->run + ".commands").c_str(), 0600), 0);
  OutsideTraining outside;
  outside.setRun(this->run);
  EXPECT_FALSE(outside.look().lives()); // and returns
}
