#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkDataSetAttributes.h"
#include "vtkFieldData.h"
#include "vtkFloatArray.h"
#include "vtkIdTypeArray.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkPointData.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkWeightGrid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace
{
class WeightGrid : public ::testing::Test
{
protected:
  void SetUp() override { this->Grid->SetInputConnection(this->Source->GetOutputPort()); }

  vtkPolyData* Blocks() { return vtkPolyData::SafeDownCast(this->Grid->GetOutputDataObject(0)); }
  vtkImageData* Image() { return vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(1)); }
  vtkImageData* FocusImage()
  {
    return vtkImageData::SafeDownCast(this->Grid->GetOutputDataObject(2));
  }
  /// Middle of the six faces from cell 6 * box on.
  void Middle(vtkIdType box, double middle[3])
  {
    double bounds[6];
    double low[3] = { 1e9, 1e9, 1e9 };
    double high[3] = { -1e9, -1e9, -1e9 };
    for (vtkIdType face = 0; face < 6; ++face)
    {
      this->Blocks()->GetCellBounds(6 * box + face, bounds);
      for (int axis = 0; axis < 3; ++axis)
      {
        low[axis] = std::min(low[axis], bounds[2 * axis]);
        high[axis] = std::max(high[axis], bounds[2 * axis + 1]);
      }
    }
    for (int axis = 0; axis < 3; ++axis)
    {
      middle[axis] = 0.5 * (low[axis] + high[axis]);
    }
  }

  vtkNew<NetworkSource> Source;
  vtkNew<vtkWeightGrid> Grid;
};
}

TEST_F(WeightGrid, ABlockForEveryWeightAtItsHeight)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36, 0.01F));
  this->Grid->SetHeightScale(2.0);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkPolyData* blocks = this->Blocks();
  EXPECT_EQ(blocks->GetNumberOfPolys(), 36 * 6);
  EXPECT_EQ(blocks->GetNumberOfPoints(), 36 * 8);
  vtkDataArray* weight = blocks->GetCellData()->GetScalars();
  ASSERT_NE(weight, nullptr);
  EXPECT_STREQ(weight->GetName(), "weight");
  EXPECT_FLOAT_EQ(static_cast<float>(weight->GetTuple1(6 * 35 + 5)), 0.35F);
  vtkDataArray* slot = blocks->GetCellData()->GetArray("Slot");
  EXPECT_EQ(slot->GetTuple1(6 * 35), 3.0);
  vtkDataArray* ids = blocks->GetCellData()->GetGlobalIds();
  EXPECT_EQ(ids->GetTuple1(6 * 35), 1.0 * (1 << 24) + 3.0);
  EXPECT_EQ(blocks->GetCellData()->GetArray("Group"), nullptr);
  double middle[3];
  this->Middle(35, middle); // slot 3, last row and column: cell (1, 1), pixel (2, 0) of 4
  EXPECT_NEAR(middle[0], 1.0 + 0.125 + 0.625, 1e-6);
  EXPECT_NEAR(middle[1], 1.0 + 0.125 + 0.125, 1e-6);
  EXPECT_NEAR(middle[2], 0.7, 1e-6);
  EXPECT_STREQ(this->Grid->GetNote(), "");
}

TEST_F(WeightGrid, RangesAreSymmetric)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 1, 2 }, { -0.25F, 0.5F, 0.125F, 0.0F });
  this->Grid->Update();
  for (vtkDataArray* weight :
    { this->Blocks()->GetCellData()->GetScalars(), this->Image()->GetCellData()->GetScalars() })
  {
    double range[2];
    weight->GetFiniteRange(range);
    EXPECT_EQ(range[0], -0.5);
    EXPECT_EQ(range[1], 0.5);
  }
}

TEST_F(WeightGrid, AutomaticHeightIsHalfAWindow)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36, 0.5F / 35.0F));
  this->Grid->Update();
  vtkDataArray* used = this->Blocks()->GetFieldData()->GetArray("HeightScale");
  ASSERT_NE(used, nullptr);
  EXPECT_DOUBLE_EQ(used->GetTuple1(0), 0.75); // half of 3/4 of a cell for 0.5
}

