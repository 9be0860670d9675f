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
