#include "ChildProcess.h"
#include "RecordedRun.h"
#include "RunWriter.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

namespace tensorview
{
namespace
{

using namespace testing;

class RunFullDiskTest : public RunFileTest
{
};

TEST_F(RunFullDiskTest, RecordingStopsWithAMessageAtAFileSizeLimit)
{
  // Sizes that end in the middle of different data sets.
  for (const rlim_t size : { 2'000'000, 3'333'333, 5'000'001, 8'191'000, 12'345'678 })
  {
    const std::string path = this->file("run" + std::to_string(size) + ".tvr");
    EXPECT_EQ(inChild(
                [&]
                {
                  const rlimit limit = { size, size };
                  std::signal(SIGXFSZ, SIG_IGN);
                  ::setrlimit(RLIMIT_FSIZE, &limit);
                  return recordUntilStopped(path, std::strerror(EFBIG));
                }),
      "")
      << size;
  }
}

TEST_F(RunFullDiskTest, AFileThatDoesNotFitAtAllIsRefused)
{
  const std::string path = this->file("run.tvr");
  const std::string problem = inChild(
    [&]
    {
      const rlimit limit = { 2000, 2000 };
      std::signal(SIGXFSZ, SIG_IGN);
      ::setrlimit(RLIMIT_FSIZE, &limit);
      RunWriter::create(path, smallLayout());
      return std::string("made");
    });
  EXPECT_NE(problem.find("cannot create the run file " + path), std::string::npos) << problem;
  EXPECT_NE(problem.find(std::strerror(EFBIG)), std::string::npos) << problem;
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(RunFullDiskTest, RecordingStopsWithAMessageOnAFullDisk)
{
  const std::string disk = this->file("disk");
  std::filesystem::create_directory(disk);
  const std::string noMount = "no mount";
  for (const char* size : { "size=3000k", "size=4321k", "size=9000k" })
  {
    const std::string problem = inChild(
      [&]
      {
        // A disk that only this child sees.
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", disk.c_str(), "tmpfs", 0, size) != 0)
        {
          return noMount;
        }
        return recordUntilStopped(disk + "/run.tvr", std::strerror(ENOSPC));
      });
    if (problem == noMount)
    {
      GTEST_SKIP() << "a small file system cannot be mounted here; the file size limit is tested";
    }
    EXPECT_EQ(problem, "") << size;
  }
}

} // namespace
} // namespace tensorview