TEST_F(WeightGrid, TheImageIsPromisedBeforeTheSourceRuns)
{
  this->Source->AddTensor("conv1", "weight", { 16, 1, 3, 3 }, Counting(144));
  this->Grid->UpdateInformation();
  EXPECT_EQ(this->Source->Executions, 0);
  int extent[6];
  this->Grid->GetOutputInformation(1)->Get(
    vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent);
  EXPECT_EQ(extent[1], 15);
  EXPECT_EQ(extent[3], 15);
  EXPECT_EQ(extent[5], 0);
  vtkStringArray* tensors = this->Grid->GetTensors();
  ASSERT_EQ(tensors->GetNumberOfValues(), 2);
  EXPECT_EQ(tensors->GetValue(0), "conv1");
  EXPECT_EQ(tensors->GetValue(1), "weight");

  this->Grid->Update();
  int made[6];
  this->Image()->GetExtent(made);
  for (int i = 0; i < 6; ++i)
  {
    EXPECT_EQ(made[i], extent[i]);
  }
  double origin[3];
  this->Image()->GetOrigin(origin);
  EXPECT_DOUBLE_EQ(origin[0], 0.125);
  EXPECT_DOUBLE_EQ(this->Image()->GetSpacing()[0], 0.25);
}

TEST_F(WeightGrid, GapsAreBelowEverythingAndRemovedFiltersAreNotANumber)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 1, 2 }, { 1, 2, 3, 4, 5, 6, 7, 8 });
  this->Source->KeepSlots("conv1", { 0, 3 });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 4 * 6);
  vtkImageData* image = this->Image();
  const auto value = [image](int x, int y)
  { return image->GetCellData()->GetScalars()->GetTuple1(y * image->GetDimensions()[0] - y + x); };
  const auto slot = [image](int x, int y)
  {
    return image->GetCellData()->GetArray("Slot")->GetTuple1(y * image->GetDimensions()[0] - y + x);
  };
  // Content 2 x 1, pitch 3: slot 1 begins at x = 3, slot 2 at y = 3.
  EXPECT_EQ(value(0, 0), 1.0);
  EXPECT_EQ(value(1, 0), 2.0);
  EXPECT_EQ(value(2, 0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(slot(2, 0), -1.0);
  EXPECT_TRUE(std::isnan(value(3, 0)));
  EXPECT_EQ(slot(3, 0), 1.0);
  EXPECT_TRUE(std::isnan(value(0, 3)));
  EXPECT_EQ(value(4, 3), 8.0);
  EXPECT_EQ(slot(4, 3), 3.0);
}

TEST_F(WeightGrid, RemovedFiltersHaveAnEmptyPlace)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 1, 2 }, { 1, 2, 3, 4, 5, 6, 7, 8 });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  auto* places = vtkPolyData::SafeDownCast(this->Grid->GetOutputDataObject(4));
  EXPECT_EQ(places->GetNumberOfCells(), 0);

  this->Source->KeepSlots("conv1", { 0, 3 });
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  ASSERT_EQ(places->GetNumberOfPolys(), 2);
  EXPECT_EQ(places->GetCellData()->GetArray("Slot")->GetTuple1(1), 2.0);
  EXPECT_EQ(places->GetCellData()->GetGlobalIds()->GetTuple1(1), (1 << 24) + 2);
  auto* labels = vtkStringArray::SafeDownCast(places->GetPointData()->GetAbstractArray("Label"));
  EXPECT_EQ(labels->GetValue(0), "1 removed");
  EXPECT_EQ(labels->GetValue(1), "");
  // Content 2 x 1 of pitch 3 in the middle of the second cell of the first row.
  double bounds[6];
  places->GetCellBounds(0, bounds);
  EXPECT_NEAR(bounds[0], 1.0 + 0.5 / 3.0, 1e-6);
  EXPECT_NEAR(bounds[1], 2.0 - 0.5 / 3.0, 1e-6);
  EXPECT_NEAR(bounds[2], 1.0 / 3.0, 1e-6);
  EXPECT_NEAR(bounds[3], 2.0 / 3.0, 1e-6);
}

