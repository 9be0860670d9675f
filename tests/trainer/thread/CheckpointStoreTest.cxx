#include "CheckpointStore.h"
#include "DurableFile.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

using namespace tensorview;
namespace fs = std::filesystem;

TEST(CheckpointStore, Names)
{
  const TemporaryFolder folder;
  EXPECT_EQ(checkpointName("a/run.tvr", 550), "run.checkpoint-00000550.pt");
  EXPECT_EQ(checkpointName("net.v2.tvr", 1), "net.v2.checkpoint-00000001.pt");
  writeFile(folder / "run.tvr", "x"); // run.0001.tvr is a later segment of it
  EXPECT_EQ(checkpointName(folder / "run.0001.tvr", 550), "run.checkpoint-00000550.pt");
}

TEST(CheckpointStore, KeepsTheNewest)
{
  const TemporaryFolder folder;
  CheckpointStore store(folder / "run.tvr", 2);
  for (const int step : { 10, 20, 30 })
  {
    EXPECT_EQ(store.write(step, std::to_string(step)), checkpointName("run.tvr", step));
  }
  EXPECT_FALSE(fs::exists(folder / "run.checkpoint-00000010.pt"));
  EXPECT_EQ(readWhole(folder / "run.checkpoint-00000020.pt"), "20");
  EXPECT_EQ(readWhole(folder / "run.checkpoint-00000030.pt"), "30");
  store.write(30, "again"); // replaces, and counts once
  EXPECT_TRUE(fs::exists(folder / "run.checkpoint-00000020.pt"));
  EXPECT_EQ(readWhole(folder / "run.checkpoint-00000030.pt"), "again");
}

TEST(CheckpointStore, RemovesAllOfItsRunOnly)
{
  const TemporaryFolder folder;
  for (const char* name : { "run.checkpoint-00000010.pt", "run2.checkpoint-00000010.pt",
         "run.checkpoint-mine.pt", "run.tvr" })
  {
    writeFile(folder / name, "x");
  }
  CheckpointStore(folder / "run.tvr").removeAll();
  EXPECT_FALSE(fs::exists(folder / "run.checkpoint-00000010.pt"));
  EXPECT_TRUE(fs::exists(folder / "run2.checkpoint-00000010.pt"));
  EXPECT_TRUE(fs::exists(folder / "run.checkpoint-mine.pt"));
  EXPECT_TRUE(fs::exists(folder / "run.tvr"));
}

TEST(DurableFile, AMissingFolderIsNamed)
{
  const TemporaryFolder folder;
  try
  {
    writeDurably(folder / "none/file", "x");
    FAIL();
  }
  catch (const std::runtime_error& error)
  {
    EXPECT_NE(std::string(error.what()).find("none/file"), std::string::npos);
  }
  EXPECT_THROW(readWhole(folder / "nothing"), std::runtime_error);
}

TEST(DurableFile, NothingHalfIsLeft)
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "taken"); // a folder cannot be replaced by a file
  EXPECT_THROW(writeDurably(folder / "taken", "x"), std::runtime_error);
  EXPECT_FALSE(fs::exists(folder / "taken.part"));
}
