#include "MemoryHistory.h"
#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkFieldData.h"
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
  vtkPolyData* Now() { return vtkPolyData::SafeDownCast(this->Filter->GetOutputDataObject(1)); }
  vtkPolyData* Edits() { return vtkPolyData::SafeDownCast(this->Filter->GetOutputDataObject(2)); }
  std::string Note() { return this->Filter->GetNote(); }
  /// conv1 of 4 filters [1, 2, 3] and its history of `snapshots` without regularity.
  static void AddLayer(NetworkSource* source, int snapshots, std::int64_t filters = 4)
  {
    source->AddTensor(
      "conv1", "weight", { filters, 1, 2, 3 }, Counting(static_cast<std::size_t>(6 * filters)));
    SetSnapshots(source, snapshots, filters);
  }
  static void SetSnapshots(NetworkSource* source, int snapshots, std::int64_t filters = 4)
  {
    source->Provider->Version = std::to_string(snapshots);
    source->Provider->History = [snapshots, filters]
    {
      return std::make_unique<MemoryHistory>(tensorview::TensorShape{ filters, 1, 2, 3 }, snapshots,
        [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
        { return static_cast<float>((snapshot * 7 + slot * 5 + index * 3) % 11); });
    };
  }
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
  EXPECT_STREQ(this->Filter->GetNote(), "Axes: weights 0 1 2, 3 4 5, 6 7 8.");
}

TEST_F(Trajectory, TheNoteNamesTheFirstFewOfManyAxes)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 3, 3 }, Counting(36));
  this->Source->Provider->Steps = 5;
  this->SetCoordinates(
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 });
  this->Filter->Update();
  EXPECT_EQ(this->Note(),
    "Axes: weights 0 1 2, 3 4 5, 6 7 8, 9 10 11, 12 13 14, 15 16 17, ... (7 curves).");
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

TEST_F(Trajectory, TheMarkerFollowsTheStepThatIsShown)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  this->Source->Step = 12.0;
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Now()->GetNumberOfVerts(), 3);
  EXPECT_EQ(this->Now()->GetPoint(1)[0], 312.0);
  EXPECT_EQ(this->Now()->GetPointData()->GetScalars()->GetTuple1(1), 12.0);
  EXPECT_EQ(this->Now()->GetPointData()->GetArray("Coordinates")->GetComponent(1, 2), 512.0);
  EXPECT_EQ(this->Now()->GetCellData()->GetArray("Trajectory")->GetTuple1(2), 2.0);
}

TEST_F(Trajectory, TheMarkerMovesWithoutReadingAgain)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  this->Source->Provider->Version = "1";
  this->Filter->Update();
  this->Source->Step = 30.0;
  this->Source->Modified();
  this->Filter->Update();
  EXPECT_EQ(this->Now()->GetPoint(0)[0], 30.0);
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 150);
  EXPECT_EQ(this->Source->Provider->Reads, 1);
  this->Source->Provider->Version = "2";
  this->Source->Provider->Steps = 60;
  this->Source->Modified();
  this->Filter->Update();
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 180);
}

TEST_F(Trajectory, AtTheBeginningOfATrainingThereIsAMarkerButNoLine)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 1;
  this->Filter->SetArrangement(vtkTrajectory::SIDE_BY_SIDE);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 0);
  ASSERT_EQ(this->Now()->GetNumberOfVerts(), 3);
  EXPECT_EQ(this->Now()->GetPoint(0)[0], 0.5);
  EXPECT_EQ(this->Now()->GetPoint(1)[0], 1.75);
}

TEST_F(Trajectory, TheMarkerOfAnEndedCurveStaysAtItsEnd)
{
  this->Source->AddTensor("conv1", "weight", { 1, 1, 1, 3 }, Counting(3));
  this->Source->Provider->Steps = 10;
  this->Source->Provider->Weight = [](std::int64_t step, std::int64_t)
  { return step >= 4 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(step); };
  this->Source->Step = 8.0;
  this->SetCoordinates({ 0, 1, 2 });
  this->Filter->Update();
  EXPECT_EQ(this->Now()->GetPoint(0)[0], 3.0);
}