TEST_F(WeightGrid, SeveralPartitionsMakeTheSamePicture)
{
  this->Source->AddTensor("conv1", "weight", { 5, 2, 2, 3 }, Counting(60, -0.5F));
  this->Grid->Update();
  vtkNew<vtkPolyData> blocks;
  blocks->DeepCopy(this->Blocks());
  vtkNew<vtkImageData> image;
  image->DeepCopy(this->Image());
  this->Source->Partitions = 2;
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  ASSERT_EQ(this->Blocks()->GetNumberOfPoints(), blocks->GetNumberOfPoints());
  for (vtkIdType i = 0; i < blocks->GetNumberOfPoints(); ++i)
  {
    for (int axis = 0; axis < 3; ++axis)
    {
      ASSERT_EQ(this->Blocks()->GetPoint(i)[axis], blocks->GetPoint(i)[axis]);
    }
  }
  for (vtkIdType i = 0; i < image->GetNumberOfCells(); ++i)
  {
    ASSERT_EQ(this->Image()->GetCellData()->GetScalars()->GetTuple1(i),
      image->GetCellData()->GetScalars()->GetTuple1(i));
  }
}

TEST_F(WeightGrid, BeyondTheBudgetABlockStandsForAWindow)
{
  std::vector<float> values(4 * 2 * 9, 0.1F);
  values[40] = -3.0F; // filter 2, channel 0
  this->Source->AddTensor("conv1", "weight", { 4, 2, 3, 3 }, values);
  this->Grid->SetMaximumBlocks(10);
  this->Grid->SetMaximumPixels(10);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 8 * 6);
  EXPECT_EQ(this->Blocks()->GetCellData()->GetScalars()->GetTuple1(6 * 4), -3.0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("largest magnitude"), std::string::npos);
  EXPECT_NE(this->Blocks()->GetFieldData()->GetAbstractArray("Note"), nullptr);
  int extent[6];
  this->Image()->GetExtent(extent);
  EXPECT_EQ(extent[1], 5); // two filters of two pixels and a gap of one
}

TEST_F(WeightGrid, TheNoteForAViewHasThreeLinesAndIsCutBetweenWords)
{
  const std::string layer = "features.denseblock4.denselayer16.conv2";
  this->Source->AddTensor(layer.c_str(), "weight", { 4, 2, 3, 3 }, std::vector<float>(72, 0.1F));
  this->Grid->SetMaximumBlocks(10);
  this->Grid->SetMaximumPixels(10);
  this->Grid->SetFocus("7");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  std::string whole = this->Grid->GetNote();
  ASSERT_GT(whole.size(), 255U);
  std::string shown =
    vtkStringArray::SafeDownCast(this->Blocks()->GetFieldData()->GetAbstractArray("Note"))
      ->GetValue(0);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 2);
  EXPECT_LE(shown.size(), 3U * 77U);
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  ASSERT_GT(shown.size(), 4U);
  const std::string begin = shown.substr(0, shown.size() - 4);
  EXPECT_EQ(shown.substr(begin.size()), " ...");
  EXPECT_EQ(whole.compare(0, begin.size() + 1, begin + " "), 0) << shown;
}

TEST_F(WeightGrid, AnAggregateIsChosen)
{
  this->Source->AddTensor("conv1", "weight", { 1, 2, 1, 2 }, { 1, -3, 0.5F, 1.5F });
  this->Grid->SetMaximumBlocks(2);
  const std::vector<std::pair<int, std::vector<double>>> expected = {
    { vtkWeightGrid::AGGREGATE_LARGEST_MAGNITUDE, { -3, 1.5 } },
    { vtkWeightGrid::AGGREGATE_MEAN, { -1, 1 } },
    { vtkWeightGrid::AGGREGATE_MINIMUM, { -3, 0.5 } },
    { vtkWeightGrid::AGGREGATE_MAXIMUM, { 1, 1.5 } },
  };
  for (const auto& [aggregate, values] : expected)
  {
    this->Grid->SetAggregate(aggregate);
    ASSERT_EQ(UpdateAndListen(this->Grid), "");
    vtkDataArray* weights = this->Blocks()->GetCellData()->GetScalars();
    ASSERT_EQ(weights->GetNumberOfTuples(), 12);
    EXPECT_EQ(weights->GetTuple1(0), values[0]);
    EXPECT_EQ(weights->GetTuple1(6), values[1]);
  }
}

