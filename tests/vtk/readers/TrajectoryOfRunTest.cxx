#include "RecordedRunFixture.h"
#include "RunReader.h"

#include "vtkNew.h"
#include "vtkPointData.h"
#include "vtkPolyData.h"
#include "vtkTensorRunReader.h"
#include "vtkTrajectory.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace tensorview::testing;

namespace
{
class TrajectoryOfRun : public RecordedRunTest
{
protected:
  void open(const std::string& path)
  {
    this->reader->SetFileName(path.c_str());
    this->filter->SetInputConnection(this->reader->GetOutputPort());
    this->filter->SetLayer("fc1");
    this->filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS);
  }
  vtkPolyData* output(int port)
  {
    return vtkPolyData::SafeDownCast(this->filter->GetOutputDataObject(port));
  }

  vtkNew<vtkTensorRunReader> reader;
  vtkNew<vtkTrajectory> filter;
};
}

TEST_F(TrajectoryOfRun, TheMarkerMovesWithTheTimeAndNoWeightsAreReadForIt)
{
  this->open(this->record());
  this->filter->SetLayer("conv1");
  for (const double time : { 0.0, 10.0, 14.0, 20.0 })
  {
    setTime(this->filter, time, 1);
    ASSERT_EQ(updateAndListen(this->filter, 1), "");
    ASSERT_EQ(this->output(1)->GetNumberOfVerts(), 1);
    EXPECT_EQ(
      this->output(1)->GetPointData()->GetScalars()->GetTuple1(0), time == 14.0 ? 10.0 : time);
  }
  EXPECT_EQ(this->output(0)->GetNumberOfPoints(), 3);
  EXPECT_EQ(this->filter->GetNumberOfFits(), 1);
  const auto run = tensorview::RunReader::open(this->file("run.tvr"));
  const auto weights = static_cast<unsigned int>(run->model().find("conv1", "weight"));
  EXPECT_EQ(present(this->reader)[weights], '-');
}

TEST_F(TrajectoryOfRun, GrowsWithAFollowedRun)
{
  const tensorview::RunLayout layout = smallLayout();
  const auto writer = this->begin("run.tvr", layout);
  this->reader->SetFollow(1);
  this->open(this->file("run.tvr"));
  ASSERT_EQ(updateAndListen(this->filter), "");
  EXPECT_EQ(this->output(0)->GetNumberOfLines(), 0);
  EXPECT_EQ(this->output(1)->GetNumberOfVerts(), 1);
  this->append(*writer, layout, 10);
  this->append(*writer, layout, 20);
  this->reader->Modified();
  ASSERT_EQ(updateAndListen(this->filter), "");
  EXPECT_EQ(this->output(0)->GetNumberOfPoints(), 3);
  ASSERT_EQ(updateAndListen(this->filter, 1), "");
  EXPECT_EQ(this->output(1)->GetPointData()->GetScalars()->GetTuple1(0), 20.0);
  writer->close();
}

TEST_F(TrajectoryOfRun, ABrokenFileIsAnErrorAndNoCrash)
{
  this->open(this->record());
  this->reader->UpdateInformation();
  std::filesystem::resize_file(this->file("run.tvr"), 4000);
  EXPECT_NE(updateAndListen(this->filter), "");
  EXPECT_EQ(this->output(0)->GetNumberOfPoints(), 0);
}