TEST_F(Trajectory, EditsAreMarkedOnEveryCurve)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
  this->Source->Provider->Steps = 50;
  this->Source->Provider->Edits = { { 10, "conv1 3 to 2" }, { 20, "" }, { 49, "fc1 9 to 8" },
    { 60, "later" } };
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Edits()->GetNumberOfVerts(), 6);
  EXPECT_EQ(this->Edits()->GetPoint(0)[0], 10.0);
  EXPECT_EQ(this->Edits()->GetPoint(3)[0], 349.0);
  EXPECT_EQ(this->Edits()->GetPointData()->GetScalars()->GetTuple1(3), 49.0);
  auto* labels = this->Edits()->GetPointData()->GetAbstractArray("Label");
  ASSERT_NE(labels, nullptr);
  EXPECT_EQ(labels->GetVariantValue(0).ToString(), "conv1 3 to 2");
  EXPECT_EQ(labels->GetVariantValue(5).ToString(), "fc1 9 to 8");
  EXPECT_EQ(this->Edits()->GetCellData()->GetArray("Trajectory")->GetTuple1(5), 2.0);
}

TEST_F(Trajectory, AnEditIsMarkedWhereTheCurveIsThen)
{
  this->Source->AddTensor("conv1", "weight", { 1, 1, 1, 3 }, Counting(3));
  this->Source->Provider->Steps = 10;
  this->Source->Provider->Weight = [](std::int64_t step, std::int64_t)
  {
    const bool there = step >= 2 && step <= 7 && step != 4;
    return there ? static_cast<float>(step) : std::numeric_limits<float>::quiet_NaN();
  };
  this->Source->Provider->Edits = { { 1, "before it begins" }, { 4, "in a gap" }, { 7, "its end" },
    { 8, "after its end" } };
  this->SetCoordinates({ 0, 1, 2 });
  this->Filter->Update();
  ASSERT_EQ(this->Edits()->GetNumberOfVerts(), 2);
  EXPECT_EQ(this->Edits()->GetPoint(0)[0], 3.0);
  EXPECT_EQ(this->Edits()->GetPoint(1)[0], 7.0);
}

TEST_F(Trajectory, PrincipalComponentsOfTheLayer)
{
  AddLayer(this->Source, 20);
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  this->Source->Step = 7.0;
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Lines()->GetNumberOfLines(), 1);
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 20);
  EXPECT_LE(this->Lines()->GetPoint(0)[0], 0.0);
  EXPECT_EQ(this->Lines()->GetCellData()->GetArray("Slot")->GetTuple1(0), -1.0);
  EXPECT_EQ(this->Lines()->GetCellData()->GetGlobalIds(), nullptr);
  vtkDataArray* explained = this->Lines()->GetFieldData()->GetArray("ExplainedVariance");
  ASSERT_NE(explained, nullptr);
  EXPECT_EQ(explained->GetNumberOfTuples(), 3);
  EXPECT_GE(explained->GetTuple1(0), explained->GetTuple1(1));
  EXPECT_NE(this->Note().find("24 weights"), std::string::npos) << this->Note();
  EXPECT_NE(this->Note().find("% of the variance over 20 snapshots"), std::string::npos);
  EXPECT_EQ(this->Now()->GetPointData()->GetScalars()->GetTuple1(0), 7.0);
}

TEST_F(Trajectory, ComponentsAreFittedOnceUntilTheHistoryChanges)
{
  AddLayer(this->Source, 20);
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  this->Filter->Update();
  this->Source->Step = 5.0;
  this->Source->Modified();
  this->Filter->Update();
  EXPECT_EQ(this->Filter->GetNumberOfFits(), 1);
  SetSnapshots(this->Source, 21);
  this->Source->Modified();
  this->Filter->Update();
  EXPECT_EQ(this->Filter->GetNumberOfFits(), 2);
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 21);
  this->Filter->SetArrangement(vtkTrajectory::SIDE_BY_SIDE);
  this->Filter->SetFirstStep(10);
  this->Filter->Update();
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 11);
}

TEST_F(Trajectory, ALongHistoryIsFittedAnewWhenATenthIsNew)
{
  AddLayer(this->Source, 400);
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  this->Filter->Update();
  SetSnapshots(this->Source, 410);
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Filter->GetNumberOfFits(), 1);
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 400);
  EXPECT_NE(this->Note().find("not shown yet: 10"), std::string::npos) << this->Note();
  SetSnapshots(this->Source, 440);
  this->Source->Modified();
  this->Filter->Update();
  EXPECT_EQ(this->Filter->GetNumberOfFits(), 2);
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 440);
  EXPECT_EQ(this->Note().find("not shown yet"), std::string::npos);
}