TEST_F(WeightGrid, BudgetsOfNothingDrawNothing)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36));
  this->Grid->SetMaximumBlocks(0);
  this->Grid->SetMaximumPixels(0);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfCells(), 0);
  EXPECT_EQ(this->Image()->GetNumberOfCells(), 0);
  EXPECT_STREQ(this->Grid->GetNote(), "");
}

TEST_F(WeightGrid, FiltersInFocusAreExactWhereTheyWere)
{
  this->Source->AddTensor("conv1", "weight", { 4, 2, 3, 3 }, Counting(72, 0.01F));
  this->Grid->SetMaximumBlocks(10);
  this->Grid->SetMaximumPixels(80);
  this->Grid->SetFocus("3");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkDataArray* slots = this->Blocks()->GetCellData()->GetArray("Slot");
  vtkIdType inFocus = 0;
  double bounds[6];
  for (vtkIdType cell = 0; cell < slots->GetNumberOfTuples(); ++cell)
  {
    if (slots->GetTuple1(cell) == 3.0)
    {
      ++inFocus;
      this->Blocks()->GetCellBounds(cell, bounds);
      EXPECT_GE(bounds[0], 1.0); // still in cell (1, 1)
      EXPECT_LE(bounds[1], 2.0);
      EXPECT_GE(bounds[2], 1.0);
    }
  }
  EXPECT_EQ(inFocus, 18 * 6);
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), (6 + 18) * 6);

  // The image is exact anyway, so that of the focus is empty; with a smaller budget it is there.
  EXPECT_EQ(this->FocusImage()->GetNumberOfCells(), 0);
  this->Grid->SetMaximumPixels(40);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkImageData* focus = this->FocusImage();
  EXPECT_EQ(focus->GetNumberOfCells(), 7 * 3); // two windows of 3 x 3 and the gap between
  double inImage[6];
  focus->GetBounds(inImage);
  EXPECT_GT(inImage[0], 1.0);
  EXPECT_LT(inImage[3], 2.0);
  vtkDataArray* weights = focus->GetCellData()->GetScalars();
  EXPECT_FLOAT_EQ(static_cast<float>(weights->GetTuple1(0)), 0.60F); // last row of channel 0
  EXPECT_EQ(weights->GetTuple1(3), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(focus->GetCellData()->GetGlobalIds()->GetTuple1(0), (1 << 24) + 3.0);

  this->Grid->FocusOnlyOn();
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 18 * 6);
  this->Grid->SetMaximumFocus(0); // as coarse as the others
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 2 * 6);
}

TEST_F(WeightGrid, WhatElseLiesInTheFocusImageIsCopied)
{
  // The rectangle of slots 0 and 5 of a 4 x 4 grid has slots 1 and 4, too; a cell is 9 pixels wide.
  this->Source->AddTensor("conv1", "weight", { 16, 2, 3, 3 }, Counting(16 * 18, 0.01F));
  this->Grid->SetMaximumPixels(200);
  this->Grid->SetFocus("0 5");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkCellData* cells = this->FocusImage()->GetCellData();
  ASSERT_EQ(this->FocusImage()->GetNumberOfCells(), 16 * 12);
  const auto at = [](int x, int y) { return static_cast<vtkIdType>(16 * y + x); };
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(at(0, 0)), 0.0);
  EXPECT_FLOAT_EQ(static_cast<float>(cells->GetScalars()->GetTuple1(at(0, 0))), 0.06F);
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(at(10, 1)), 1.0);
  // The largest of the nine values of the window.
  EXPECT_FLOAT_EQ(static_cast<float>(cells->GetScalars()->GetTuple1(at(10, 1))), 0.26F);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("value by value"), std::string::npos);

  this->Grid->FocusOnlyOn();
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  cells = this->FocusImage()->GetCellData();
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(at(10, 1)), -1.0);
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(at(10, 10)), 5.0);
}

TEST_F(WeightGrid, AFocusOnRemovedSlotsIsTold)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 1, 2 }, Counting(8));
  this->Source->KeepSlots("conv1", { 0, 3 });
  this->Grid->SetFocus("0-1 9");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_NE(std::string(this->Grid->GetNote()).find("slots 1 9"), std::string::npos)
    << this->Grid->GetNote();
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 4 * 6);
  this->Grid->SetFocus("first");
  EXPECT_NE(UpdateAndListen(this->Grid).find("0 3 8-15"), std::string::npos);
}

