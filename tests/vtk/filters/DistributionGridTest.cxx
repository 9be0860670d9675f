#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkDistributionGrid.h"
#include "vtkIdList.h"
#include "vtkPCCGrouping.h"
#include "vtkPointData.h"
#include "vtkPolyData.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace
{
class DistributionGrid : public ::testing::Test
{
protected:
  void SetUp() override { this->Grid->SetInputConnection(this->Source->GetOutputPort()); }
  vtkPolyData* Curves() { return vtkPolyData::SafeDownCast(this->Grid->GetOutputDataObject(0)); }

  vtkNew<NetworkSource> Source;
  vtkNew<vtkDistributionGrid> Grid;
};
}

TEST_F(DistributionGrid, ACurveForEveryFilterFillsItsWindow)
{
  this->Source->AddTensor("conv1", "activation", { 2, 1, 1, 9 },
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 80, 70, 60, 50, 40, 30, 20, 10, 0 });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkPolyData* curves = this->Curves();
  ASSERT_EQ(curves->GetNumberOfLines(), 2);
  ASSERT_EQ(curves->GetNumberOfPoints(), 18);
  double point[3];
  curves->GetPoint(0, point); // pitch 10, so a window is 0.9 wide
  EXPECT_NEAR(point[0], 0.05, 1e-6);
  EXPECT_NEAR(point[1], 0.05, 1e-6);
  curves->GetPoint(8, point);
  EXPECT_NEAR(point[0], 0.95, 1e-6);
  EXPECT_NEAR(point[1], 0.95, 1e-6);
  curves->GetPoint(9, point);
  EXPECT_NEAR(point[0], 1.05, 1e-6);
  EXPECT_NEAR(point[1], 0.95, 1e-6);
  EXPECT_EQ(curves->GetPointData()->GetArray("activation")->GetTuple1(9), 80.0);
  EXPECT_EQ(curves->GetCellData()->GetArray("Slot")->GetTuple1(1), 1.0);
  EXPECT_NE(curves->GetCellData()->GetGlobalIds(), nullptr);
  EXPECT_EQ(curves->GetCellData()->GetScalars(), nullptr); // neutral
}

TEST_F(DistributionGrid, InfinityIsNoPointAndABudgetOfNothingDrawsNothing)
{
  const float infinity = std::numeric_limits<float>::infinity();
  this->Source->AddTensor("conv1", "activation", { 1, 1, 1, 4 }, { 0, infinity, 2, -infinity });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Curves()->GetNumberOfPoints(), 2);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("2 values"), std::string::npos);

  this->Grid->SetMaximumPoints(0);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Curves()->GetNumberOfLines(), 0);
}

TEST_F(DistributionGrid, TheLayersScaleKeepsCurvesComparable)
{
  this->Source->AddTensor("conv1", "activation", { 2, 1, 1, 9 }, Counting(18));
  this->Grid->SetNormalization(vtkDistributionGrid::NORMALIZE_LAYER);
  this->Grid->Update();
  double point[3];
  this->Curves()->GetPoint(9, point);
  EXPECT_NEAR(point[1], 0.05 + 0.9 * 9.0 / 17.0, 1e-6);
}

TEST_F(DistributionGrid, GroupsColourTheCurves)
{
  this->Source->AddTensor("conv1", "activation", { 2, 1, 4, 4 }, Counting(32));
  vtkNew<vtkPCCGrouping> grouping;
  grouping->SetInputConnection(this->Source->GetOutputPort());
  this->Grid->SetInputConnection(grouping->GetOutputPort());
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  vtkDataArray* group = this->Curves()->GetCellData()->GetScalars();
  ASSERT_NE(group, nullptr);
  EXPECT_STREQ(group->GetName(), "Group");
  EXPECT_EQ(group->GetTuple1(0), 0.0);
  EXPECT_EQ(group->GetTuple1(1), 0.0);
}

TEST_F(DistributionGrid, LongCurvesAreThinnedOutAndKeepTheirPeaks)
{
  std::vector<float> values(10000, 0.0F);
  values[7777] = 100.0F;
  this->Source->AddTensor("conv1", "activation", { 1, 1, 100, 100 }, values);
  this->Grid->SetMaximumPoints(100);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_LE(this->Curves()->GetNumberOfPoints(), 100);
  double range[2];
  this->Curves()->GetPointData()->GetArray("activation")->GetRange(range);
  EXPECT_EQ(range[1], 100.0);
  EXPECT_NE(std::string(this->Grid->GetNote()).find("every peak"), std::string::npos);
}

TEST_F(DistributionGrid, AFilterWithoutFiniteValuesHasNoLine)
{
  constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
  this->Source->AddTensor(
    "conv1", "activation", { 2, 1, 1, 2 }, { notANumber, notANumber, 1.0F, 2.0F });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  ASSERT_EQ(this->Curves()->GetNumberOfLines(), 1);
  EXPECT_EQ(this->Curves()->GetCellData()->GetArray("Slot")->GetTuple1(0), 1.0);
}

TEST_F(DistributionGrid, MapsOfOnePixelAreLevelLines)
{
  this->Source->AddTensor("fc1", "activation", { 3, 1, 1, 1 }, { 1, 2, 3 });
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Curves()->GetNumberOfLines(), 3);
  EXPECT_EQ(this->Curves()->GetNumberOfPoints(), 6);
}

TEST_F(DistributionGrid, CurvesInFocusHaveAllTheirValues)
{
  this->Source->AddTensor("conv1", "activation", { 4, 1, 10, 10 }, Counting(400));
  this->Grid->SetMaximumPoints(8);
  this->Grid->SetFocus("2");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Curves()->GetNumberOfPoints(), 3 * 2 + 100);
  this->Grid->FocusOnlyOn();
  this->Grid->Update();
  EXPECT_EQ(this->Curves()->GetNumberOfLines(), 1);
  EXPECT_EQ(this->Curves()->GetCellData()->GetArray("Slot")->GetTuple1(0), 2.0);
  this->Grid->SetMaximumPoints(0);
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  EXPECT_EQ(this->Curves()->GetNumberOfPoints(), 0);
}

TEST_F(DistributionGrid, AllLayersAndGroups)
{
  this->Source->AddTensor("conv1", "activation", { 2, 1, 1, 4 }, Counting(8));
  this->Source->AddTensor("conv2", "activation", { 3, 1, 1, 4 }, Counting(12));
  this->Grid->SetLayer("*");
  ASSERT_EQ(UpdateAndListen(this->Grid), "");
  ASSERT_EQ(this->Curves()->GetNumberOfLines(), 5);
  EXPECT_EQ(this->Curves()->GetCellData()->GetArray("LayerId")->GetTuple1(4), 2.0);
  EXPECT_EQ(this->Curves()->GetCellData()->GetGlobalIds()->GetTuple1(4), 2.0 * (1 << 24) + 2.0);
  auto* labels = vtkPolyData::SafeDownCast(this->Grid->GetOutputDataObject(1));
  EXPECT_EQ(labels->GetNumberOfLines(), 2);
  EXPECT_EQ(labels->GetNumberOfPoints(), 2 * 4 + 5);
}