TEST_F(Trajectory, EveryFilterHasACurve)
{
  AddLayer(this->Source, 20);
  this->Filter->SetCurves(vtkTrajectory::OF_FILTERS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Lines()->GetNumberOfLines(), 4);
  // Snapshot 3, filter 2, weights 0, 1, 2.
  EXPECT_EQ(this->Lines()->GetPoint(43)[0], (21 + 10) % 11);
  EXPECT_EQ(this->Lines()->GetPoint(43)[1], (21 + 10 + 3) % 11);
  EXPECT_EQ(this->Lines()->GetCellData()->GetArray("Slot")->GetTuple1(3), 3.0);
  EXPECT_NE(this->Lines()->GetCellData()->GetGlobalIds(), nullptr);

  this->Filter->AddSlot(2);
  this->Filter->AddSlot(9);
  this->Filter->SetFilterCoordinates(5, 4, 3);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Lines()->GetNumberOfLines(), 1);
  EXPECT_EQ(this->Lines()->GetPoint(3)[0], (21 + 10 + 15) % 11);
  EXPECT_NE(this->Note().find("Left out of Slots: 9"), std::string::npos);

  this->Filter->SetFilterCoordinates(0, 1, 6);
  EXPECT_NE(UpdateAndListen(this->Filter).find("have 6"), std::string::npos);
}

TEST_F(Trajectory, CurvesOfFiltersLieInTheGridsCells)
{
  AddLayer(this->Source, 20);
  this->Filter->SetCurves(vtkTrajectory::OF_FILTERS);
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  this->Filter->SetArrangement(vtkTrajectory::SIDE_BY_SIDE);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  double bounds[6];
  this->Lines()->GetBounds(bounds);
  EXPECT_NEAR(bounds[1], 2.25, 0.5); // two columns
  EXPECT_NEAR(bounds[3], 2.25, 0.5); // two rows
  EXPECT_LE(bounds[5], 1.0 + 1e-5);
  EXPECT_NE(this->Note().find("of a filter of layer"), std::string::npos) << this->Note();
}

TEST_F(Trajectory, TooManyPointsAreThinnedOut)
{
  AddLayer(this->Source, 20);
  this->Filter->SetCurves(vtkTrajectory::OF_FILTERS);
  this->Filter->SetMaximumPoints(40);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 40);
  EXPECT_NE(this->Note().find("10 of 20 snapshots"), std::string::npos) << this->Note();
}

TEST_F(Trajectory, SeveralRunsShareTheScene)
{
  vtkNew<NetworkSource> second;
  for (NetworkSource* source : { this->Source.Get(), second.Get() })
  {
    source->AddTensor("conv1", "weight", { 2, 1, 3, 3 }, Counting(18));
    source->Provider->Steps = 10;
    source->Provider->Weight = [](std::int64_t step, std::int64_t) { return float(step); };
  }
  second->Step = 4.0;
  this->Source->Step = 2.0;
  this->Filter->AddInputConnection(second->GetOutputPort());
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Lines()->GetNumberOfLines(), 6);
  vtkDataArray* run = this->Lines()->GetCellData()->GetArray("Run");
  EXPECT_EQ(run->GetTuple1(2), 0.0);
  EXPECT_EQ(run->GetTuple1(3), 1.0);
  EXPECT_EQ(this->Now()->GetPointData()->GetScalars()->GetTuple1(0), 2.0);
  EXPECT_EQ(this->Now()->GetPointData()->GetScalars()->GetTuple1(3), 4.0);
}

TEST_F(Trajectory, RunsAreProjectedOntoCommonAxes)
{
  vtkNew<NetworkSource> second;
  AddLayer(this->Source, 20);
  AddLayer(second, 12);
  this->Filter->AddInputConnection(second->GetOutputPort());
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 2);
  EXPECT_NE(this->Note().find("over 32 snapshots"), std::string::npos) << this->Note();
  // The second run is the beginning of the first.
  for (int axis = 0; axis < 3; ++axis)
  {
    EXPECT_NEAR(this->Lines()->GetPoint(5)[axis], this->Lines()->GetPoint(20 + 5)[axis], 1e-4);
  }
}