TEST_F(WeightGrid, WhatIsNotFiniteIsCountedAndLeftOut)
{
  constexpr float infinite = std::numeric_limits<float>::infinity();
  this->Source->AddTensor("conv1", "weight", { 1, 2, 1, 2 },
    { 0.25F, infinite, std::numeric_limits<float>::quiet_NaN(), -infinite });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_NE(std::string(this->Grid->GetNote()).find("3 values of 'weight'"), std::string::npos);
  double range[2];
  this->Image()->GetCellData()->GetScalars()->GetRange(range);
  EXPECT_EQ(range[1], 0.25);
  EXPECT_TRUE(std::isnan(this->Image()->GetCellData()->GetScalars()->GetTuple1(1)));
  this->Grid->SetMaximumBlocks(2);
  this->Grid->Update();
  EXPECT_EQ(this->Blocks()->GetCellData()->GetScalars()->GetTuple1(0), 0.25);
  EXPECT_TRUE(std::isnan(this->Blocks()->GetCellData()->GetScalars()->GetTuple1(6)));
}

TEST_F(WeightGrid, FiltersStandInTheOrderOfTheirNorm)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 1, 1 }, { 1, -4, 2, 3 });
  this->Source->KeepSlots("conv1", { 0, 1, 3 });
  this->Grid->SetOrder(vtkWeightGrid::ORDER_NORM);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkDataArray* slots = this->Image()->GetCellData()->GetArray("Slot");
  EXPECT_EQ(slots->GetTuple1(0), 1.0); // image of 3 x 3 with gaps
  EXPECT_EQ(slots->GetTuple1(2), 3.0);
  EXPECT_EQ(slots->GetTuple1(6), 0.0);
  EXPECT_EQ(slots->GetTuple1(8), 2.0); // removed: last
  EXPECT_STREQ(this->Grid->GetNote(), "");
  this->Grid->SetOrder(vtkWeightGrid::ORDER_GROUP);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_NE(std::string(this->Grid->GetNote()).find("PCCGrouping"), std::string::npos);
  EXPECT_EQ(this->Image()->GetCellData()->GetArray("Slot")->GetTuple1(0), 0.0);
}

TEST_F(WeightGrid, ValuesAreNormalizedAboutZero)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 1, 2 }, { 1, -2, 0.5F, 0.25F });
  this->Grid->SetNormalization(vtkWeightGrid::NORMALIZE_WINDOW);
  this->Grid->Update();
  vtkDataArray* weights = this->Blocks()->GetCellData()->GetScalars();
  EXPECT_EQ(weights->GetTuple1(0), 0.5);
  EXPECT_EQ(weights->GetTuple1(6), -1.0);
  EXPECT_EQ(weights->GetTuple1(12), 1.0);
  double range[2];
  this->Image()->GetCellData()->GetScalars()->GetRange(range);
  EXPECT_EQ(range[0], -1.0);
  this->Grid->SetNormalization(vtkWeightGrid::NORMALIZE_LAYER);
  this->Grid->Update();
  EXPECT_EQ(this->Image()->GetCellData()->GetScalars()->GetTuple1(3), 0.25);
}

