#include "vtkTensorRunReader.h"

#include "RecordedRunFixture.h"
#include "vtkImageGrid.h"
#include "vtkPCCGrouping.h"
#include "vtkTensorCollection.h"
#include "vtkWeightGrid.h"

#include "vtkDataArray.h"
#include "vtkFieldData.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPassInputTypeAlgorithm.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"
#include "vtkVariant.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <thread>

using namespace tensorview::testing;

namespace
{
using Pipeline = vtkStreamingDemandDrivenPipeline;

constexpr unsigned int convWeight = 0;
constexpr unsigned int activation = 3;
constexpr unsigned int denseWeight = 4;

class TensorRunReader : public RecordedRunTest
{
protected:
  vtkNew<vtkTensorRunReader> reader;

  vtkTable* table(int port)
  {
    return vtkTable::SafeDownCast(this->reader->GetOutputDataObject(port));
  }
};

/// A port as one of two ranks asks for it.
void updatePiece(vtkAlgorithm* algorithm, int port, int piece)
{
  algorithm->UpdateInformation();
  vtkInformation* info = algorithm->GetOutputInformation(port);
  info->Set(Pipeline::UPDATE_PIECE_NUMBER(), piece);
  info->Set(Pipeline::UPDATE_NUMBER_OF_PIECES(), 2);
  algorithm->Update(port);
}

std::vector<double> timesOf(vtkAlgorithm* algorithm, int port = 0)
{
  vtkInformation* info = algorithm->GetOutputInformation(port);
  const double* times = info->Get(Pipeline::TIME_STEPS());
  return { times, times + info->Length(Pipeline::TIME_STEPS()) };
}
}

TEST_F(TensorRunReader, OffersTheModelOfTheRun)
{
  this->reader->SetFileName(this->record().c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  auto* output =
    vtkPartitionedDataSetCollection::SafeDownCast(this->reader->GetOutputDataObject(0));
  const auto entries = vtkTensorCollection::List(output);
  ASSERT_EQ(entries.size(), 5U);
  EXPECT_EQ(entries[0].layer + "/" + entries[0].kind, "conv1/weight");
  EXPECT_EQ(entries[4].layer + "/" + entries[4].kind, "fc1/weight");
  EXPECT_EQ(entries[4].shape, (tensorview::TensorShape{ 3, 4, 2, 2 }));
  vtkTensorCollection::Part part;
  ASSERT_TRUE(vtkTensorCollection::Read(entries[4].parts.front(), part));
  for (std::int64_t i = 0; i < 48; ++i)
  {
    ASSERT_EQ(part.values.data.get()[i], tensorValue(0, denseWeight, i)) << i;
  }
}

TEST_F(TensorRunReader, TimeStepsAreTheSnapshots)
{
  this->reader->SetFileName(this->record().c_str());
  this->reader->UpdateInformation();
  EXPECT_EQ(timesOf(this->reader), (std::vector<double>{ 0.0, 10.0, 20.0 }));
  const double* range = this->reader->GetOutputInformation(0)->Get(Pipeline::TIME_RANGE());
  EXPECT_EQ(range[0], 0.0);
  EXPECT_EQ(range[1], 20.0);
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 0);
}

TEST_F(TensorRunReader, ATimeGivesTheSnapshotAtOrBefore)
{
  this->reader->SetFileName(this->record().c_str());
  const std::pair<double, int> cases[] = { { 0.0, 0 }, { 9.9, 0 }, { 10.0, 10 }, { 14.0, 10 },
    { 20.0, 20 }, { 1e9, 20 }, { -5.0, 0 } };
  for (const auto& [time, step] : cases)
  {
    setTime(this->reader, time);
    ASSERT_EQ(updateAndListen(this->reader), "");
    EXPECT_EQ(firstValue(this->reader, convWeight), tensorValue(step, convWeight, 0)) << time;
    EXPECT_EQ(
      this->reader->GetOutputDataObject(0)->GetInformation()->Get(vtkDataObject::DATA_TIME_STEP()),
      step);
  }
}