TEST_F(Trajectory, RunsThatDoNotFitAreLeftOutAndNamed)
{
  vtkNew<NetworkSource> wider;
  vtkNew<NetworkSource> other;
  vtkNew<NetworkSource> nothing;
  AddLayer(this->Source, 20);
  AddLayer(wider, 20, 8);
  other->AddTensor("fc1", "weight", { 2, 1, 1, 3 }, Counting(6));
  this->Filter->AddInputConnection(wider->GetOutputPort());
  this->Filter->AddInputConnection(other->GetOutputPort());
  this->Filter->AddInputConnection(nothing->GetOutputPort());
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 1);
  EXPECT_NE(this->Note().find("Run 1 is left out: its layer 'conv1' has 8 filters of 1 x 2 x 3"),
    std::string::npos)
    << this->Note();
  EXPECT_NE(this->Note().find("Run 2 is left out"), std::string::npos) << this->Note();
  EXPECT_NE(this->Note().find("fc1"), std::string::npos) << this->Note();
}

TEST_F(Trajectory, OneSnapshotIsAPointAtTheOrigin)
{
  AddLayer(this->Source, 1);
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 0);
  ASSERT_EQ(this->Now()->GetNumberOfVerts(), 1);
  EXPECT_EQ(this->Now()->GetPoint(0)[0], 0.0);
  EXPECT_NE(this->Note().find("One snapshot"), std::string::npos);
}

TEST_F(Trajectory, WithoutSnapshotsThereIsNothing)
{
  AddLayer(this->Source, 0);
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Now()->GetNumberOfPoints(), 0);
  EXPECT_NE(this->Note().find("no snapshots of layer 'conv1'"), std::string::npos);
}

TEST_F(Trajectory, ComponentsOfFewerThanThreeWeights)
{
  this->Source->AddTensor("conv1", "weight", { 1, 1, 1, 2 }, Counting(2));
  this->Source->Provider->Version = "1";
  this->Source->Provider->History = []
  {
    return std::make_unique<MemoryHistory>(tensorview::TensorShape{ 1, 1, 1, 2 }, 5,
      [](std::int64_t snapshot, std::int64_t, std::int64_t)
      { return static_cast<float>(snapshot); });
  };
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 5);
  this->Filter->SetCurves(vtkTrajectory::OF_FILTERS);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 5);
  this->Filter->SetProjection(vtkTrajectory::COORDINATES);
  EXPECT_NE(UpdateAndListen(this->Filter).find("principal components"), std::string::npos);
}

TEST_F(Trajectory, WithoutAHistoryComponentsGrowWithWhatIsShown)
{
  this->Source->AddTensor("conv1", "weight", { 2, 1, 1, 3 }, Counting(6));
  this->Filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  for (int step = 0; step < 4; ++step)
  {
    this->Source->Tensors.clear();
    this->Source->Provider->Model = {};
    this->Source->AddTensor("conv1", "weight", { 2, 1, 1, 3 }, Counting(6, 1.0F + float(step)));
    this->Source->Step = step;
    this->Source->Modified();
    ASSERT_EQ(UpdateAndListen(this->Filter), "");
    EXPECT_EQ(this->Now()->GetNumberOfPoints(), 1);
  }
  EXPECT_EQ(this->Lines()->GetNumberOfPoints(), 4);
  EXPECT_NE(this->Note().find("100.0 %"), std::string::npos) << this->Note();
  EXPECT_NE(this->Note().find("that were shown"), std::string::npos) << this->Note();
  // The training begins again.
  this->Source->Step = 0.0;
  this->Source->Modified();
  this->Filter->Update();
  EXPECT_EQ(this->Now()->GetNumberOfPoints(), 1);
  EXPECT_EQ(this->Lines()->GetNumberOfLines(), 0);
}

TEST_F(Trajectory, OnlyTheMarkersDependOnTime)
{
  AddLayer(this->Source, 20);
  for (const int projection : { vtkTrajectory::COORDINATES, vtkTrajectory::PRINCIPAL_COMPONENTS })
  {
    this->Filter->SetProjection(projection);
    this->Source->Provider->Steps = 5;
    this->Filter->UpdateInformation();
    EXPECT_FALSE(
      this->Filter->GetOutputInformation(0)->Has(vtkStreamingDemandDrivenPipeline::TIME_STEPS()));
  }
}