TEST_F(WeightGrid, AllLayersStandSideBySide)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36));
  this->Source->AddTensor("conv1", "bias", { 4, 1, 1, 1 }, Counting(4));
  this->Source->AddTensor("fc1", "weight", { 9, 4, 1, 1 }, Counting(36));
  this->Grid->SetLayer("*");
  this->Grid->SetFocus("0");
  this->Grid->UpdateInformation();
  int promised[6];
  this->Grid->GetOutputInformation(1)->Get(
    vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), promised);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 72 * 6);
  double bounds[6];
  this->Blocks()->GetBounds(bounds);
  EXPECT_GT(bounds[0], 0.0);
  EXPECT_GT(bounds[1], 1.15 + 0.7); // the second unit square
  EXPECT_LT(bounds[1], 2.15);
  EXPECT_LT(bounds[3], 1.0);
  int made[6];
  this->Image()->GetExtent(made);
  EXPECT_EQ(made[1], promised[1]);
  vtkCellData* cells = this->Image()->GetCellData();
  const auto at = [&](double x, double y)
  {
    const double spacing = this->Image()->GetSpacing()[0];
    return static_cast<vtkIdType>(y / spacing) * made[1] + static_cast<vtkIdType>(x / spacing);
  };
  // Middle of slot 3 of the first layer, of slot 0 of the second; the space between.
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(at(0.75, 0.75)), 3.0);
  EXPECT_EQ(cells->GetArray("LayerId")->GetTuple1(at(0.75, 0.75)), 1.0);
  EXPECT_EQ(cells->GetGlobalIds()->GetTuple1(at(1.15 + 0.12, 0.24)), 2.0 * (1 << 24));
  EXPECT_EQ(cells->GetArray("LayerId")->GetTuple1(at(1.07, 0.5)), -1.0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("Focus is not used"), std::string::npos);
  EXPECT_EQ(this->Blocks()->GetFieldData()->GetArray("HeightScale")->GetNumberOfTuples(), 2);

  this->Grid->SetMaximumBlocks(40);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_NE(
    std::string(this->Grid->GetNote()).find("The blocks of 2 of 2 layers"), std::string::npos)
    << this->Grid->GetNote();

  this->Grid->SetKind("momentum");
  EXPECT_NE(UpdateAndListen(this->Grid).find("momentum"), std::string::npos);
}

TEST_F(WeightGrid, LabelsNameFiltersAndLayers)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36));
  this->Source->KeepSlots("conv1", { 0, 1, 3 });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  auto* labels = vtkPolyData::SafeDownCast(this->Grid->GetOutputDataObject(3));
  ASSERT_EQ(labels->GetNumberOfPoints(), 4 + 3);
  EXPECT_EQ(labels->GetNumberOfLines(), 1);
  auto* texts = vtkStringArray::SafeDownCast(labels->GetPointData()->GetAbstractArray("Label"));
  ASSERT_NE(texts, nullptr);
  EXPECT_EQ(texts->GetValue(0), "conv1");
  EXPECT_EQ(texts->GetValue(6), "3");
  EXPECT_EQ(labels->GetPointData()->GetArray("Slot")->GetTuple1(6), 3.0);
  EXPECT_EQ(labels->GetPointData()->GetGlobalIds()->GetTuple1(6), (1 << 24) + 3.0);
  EXPECT_EQ(labels->GetPoint(6)[0], 1.0); // lower left of its cell
  EXPECT_EQ(labels->GetPoint(6)[1], 1.0);
}

TEST_F(WeightGrid, TellsWhichFiltersAViewSees)
{
  this->Source->AddTensor("conv1", "weight", { 16, 1, 1, 1 }, Counting(16));
  this->Source->KeepSlots("conv1", { 0, 1, 2, 3, 4, 6, 8, 9 });
  this->Grid->Update();
  const vtkMTimeType before = this->Grid->GetMTime();
  EXPECT_STREQ(this->Grid->GetSlotsInView(), "0-4 6 8-9"); // no planes yet
  // x from 1.5 to 2.5, y from 0.5 to 1.5.
  this->Grid->SetViewFrustum(0, 1.0, 0.0, 0.0, -1.5);
  this->Grid->SetViewFrustum(1, -1.0, 0.0, 0.0, 2.5);
  this->Grid->SetViewFrustum(2, 0.0, 1.0, 0.0, -0.5);
  this->Grid->SetViewFrustum(3, 0.0, -1.0, 0.0, 1.5);
  this->Grid->SetViewFrustum(6, 0.0, 0.0, 0.0, -1.0); // there is no such plane
  EXPECT_STREQ(this->Grid->GetSlotsInView(), "1-2 6");
  EXPECT_EQ(this->Grid->GetMTime(), before);
}