TEST_F(TensorRunReader, TablesArePlottableAndKnowNoTime)
{
  this->reader->SetFileName(this->record().c_str());
  for (int port = 1; port < 4; ++port)
  {
    ASSERT_EQ(updateAndListen(this->reader, port), "");
    EXPECT_FALSE(this->reader->GetOutputInformation(port)->Has(Pipeline::TIME_STEPS()));
  }
  ASSERT_EQ(this->table(1)->GetNumberOfRows(), 20);
  EXPECT_STREQ(this->table(1)->GetColumnName(0), "Time");
  EXPECT_EQ(this->table(1)->GetValueByName(0, "Time").ToDouble(), 1.0);
  EXPECT_EQ(this->table(1)->GetValueByName(19, "loss").ToFloat(), metricValue(20, 0));
  ASSERT_EQ(this->table(2)->GetNumberOfRows(), 1);
  EXPECT_EQ(this->table(2)->GetValueByName(0, "validation_accuracy").ToFloat(), 0.75F);
  ASSERT_EQ(this->table(3)->GetNumberOfRows(), 1);
  EXPECT_NE(this->table(3)->GetValueByName(0, "edit").ToString().find("freeze"), std::string::npos);
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 0); // a chart needs no tensor
}

TEST_F(TensorRunReader, ReadsOnlyWhatIsSelected)
{
  this->reader->SetFileName(this->record().c_str());
  this->reader->UpdateInformation();
  ASSERT_EQ(this->reader->GetNumberOfTensorArrays(), 5);
  EXPECT_STREQ(this->reader->GetTensorArrayName(3), "conv1/activation");
  EXPECT_EQ(this->reader->GetTensorArrayName(5), nullptr);
  EXPECT_EQ(this->reader->GetTensorArrayName(-1), nullptr);
  for (const char* name : { "conv1/weight", "conv1/bias", "conv1/weight_gradient" })
  {
    EXPECT_EQ(this->reader->GetTensorArrayStatus(name), 1);
    this->reader->SetTensorArrayStatus(name, 0);
    EXPECT_EQ(this->reader->GetTensorArrayStatus(name), 0);
  }
  this->reader->Update();
  EXPECT_EQ(present(this->reader), "---xx");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 2);
  this->reader->SetTensorArrayStatus("conv1/bias", 1);
  this->reader->Update();
  EXPECT_EQ(present(this->reader), "-x-xx");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 3); // the others were still there
}

TEST_F(TensorRunReader, AChoiceMadeBeforeTheRunIsOpenHolds)
{
  this->reader->SetTensorArrayStatus("fc1/weight", 0);
  this->reader->SetTensorArrayStatus("of another run", 0);
  this->reader->SetFileName(this->record().c_str());
  this->reader->Update();
  EXPECT_EQ(present(this->reader), "xxxx-");
  EXPECT_EQ(this->reader->GetNumberOfTensorArrays(), 5);
}

TEST_F(TensorRunReader, FiltersGetTheirTensorAndTheRestIsNotRead)
{
  this->reader->SetFileName(this->record().c_str());
  vtkNew<vtkWeightGrid> weights;
  weights->SetInputConnection(this->reader->GetOutputPort());
  ASSERT_EQ(updateAndListen(weights), "");
  EXPECT_EQ(present(this->reader), "x----");
  vtkNew<vtkImageGrid> images;
  images->SetInputConnection(this->reader->GetOutputPort());
  ASSERT_EQ(updateAndListen(images), "");
  EXPECT_EQ(present(this->reader), "x--x-"); // what is at hand stays
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 2);

  const vtkMTimeType before = weights->GetOutputDataObject(0)->GetMTime();
  weights->Update();
  images->Update();
  EXPECT_EQ(weights->GetOutputDataObject(0)->GetMTime(), before); // and nobody runs again
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 2);

  weights->SetLayer("fc1");
  ASSERT_EQ(updateAndListen(weights), "");
  EXPECT_EQ(present(this->reader), "x--xx");

  setTime(weights, 10.0);
  ASSERT_EQ(updateAndListen(weights), "");
  EXPECT_EQ(present(this->reader), "----x");
  setTime(images, 10.0);
  ASSERT_EQ(updateAndListen(images), "");
  EXPECT_EQ(present(this->reader), "---xx");
}

