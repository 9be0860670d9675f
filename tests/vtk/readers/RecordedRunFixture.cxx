#include "RecordedRunFixture.h"

#include "vtkTensorRunReader.h"

#include "vtkCallbackCommand.h"
#include "vtkCommand.h"
#include "vtkDataArray.h"
#include "vtkExecutive.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <limits>

namespace tensorview::testing
{

std::unique_ptr<RunWriter> RecordedRunTest::begin(const std::string& name, const RunLayout& layout)
{
  auto writer = RunWriter::create(this->file(name), layout);
  const SnapshotBuffers buffers = snapshotOf(layout, 0);
  writer->appendSnapshot(0, 0.0, buffers.tensorPointers(), buffers.probePointers());
  writer->flush();
  return writer;
}

void RecordedRunTest::append(RunWriter& writer, const RunLayout& layout, std::int64_t step)
{
  writer.appendSteps(stepsOf(layout, step - 9, 10));
  const SnapshotBuffers buffers = snapshotOf(layout, step);
  writer.appendSnapshot(
    step, static_cast<double>(step) / 20.0, buffers.tensorPointers(), buffers.probePointers());
  writer.flush();
}

std::string RecordedRunTest::record(const std::string& name)
{
  const RunLayout layout = smallLayout();
  auto writer = this->begin(name, layout);
  this->append(*writer, layout, 10);
  this->append(*writer, layout, 20);
  Evaluation evaluation;
  evaluation.step = 20;
  evaluation.epoch = 1.0;
  evaluation.loss = 0.5F;
  evaluation.accuracy = 0.75F;
  evaluation.predicted = { 0, 1, 1, 0, 1, 0 };
  writer->appendEvaluation(evaluation);
  writer->appendJsonLine("edits", R"({"step":15,"edit":"freeze"})");
  writer->close();
  return this->file(name);
}

std::string updateAndListen(vtkAlgorithm* algorithm, int port)
{
  std::string messages;
  vtkNew<vtkCallbackCommand> listener;
  listener->SetClientData(&messages);
  listener->SetCallback([](vtkObject*, unsigned long, void* to, void* text)
    { *static_cast<std::string*>(to) += static_cast<const char*>(text); });
  const unsigned long errors = algorithm->AddObserver(vtkCommand::ErrorEvent, listener);
  const unsigned long warnings = algorithm->AddObserver(vtkCommand::WarningEvent, listener);
  vtkExecutive* executive = algorithm->GetExecutive();
  const unsigned long others = executive->AddObserver(vtkCommand::ErrorEvent, listener);
  algorithm->Update(port);
  algorithm->RemoveObserver(errors);
  algorithm->RemoveObserver(warnings);
  executive->RemoveObserver(others);
  return messages;
}

vtkImageData* imageOf(vtkAlgorithm* reader, unsigned int index)
{
  auto* output = vtkPartitionedDataSetCollection::SafeDownCast(reader->GetOutputDataObject(0));
  return output && index < output->GetNumberOfPartitionedDataSets()
           ? vtkImageData::SafeDownCast(output->GetPartition(index, 0))
           : nullptr;
}

float firstValue(vtkAlgorithm* reader, unsigned int index)
{
  vtkImageData* image = imageOf(reader, index);
  return image ? static_cast<float>(image->GetPointData()->GetScalars()->GetTuple1(0))
               : std::numeric_limits<float>::quiet_NaN();
}

std::string present(vtkAlgorithm* reader)
{
  std::string letters;
  auto* output = vtkPartitionedDataSetCollection::SafeDownCast(reader->GetOutputDataObject(0));
  for (unsigned int i = 0; i < output->GetNumberOfPartitionedDataSets(); ++i)
  {
    letters += imageOf(reader, i) ? 'x' : '-';
  }
  return letters;
}

void setTime(vtkAlgorithm* algorithm, double time, int port)
{
  algorithm->UpdateInformation();
  algorithm->GetOutputInformation(port)->Set(
    vtkStreamingDemandDrivenPipeline::UPDATE_TIME_STEP(), time);
}

} // namespace tensorview::testing