TEST_F(WeightGrid, ALargeLayerIsReadPieceByPiece)
{
  this->Source->AddTensor("fc1", "weight", { 6, 4, 3, 3 }, Counting(216, -0.01F));
  this->Source->KeepSlots("fc1", { 0, 1, 2, 4, 5 });
  this->Source->Step = 20.0;
  this->Grid->SetMaximumBlocks(10);
  this->Grid->SetMaximumPixels(30);
  this->Grid->SetFocus("4");
  this->Grid->SetOrder(vtkWeightGrid::ORDER_NORM);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkNew<vtkPolyData> blocks;
  blocks->DeepCopy(this->Blocks());
  vtkNew<vtkImageData> image;
  image->DeepCopy(this->Image());
  const std::string note = this->Grid->GetNote();

  // The same from a source that reads on demand: it hands over no values of this layer.
  this->Source->Provider->OnDemand = true;
  this->Source->Provider->Snapshots[20] = this->Source->Tensors;
  this->Source->Tensors[0].data.reset();
  this->Source->Modified();
  this->Grid->SetValuesReadTogether(100);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Grid->GetNote(), note);
  ASSERT_EQ(this->Blocks()->GetNumberOfCells(), blocks->GetNumberOfCells());
  for (vtkIdType i = 0; i < blocks->GetNumberOfCells(); ++i)
  {
    ASSERT_EQ(this->Blocks()->GetCellData()->GetScalars()->GetTuple1(i),
      blocks->GetCellData()->GetScalars()->GetTuple1(i));
  }
  for (vtkIdType i = 0; i < image->GetNumberOfCells(); ++i)
  {
    ASSERT_EQ(this->Image()->GetCellData()->GetArray("Slot")->GetTuple1(i),
      image->GetCellData()->GetArray("Slot")->GetTuple1(i));
  }

  this->Source->Step = 21.0; // a step without a snapshot
  this->Source->Modified();
  EXPECT_NE(UpdateAndListen(this->Grid).find("not recorded at step 21"), std::string::npos);
}

TEST_F(WeightGrid, ABudgetBelowTheNumberOfFiltersDrawsNoBlocksAndSaysSo)
{
  this->Source->AddTensor("conv1", "weight", { 16, 1, 3, 3 }, Counting(144));
  this->Grid->SetMaximumBlocks(5);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfCells(), 0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("MaximumBlocks"), std::string::npos);
  EXPECT_GT(this->Image()->GetNumberOfCells(), 0);
}

TEST_F(WeightGrid, OneWeightNotANumberAndInfinity)
{
  constexpr float infinite = std::numeric_limits<float>::infinity();
  this->Source->AddTensor("conv1", "weight", { 1, 1, 1, 1 }, { 0.5F });
  this->Source->AddTensor("conv2", "weight", { 1, 1, 1, 3 },
    { std::numeric_limits<float>::quiet_NaN(), infinite, -0.5F });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 6);
  EXPECT_EQ(this->Image()->GetNumberOfCells(), 1);
  this->Grid->SetLayer("conv2");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  double bounds[6];
  this->Blocks()->GetBounds(bounds);
  EXPECT_TRUE(std::isfinite(bounds[4]) && std::isfinite(bounds[5]));
  double range[2];
  this->Blocks()->GetCellData()->GetScalars()->GetFiniteRange(range);
  EXPECT_EQ(range[1], 0.5);
}

TEST_F(WeightGrid, WorksWithoutAProvider)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36));
  this->Source->Provides = false;
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Blocks()->GetNumberOfPolys(), 36 * 6);
  EXPECT_EQ(this->Image()->GetNumberOfCells(), 49);
  EXPECT_EQ(this->Grid->GetTensors()->GetNumberOfValues(), 0);
}

TEST_F(WeightGrid, RunsAgainOnlyWhenSomethingChanges)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36));
  this->Grid->Update();
  const vtkMTimeType made = this->Blocks()->GetMTime();
  this->Grid->SetGap(this->Grid->GetGap());
  this->Grid->SetLayer("");
  this->Grid->Update();
  EXPECT_EQ(this->Blocks()->GetMTime(), made);
  this->Grid->SetGap(0.5);
  this->Grid->Update();
  EXPECT_GT(this->Blocks()->GetMTime(), made);
}

TEST_F(WeightGrid, PrintsItsParameters)
{
  std::ostringstream text;
  this->Grid->Print(text);
  for (const char* name :
    { "Layer", "Kind", "Gap", "HeightScale", "MaximumBlocks", "MaximumPixels" })
  {
    EXPECT_NE(text.str().find(name), std::string::npos) << name;
  }
}