TEST_F(TensorRunReader, WhoAsksForNothingGetsEverything)
{
  this->reader->SetFileName(this->record().c_str());
  vtkNew<vtkWeightGrid> weights;
  weights->SetInputConnection(this->reader->GetOutputPort());
  weights->Update();
  EXPECT_EQ(present(this->reader), "x----");
  this->reader->Update();
  EXPECT_EQ(present(this->reader), "xxxxx");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 5);
  weights->SetLayer("fc1");
  weights->Update();
  EXPECT_EQ(present(this->reader), "xxxxx");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 5);
}

TEST_F(TensorRunReader, RequestsPassThroughGroupings)
{
  this->reader->SetFileName(this->record().c_str());
  vtkNew<vtkPCCGrouping> grouping;
  grouping->SetInputConnection(this->reader->GetOutputPort());
  vtkNew<vtkWeightGrid> weights;
  weights->SetInputConnection(grouping->GetOutputPort());
  ASSERT_EQ(updateAndListen(weights), "");
  EXPECT_GT(vtkPolyData::SafeDownCast(weights->GetOutputDataObject(0))->GetNumberOfCells(), 0);
  EXPECT_EQ(present(this->reader), "x--x-");
  grouping->Update(); // for nobody in particular
  EXPECT_EQ(present(this->reader), "xxxxx");
}

TEST_F(TensorRunReader, DoesNotRunAgainWithoutAChange)
{
  const std::string path = this->record();
  this->reader->SetFileName(path.c_str());
  this->reader->Update();
  this->reader->Update(1);
  const vtkMTimeType tensors = this->reader->GetOutputDataObject(0)->GetUpdateTime();
  const vtkMTimeType tables = this->reader->GetOutputDataObject(1)->GetUpdateTime();
  this->reader->SetFileName(path.c_str());
  this->reader->SetFollow(0);
  this->reader->SetBranch("");
  this->reader->SetRefreshToken(0);
  this->reader->SetTensorArrayStatus("conv1/weight", 1);
  this->reader->Update();
  this->reader->Update(1);
  EXPECT_EQ(this->reader->GetOutputDataObject(0)->GetUpdateTime(), tensors);
  setTime(this->reader, 10.0);
  this->reader->Update();
  this->reader->Update(1);
  EXPECT_NE(this->reader->GetOutputDataObject(0)->GetUpdateTime(), tensors);
  EXPECT_EQ(this->reader->GetOutputDataObject(1)->GetUpdateTime(), tables);
}

TEST_F(TensorRunReader, RanksHaveContiguousRangesOfFilters)
{
  this->reader->SetFileName(this->record().c_str());
  std::vector<int> slots;
  for (int piece = 0; piece < 3; ++piece)
  {
    this->reader->UpdatePiece(piece, 3, 0);
    if (vtkImageData* image = imageOf(this->reader, convWeight))
    {
      vtkDataArray* slot = image->GetFieldData()->GetArray("Slot");
      for (vtkIdType i = 0; i < slot->GetNumberOfTuples(); ++i)
      {
        slots.push_back(static_cast<int>(slot->GetTuple1(i)));
      }
      EXPECT_EQ(firstValue(this->reader, convWeight),
        tensorValue(0, convWeight, 9 * static_cast<std::int64_t>(slot->GetTuple1(0))));
    }
  }
  EXPECT_EQ(slots, (std::vector<int>{ 0, 1, 2, 3 }));
}

TEST_F(TensorRunReader, TablesAreOnTheFirstRank)
{
  this->reader->SetFileName(this->record().c_str());
  for (int port = 1; port < 4; ++port)
  {
    updatePiece(this->reader, port, 0);
    const vtkIdType columns = this->table(port)->GetNumberOfColumns();
    EXPECT_GT(this->table(port)->GetNumberOfRows(), 0);
    updatePiece(this->reader, port, 1);
    EXPECT_EQ(this->table(port)->GetNumberOfColumns(), columns);
    EXPECT_EQ(this->table(port)->GetNumberOfRows(), 0);
  }
}

