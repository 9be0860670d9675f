// A disk that fails in the middle: HDF5's own driver, on which ours build, is made to.

#include "ChildProcess.h"
#include "PosixDriver.h"
#include "RecordedRun.h"
#include "RunReader.h"
#include "RunWriter.h"

#include <cerrno>
#include <cstring>

namespace tensorview
{
namespace
{

using namespace testing;

/// What happens from the `after`-th call on, of writes or of reads.
struct Fault
{
  int after = -1; ///< -1 = never
  int error = EIO;
  /// Half of the bytes still get through; of writes only where the file grows: what is there
  /// already has its place on the disk.
  bool torn = false;
  bool once = false;
  int calls = 0;

  bool strikes()
  {
    ++this->calls;
    return this->after >= 0 &&
           (this->once ? this->calls == this->after : this->calls >= this->after);
  }
};

Fault writeFault;
Fault readFault;
H5FD_class_t healthy;

herr_t failingWrite(
  H5FD_t* file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void* buffer)
{
  if (!writeFault.strikes())
  {
    return healthy.write(file, type, transfer, address, size, buffer);
  }
  if (writeFault.torn && address + size > healthy.get_eof(file, type))
  {
    healthy.write(file, type, transfer, address, size / 2, buffer);
  }
  errno = writeFault.error;
  return -1;
}

herr_t failingRead(
  H5FD_t* file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void* buffer)
{
  if (!readFault.strikes())
  {
    return healthy.read(file, type, transfer, address, size, buffer);
  }
  if (readFault.torn)
  {
    healthy.read(file, type, transfer, address, size / 2, buffer);
  }
  errno = readFault.error;
  return -1;
}

/// HDF5 keeps the functions of a driver in memory of its own; ours ask for them at every call.
void makeDriverFail()
{
  auto* const driver = const_cast<H5FD_class_t*>(posixDriver());
  healthy = *driver;
  driver->write = failingWrite;
  driver->read = failingRead;
}

/// recordUntilStopped() onto a disk with that fault.
std::string recordOnto(const std::string& path, const Fault& fault)
{
  makeDriverFail();
  return recordUntilStopped(path, std::strerror(fault.error), [&] { writeFault = fault; });
}

class RunFaultTest : public RunFileTest
{
};

TEST_F(RunFaultTest, WhatWasFlushedIsWholeWhicheverWriteFails)
{
  for (const int error : { EIO, ENOSPC, EDQUOT })
  {
    for (const bool torn : { false, true })
    {
      for (int after = 1; after < 400; after += 37)
      {
        const std::string path =
          this->file(std::to_string(error) + (torn ? "torn" : "") + std::to_string(after) + ".tvr");
        Fault fault;
        fault.after = after;
        fault.error = error;
        fault.torn = torn;
        EXPECT_EQ(inChild([&] { return recordOnto(path, fault); }), "")
          << std::strerror(error) << " at write " << after << (torn ? ", torn" : "");
        std::filesystem::remove(path);
      }
    }
  }
}

TEST_F(RunFaultTest, AFileThatCannotBeMadeIsRefusedAndLeavesNothing)
{
  for (int after = 1; after < 6; ++after)
  {
    const std::string path = this->file("run" + std::to_string(after) + ".tvr");
    const std::string problem = inChild(
      [&]
      {
        makeDriverFail();
        writeFault.after = after;
        RunWriter::create(path, endlessLayout());
        return std::string("made");
      });
    EXPECT_NE(problem.find(path), std::string::npos) << problem;
    EXPECT_NE(problem.find(std::strerror(EIO)), std::string::npos) << problem;
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  }
}

TEST_F(RunFaultTest, AReadThatFailsIsToldAndTheNextOneWorks)
{
  const std::string path = this->file("run.tvr");
  const RunLayout layout = endlessLayout();
  {
    const auto writer = RunWriter::create(path, layout);
    for (std::int64_t portion = 0; portion < 3; ++portion)
    {
      appendPortion(*writer, layout, portion);
    }
    writer->close();
  }
  EXPECT_EQ(inChild(
              [&]() -> std::string
              {
                makeDriverFail();
                int refusals = 0;
                for (int after = 1; after < 300; after += 7)
                {
                  readFault = {};
                  readFault.after = after;
                  readFault.once = true;
                  readFault.torn = after % 2 == 0;
                  std::unique_ptr<RunReader> reader;
                  const auto readAll = [&]
                  {
                    reader = reader ? std::move(reader) : RunReader::open(path);
                    const std::string problem = problemIn(*reader, 3);
                    if (!problem.empty())
                    {
                      throw RunFileError("wrong values: " + problem);
                    }
                  };
                  const std::string refusal = runFileErrorOf(readAll);
                  refusals += refusal.empty() ? 0 : 1;
                  if (refusal.find("wrong values") != std::string::npos)
                  {
                    return refusal;
                  }
                  readFault = {};
                  const std::string again = runFileErrorOf(readAll); // as from a healthy disk
                  if (!again.empty())
                  {
                    return "read " + std::to_string(after) + ": " + again;
                  }
                }
                return refusals > 0 ? "" : "no read failed";
              }),
    "");
}

} // namespace
} // namespace tensorview
