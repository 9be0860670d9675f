#ifndef TENSORVIEW_TESTS_RUN_FIXTURE_H
#define TENSORVIEW_TESTS_RUN_FIXTURE_H

#include "RunLayout.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

/// A small network and values that can be computed anew when a file is read back.
namespace tensorview::testing
{

/// A test with an empty folder of its own.
class RunFileTest : public ::testing::Test
{
protected:
  void SetUp() override;
  void TearDown() override;
  std::string file(const std::string& name) const { return (this->folder_ / name).string(); }
  const std::filesystem::path& folder() const { return this->folder_; }

private:
  std::filesystem::path folder_;
};

/// Two layers: conv1 [4, 1, 3, 3], fc1 [3, 4, 2, 2] fed by conv1; weights, a bias, gradients, an
/// activation [4, 1, 5, 5] and a probe [3, 1, 1, 7].
RunLayout smallLayout();

/// A value that tells step, tensor and element apart; exact in float for small arguments.
float tensorValue(std::int64_t step, std::size_t tensor, std::int64_t element);

/// The tensors of a snapshot of `layout`, and pointers to them.
struct SnapshotBuffers
{
  std::vector<std::vector<float>> tensors;
  std::vector<std::vector<float>> probe;
  std::vector<const float*> tensorPointers() const;
  std::vector<const float*> probePointers() const;
};
SnapshotBuffers snapshotOf(const RunLayout& layout, std::int64_t step);

/// Rows of steps [first, first + count) of `layout`; every value follows from step and column.
StepBlock stepsOf(const RunLayout& layout, std::int64_t first, std::int64_t count);
FilterBlock filtersOf(const RunLayout& layout, std::int64_t step);

float metricValue(std::int64_t step, std::size_t column);
float trackedValue(std::int64_t step, std::size_t column);

/// Message of the RunFileError that `action` throws; empty if it throws none.
template <typename Action>
std::string runFileErrorOf(Action&& action)
{
  try
  {
    action();
  }
  catch (const RunFileError& error)
  {
    return error.what();
  }
  return {};
}

/// The whole content of a file.
std::string contentOf(const std::string& path);
void writeFile(const std::string& path, const std::string& content);

} // namespace tensorview::testing

#endif
