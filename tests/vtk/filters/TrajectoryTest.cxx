#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkInformation.h"
#include "vtkPointData.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkTrajectory.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace
{
class Trajectory : public ::testing::Test
{
protected:
  void SetUp() override
  {
    this->Filter->SetInputConnection(this->Source->GetOutputPort());
    this->Source->Provider->Weight = [](std::int64_t step, std::int64_t coordinate)
    { return static_cast<float>(step) + 100.0F * static_cast<float>(coordinate); };
  }
  vtkPolyData* Lines() { return vtkPolyData::SafeDownCast(this->Filter->GetOutputDataObject(0)); }
  void SetCoordinates(const std::vector<vtkIdType>& coordinates)
  {
    this->Filter->RemoveAllCoordinates();
    for (const vtkIdType coordinate : coordinates)
    {
      this->Filter->AddCoordinate(coordinate);
    }
  }

  vtkNew<NetworkSource> Source;
  vtkNew<vtkTrajectory> Filter;
};
}

TEST_F(Trajectory, ThreeCurvesByDefaultFromOneRead)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Source->Provider->Reads, 1);
  vtkPolyData* lines = this->Lines();
  ASSERT_EQ(lines->GetNumberOfLines(), 3);
  ASSERT_EQ(lines->GetNumberOfPoints(), 150);
  double point[3];
  lines->GetPoint(57, point); // second curve, step 7: coordinates 3, 4, 5
  EXPECT_EQ(point[0], 307.0);
  EXPECT_EQ(point[1], 407.0);
  EXPECT_EQ(point[2], 507.0);
  EXPECT_STREQ(lines->GetPointData()->GetScalars()->GetName(), "Step");
  EXPECT_EQ(lines->GetPointData()->GetScalars()->GetTuple1(57), 7.0);
  EXPECT_EQ(lines->GetCellData()->GetArray("Trajectory")->GetTuple1(2), 2.0);
  EXPECT_EQ(lines->GetCellData()->GetArray("Slot")->GetTuple1(0), 0.0);
  EXPECT_STREQ(this->Filter->GetNote(), "");
}

TEST_F(Trajectory, TheSlotIsTheFilterOfTheFirstCoordinate)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 5;
  this->SetCoordinates({ 9, 0, 17 });
  this->Filter->Update();
  EXPECT_EQ(this->Lines()->GetCellData()->GetArray("Slot")->GetTuple1(0), 1.0);
}

TEST_F(Trajectory, CoordinatesThatAreNotTrackedDoNotThinOutTheOthers)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  this->Source->Provider->Untracked = { 10 };
  this->SetCoordinates({ 0, 1, 2, 9, 10, 11 });
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 50 + 5);
  EXPECT_NE(std::string(this->Filter->GetNote()).find("not tracked"), std::string::npos);
}

TEST_F(Trajectory, StepsCanBeChosen)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  this->Filter->SetFirstStep(10);
  this->Filter->SetLastStep(19);
  this->Filter->Update();
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 30);
}

TEST_F(Trajectory, SideBySideEachHasItsOwnUnitCube)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  this->Filter->SetArrangement(vtkTrajectory::SIDE_BY_SIDE);
  this->Filter->Update();
  double bounds[6];
  this->Lines()->GetBounds(bounds);
  EXPECT_NEAR(bounds[0], 0.0, 1e-5);
  EXPECT_NEAR(bounds[1], 3.5, 1e-5);
  EXPECT_NEAR(bounds[2], 0.0, 1e-5);
  EXPECT_NEAR(bounds[3], 1.0, 1e-5);
  EXPECT_EQ(this->Lines()->GetPointData()->GetArray("Coordinates")->GetComponent(57, 1), 407.0);
}

TEST_F(Trajectory, AStepThatIsNotFiniteInterruptsTheCurve)
{
  this->Source->AddTensor("conv1", "weight", { 1, 1, 1, 3 }, Counting(3));
  this->Source->Provider->Steps = 10;
  this->Source->Provider->Weight = [](std::int64_t step, std::int64_t)
  { return step == 4 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(step); };
  this->SetCoordinates({ 0, 1, 2 });
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 2);
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 9);
}

TEST_F(Trajectory, TriplesThatTheLayerDoesNotHaveAreLeftOut)
{
  this->Source->AddTensor("conv1", "weight", { 1, 1, 1, 4 }, Counting(4));
  this->Source->Provider->Steps = 10;
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 1);
  EXPECT_NE(std::string(this->Filter->GetNote()).find("(3, 4, 5)"), std::string::npos);
  this->SetCoordinates({ 4, 5, 6 });
  EXPECT_NE(UpdateAndListen(this->Filter).find("4 weights"), std::string::npos);
  this->SetCoordinates({ 0, 1 });
  EXPECT_NE(UpdateAndListen(this->Filter).find("three indices"), std::string::npos);
}

TEST_F(Trajectory, WithoutAHistoryItGrowsStepByStep)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 1, 3 }, Counting(6));
  this->SetCoordinates({ 0, 1, 5 });
  for (int step = 0; step < 3; ++step)
  {
    this->Source->Step = step;
    this->Source->Modified();
    ASSERT_EQ(UpdateAndListen(this->Filter), "");
  }
  ASSERT_EQ(this->Lines()->GetNumberOfPoints(), 3);
  EXPECT_EQ(this->Lines()->GetPoint(2)[2], 5.0);
  EXPECT_EQ(this->Lines()->GetPointData()->GetScalars()->GetTuple1(2), 2.0);
  EXPECT_NE(std::string(this->Filter->GetNote()).find("no history"), std::string::npos);
  this->SetCoordinates({ 3, 4, 5 });
  this->Filter->Update();
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 1);
}

TEST_F(Trajectory, TimeDoesNotMatter)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 5;
  this->Filter->UpdateInformation();
  EXPECT_FALSE(
    this->Filter->GetOutputInformation(0)->Has(vtkStreamingDemandDrivenPipeline::TIME_STEPS()));
}
