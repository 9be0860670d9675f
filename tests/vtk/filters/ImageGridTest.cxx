#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkImageData.h"
#include "vtkImageGrid.h"
#include "vtkInformation.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace
{
class ImageGrid : public ::testing::Test
{
protected:
  void SetUp() override { this->Grid->SetInputConnection(this->Source->GetOutputPort()); }
  double Value(int x, int y)
  {
    vtkImageData* image = vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(0));
    return image->GetCellData()->GetScalars()->GetTuple1(y * (image->GetDimensions()[0] - 1) + x);
  }

  vtkNew<NetworkSource> Source;
  vtkNew<vtkImageGrid> Grid;
};
}

TEST_F(ImageGrid, ShowsTheActivationsUpright)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 1, 1 }, Counting(4));
  this->Source->AddTensor("conv1", "activation", { 4, 1, 2, 2 }, Counting(16));
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  auto* image = vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(0));
  EXPECT_STREQ(image->GetCellData()->GetScalars()->GetName(), "activation");
  EXPECT_EQ(image->GetNumberOfCells(), 25); // pitch 3
  EXPECT_EQ(this->Value(0, 1), 0.0);        // first row on top
  EXPECT_EQ(this->Value(1, 1), 1.0);
  EXPECT_EQ(this->Value(0, 0), 2.0);
  EXPECT_EQ(this->Value(3, 1), 4.0); // slot 1
  EXPECT_EQ(this->Value(0, 4), 8.0); // slot 2, above
  double range[2];
  image->GetCellData()->GetScalars()->GetFiniteRange(range);
  EXPECT_EQ(range[0], 0.0);
  EXPECT_EQ(range[1], 15.0);
}

TEST_F(ImageGrid, NormalizesAWindowOrTheLayer)
{
  this->Source->AddTensor("conv1", "activation", { 2, 1, 1, 2 }, { 0, 2, 10, 20 });
  this->Grid->SetNormalization(vtkImageGrid::NORMALIZE_WINDOW);
  this->Grid->Update();
  EXPECT_EQ(this->Value(1, 0), 1.0);
  EXPECT_EQ(this->Value(3, 0), 0.0);
  EXPECT_EQ(this->Value(4, 0), 1.0);
  this->Grid->SetNormalization(vtkImageGrid::NORMALIZE_LAYER);
  this->Grid->Update();
  EXPECT_FLOAT_EQ(static_cast<float>(this->Value(1, 0)), 0.1F);
  EXPECT_FLOAT_EQ(static_cast<float>(this->Value(3, 0)), 0.5F);
}

TEST_F(ImageGrid, FiltersThatGrewStandInNewRows)
{
  this->Source->AddTensor("conv1", "activation", { 5, 1, 1, 1 }, Counting(5, 1.0F));
  auto& slots = this->Source->Provider->Model.layers[0].slots;
  slots[4].bornStep = 100; // began with four filters: two columns
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  auto* image = vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(0));
  EXPECT_EQ(image->GetDimensions()[0], 4); // points: three pixels
  EXPECT_EQ(image->GetDimensions()[1], 6);
  EXPECT_EQ(this->Value(0, 4), 4.0);
  EXPECT_EQ(this->Value(2, 4), -std::numeric_limits<double>::infinity());
}

TEST_F(ImageGrid, AWholeLayerOfNotANumberIsDrawn)
{
  this->Source->AddTensor("conv1", "activation", { 1, 1, 1, 2 },
    { std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::quiet_NaN() });
  for (const int mode :
    { vtkImageGrid::NORMALIZE_NONE, vtkImageGrid::NORMALIZE_WINDOW, vtkImageGrid::NORMALIZE_LAYER })
  {
    this->Grid->SetNormalization(mode);
    ASSERT_EQ(UpdateAndListen(this->Grid), "");
    EXPECT_TRUE(std::isnan(this->Value(0, 0)));
  }
}

TEST_F(ImageGrid, InfinityIsNoValueAndABudgetOfNothingDrawsNothing)
{
  this->Source->AddTensor(
    "conv1", "activation", { 2, 1, 1, 2 }, { 1, std::numeric_limits<float>::infinity(), 2, 3 });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_TRUE(std::isnan(this->Value(1, 0)));
  auto* image = vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(0));
  double range[2];
  image->GetCellData()->GetScalars()->GetFiniteRange(range);
  EXPECT_EQ(range[1], 3.0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("1 values"), std::string::npos);

  this->Grid->SetMaximumPixels(0);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(image->GetNumberOfCells(), 0);
}

TEST_F(ImageGrid, SumsRecordedSnapshots)
{
  this->Source->AddTensor("conv1", "activation", { 3, 1, 1, 1 }, { 1, 2, 3 });
  const tensorview::TensorValues first = this->Source->Tensors[0];
  auto& snapshots = this->Source->Provider->Snapshots;
  snapshots[0] = { first };
  snapshots[10] = { Select(first, { 0, 2 }) }; // slot 1 was not there
  snapshots[20] = {};                          // recorded without activations
  snapshots[30] = { first };
  snapshots[40] = { first };
  this->Source->Step = 30.0;
  this->Grid->SetAccumulateSnapshots(3);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Value(0, 0), 3.0);
  EXPECT_EQ(this->Value(2, 0), 4.0);
  EXPECT_EQ(this->Value(0, 2), 9.0);
  EXPECT_STREQ(this->Grid->GetNote(), "");
  double range[2];
  vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(0))
    ->GetCellData()
    ->GetScalars()
    ->GetFiniteRange(range);
  EXPECT_EQ(range[1], 9.0);

  this->Source->Step = 10.0;
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Value(0, 0), 2.0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("Only 2 of 3"), std::string::npos);
}

TEST_F(ImageGrid, SumsWhatALiveSourceShowed)
{
  this->Source->AddTensor("conv1", "activation", { 1, 1, 1, 2 }, { 1, 10 });
  this->Grid->SetAccumulateSnapshots(2);
  const auto show = [this](double step)
  {
    this->Source->Step = step;
    this->Source->Modified();
    EXPECT_EQ(UpdateAndListen(this->Grid), "");
    return this->Value(1, 0);
  };
  EXPECT_EQ(show(1), 10.0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("Only 1 of 2"), std::string::npos);
  EXPECT_EQ(show(2), 20.0);
  EXPECT_EQ(show(2), 20.0); // the same step again
  EXPECT_EQ(show(3), 20.0); // of two snapshots
  EXPECT_EQ(show(0), 10.0); // a new training
}

TEST_F(ImageGrid, LargeMapsAreDrawnCoarser)
{
  this->Source->AddTensor("conv1", "activation", { 1, 1, 8, 8 }, Counting(64));
  this->Grid->SetMaximumPixels(16);
  this->Grid->SetAggregate(vtkImageGrid::AGGREGATE_MEAN);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Value(0, 3), (0.0 + 1.0 + 8.0 + 9.0) / 4.0); // upper left
  EXPECT_NE(std::string(this->Grid->GetNote()).find("2 x 2 values of a window"), std::string::npos);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("mean"), std::string::npos);
  this->Grid->SetFocus("0");
  this->Grid->SetMaximumPixels(63);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(1))->GetNumberOfCells(), 0);
}

TEST_F(ImageGrid, MoreFiltersThanPixelsAreNotDrawnAndSaySo)
{
  this->Source->AddTensor("fc1", "activation", { 50, 1, 1, 1 }, Counting(50));
  this->Grid->SetMaximumPixels(10);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(0))->GetNumberOfCells(), 0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("50 filters, more than MaximumPixels (10)"),
    std::string::npos);
}
