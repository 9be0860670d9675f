#include "vtkRunModelProvider.h"

#include "RecordedRunFixture.h"
#include "RunReader.h"

#include "vtkCallbackCommand.h"
#include "vtkCommand.h"
#include "vtkNew.h"

#include <gtest/gtest.h>

#include <sstream>

using namespace tensorview::testing;

namespace
{
class RunModelProvider : public RecordedRunTest
{
protected:
  vtkNew<vtkRunModelProvider> provider;
  tensorview::CoordinateHistory history;
};
}

TEST_F(RunModelProvider, HasNothingWithoutARun)
{
  EXPECT_TRUE(this->provider->GetModel()->layers.empty());
  EXPECT_FALSE(this->provider->ReadCoordinates("conv1", { 0 }, 0, 100, this->history));
  tensorview::TensorValues probe;
  EXPECT_FALSE(this->provider->ReadProbe("fc1", 0.0, probe));
  EXPECT_TRUE(this->provider->ReadsOnDemand());
}

TEST_F(RunModelProvider, ReadsTheHistoryOfTrackedAndOtherCoordinates)
{
  this->provider->SetRun(tensorview::RunReader::open(this->record()));
  EXPECT_EQ(this->provider->GetModel()->name, "small");
  ASSERT_TRUE(this->provider->ReadCoordinates("conv1", { 0, 35 }, 3, 12, this->history));
  EXPECT_TRUE(this->history.everyStep);
  ASSERT_EQ(this->history.step.size(), 10U);
  EXPECT_EQ(this->history.step.front(), 3);
  EXPECT_EQ(this->history.values[0], trackedValue(3, 0));
  EXPECT_EQ(this->history.values[1], trackedValue(3, 2));
  ASSERT_TRUE(this->provider->ReadCoordinates("conv1", { 1 }, 0, 100, this->history));
  EXPECT_FALSE(this->history.everyStep);
  EXPECT_EQ(this->history.step, (std::vector<std::int64_t>{ 0, 10, 20 }));
  EXPECT_EQ(this->history.values[2], tensorValue(20, 0, 1));
}

TEST_F(RunModelProvider, ReadsTheProbeOfAStep)
{
  this->provider->SetRun(tensorview::RunReader::open(this->record()));
  tensorview::TensorValues probe;
  ASSERT_TRUE(this->provider->ReadProbe("fc1", 12.0, probe));
  EXPECT_EQ(probe.shape, (tensorview::TensorShape{ 3, 1, 1, 7 }));
  EXPECT_FALSE(this->provider->ReadProbe("conv1", 12.0, probe));
}

TEST_F(RunModelProvider, WarnsOfWhatItCannotRead)
{
  this->provider->SetRun(tensorview::RunReader::open(this->record()));
  std::string warning;
  vtkNew<vtkCallbackCommand> listener;
  listener->SetClientData(&warning);
  listener->SetCallback([](vtkObject*, unsigned long, void* to, void* text)
    { *static_cast<std::string*>(to) += static_cast<const char*>(text); });
  this->provider->AddObserver(vtkCommand::WarningEvent, listener);
  EXPECT_TRUE(this->provider->ReadCoordinates("conv9", { 0 }, 0, 100, this->history));
  EXPECT_TRUE(this->history.step.empty());
  EXPECT_NE(warning.find("conv9"), std::string::npos);
}

TEST_F(RunModelProvider, PrintsItself)
{
  this->provider->SetRun(tensorview::RunReader::open(this->record()));
  std::ostringstream text;
  this->provider->Print(text);
  EXPECT_NE(text.str().find(this->file("run.tvr")), std::string::npos);
}
