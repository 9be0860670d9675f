#ifndef TENSORVIEW_TESTS_RECORDED_RUN_FIXTURE_H
#define TENSORVIEW_TESTS_RECORDED_RUN_FIXTURE_H

#include "../../core/readers/RunFixture.h"

#include "RunWriter.h"

#include <memory>
#include <string>
#include <vector>

class vtkAlgorithm;
class vtkImageData;

namespace tensorview::testing
{

/// Steps 1 to 20 of smallLayout() and snapshots at 0, 10 and 20, an evaluation and an edit.
class RecordedRunTest : public RunFileTest
{
protected:
  std::unique_ptr<RunWriter> begin(const std::string& name, const RunLayout& layout);
  void append(RunWriter& writer, const RunLayout& layout, std::int64_t step);
  /// A finished run. @return its path
  std::string record(const std::string& name = "run.tvr");
};

/// Updates a port and returns the messages of the algorithm and its executive ("" = none).
std::string updateAndListen(vtkAlgorithm* algorithm, int port = 0);

/// The values of tensor `index` in the reader's output; nullptr if it holds none.
vtkImageData* imageOf(vtkAlgorithm* reader, unsigned int index);
/// Its first value; NaN if it holds none.
float firstValue(vtkAlgorithm* reader, unsigned int index);
/// Which tensors hold values, one letter each: "x" or "-".
std::string present(vtkAlgorithm* reader);

/// Asks for another time, as a time slider does.
void setTime(vtkAlgorithm* algorithm, double time, int port = 0);

} // namespace tensorview::testing

#endif