TEST_F(TensorRunReader, MoreRanksThanFilters)
{
  this->reader->SetFileName(this->record().c_str());
  int filters = 0;
  for (int piece = 0; piece < 9; ++piece)
  {
    this->reader->UpdatePiece(piece, 9, 0);
    vtkImageData* image = imageOf(this->reader, denseWeight);
    filters +=
      image ? static_cast<int>(image->GetFieldData()->GetArray("Slot")->GetNumberOfTuples()) : 0;
  }
  EXPECT_EQ(filters, 3);
}

TEST_F(TensorRunReader, RefreshTokenLooksForWhatAWriterAppended)
{
  const tensorview::RunLayout layout = smallLayout();
  auto writer = this->begin("run.tvr", layout);
  this->reader->SetFileName(this->file("run.tvr").c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(timesOf(this->reader), std::vector<double>{ 0.0 });
  this->append(*writer, layout, 10);
  this->reader->Update();
  EXPECT_EQ(timesOf(this->reader), std::vector<double>{ 0.0 });
  this->reader->SetRefreshToken(1);
  this->reader->Update();
  EXPECT_EQ(timesOf(this->reader), (std::vector<double>{ 0.0, 10.0 }));
  EXPECT_EQ(firstValue(this->reader, convWeight), tensorValue(0, convWeight, 0)); // no time asked
  this->reader->Update(1);
  EXPECT_EQ(this->table(1)->GetNumberOfRows(), 10);
}

TEST_F(TensorRunReader, FollowShowsTheNewest)
{
  const tensorview::RunLayout layout = smallLayout();
  auto writer = this->begin("run.tvr", layout);
  this->append(*writer, layout, 10);
  this->reader->SetFileName(this->file("run.tvr").c_str());
  this->reader->SetFollow(1);
  setTime(this->reader, 0.0);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(firstValue(this->reader, convWeight), tensorValue(10, convWeight, 0));
  this->append(*writer, layout, 20);
  bool asked = false;
  for (int i = 0; i < 100 && !asked; ++i) // it looks at most once a second
  {
    asked = this->reader->GetNeedsUpdate();
    std::this_thread::sleep_for(std::chrono::milliseconds(asked ? 0 : 50));
  }
  ASSERT_TRUE(asked);
  EXPECT_FALSE(this->reader->GetNeedsUpdate());
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(firstValue(this->reader, convWeight), tensorValue(20, convWeight, 0));
  EXPECT_EQ(timesOf(this->reader).size(), 3U);
}

TEST_F(TensorRunReader, NeedsNoUpdateUnlessItFollows)
{
  EXPECT_FALSE(this->reader->GetNeedsUpdate());
  this->reader->SetFollow(1);
  EXPECT_FALSE(this->reader->GetNeedsUpdate()); // nothing is open
  this->reader->SetFollow(0);
  this->reader->SetFileName(this->record().c_str());
  this->reader->Update();
  EXPECT_FALSE(this->reader->GetNeedsUpdate());
}

TEST_F(TensorRunReader, ARunWithoutSnapshotsYetIsListed)
{
  const tensorview::RunLayout layout = smallLayout();
  auto writer = tensorview::RunWriter::create(this->file("run.tvr"), layout);
  writer->flush();
  this->reader->SetFileName(this->file("run.tvr").c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "-----");
  ASSERT_EQ(updateAndListen(this->reader, 1), "");
  EXPECT_EQ(this->table(1)->GetNumberOfRows(), 0);
  EXPECT_EQ(this->table(1)->GetNumberOfColumns(), 5);
  vtkNew<vtkWeightGrid> weights;
  weights->SetInputConnection(this->reader->GetOutputPort());
  EXPECT_EQ(updateAndListen(weights), "");
}

TEST_F(TensorRunReader, BranchesAreNamed)
{
  this->reader->SetFileName(this->record().c_str());
  this->reader->Update();
  ASSERT_EQ(this->reader->GetBranches()->GetNumberOfValues(), 1);
  EXPECT_EQ(this->reader->GetBranches()->GetValue(0), "run.tvr");
}

TEST_F(TensorRunReader, PrintsItself)
{
  this->reader->SetFileName(this->record().c_str());
  this->reader->Update();
  std::ostringstream text;
  this->reader->Print(text);
  EXPECT_NE(text.str().find("FileName: " + this->file("run.tvr")), std::string::npos);
  EXPECT_NE(text.str().find("Snapshots: 3"), std::string::npos);
}
