#include "vtkTrainerSource.h"

#include "vtkModelProvider.h"

#include "vtkAlgorithm.h"
#include "vtkCallbackCommand.h"
#include "vtkDataArray.h"
#include "vtkDataObject.h"
#include "vtkFieldData.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"
#include "vtkSmartPointer.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <gtest/gtest.h>

#include <cmath>

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace
{

/// What a VTK object says through its error and warning macros, instead of printing it.
class Complaints
{
public:
  explicit Complaints(vtkObject* object)
  {
    this->callback->SetClientData(this);
    this->callback->SetCallback(
      [](vtkObject*, unsigned long event, void* self, void* text)
      {
        auto* complaints = static_cast<Complaints*>(self);
        (event == vtkCommand::ErrorEvent ? complaints->errors : complaints->warnings)
          .emplace_back(static_cast<const char*>(text));
      });
    object->AddObserver(vtkCommand::ErrorEvent, this->callback);
    object->AddObserver(vtkCommand::WarningEvent, this->callback);
  }

  std::vector<std::string> errors;
  std::vector<std::string> warnings;

private:
  vtkNew<vtkCallbackCommand> callback;
};

class TrainerSource : public ::testing::Test
{
protected:
  vtkNew<vtkTrainerSource> trainer;
  Complaints complaints{ trainer };

  vtkPartitionedDataSetCollection* tensors()
  {
    return vtkPartitionedDataSetCollection::SafeDownCast(this->trainer->GetOutputDataObject(0));
  }
  vtkTable* table(int port)
  {
    return vtkTable::SafeDownCast(this->trainer->GetOutputDataObject(port));
  }
  double stepShown(int port = 0)
  {
    return this->trainer->GetOutputDataObject(port)->GetInformation()->Get(
      vtkDataObject::DATA_TIME_STEP());
  }
  std::string state() { return this->trainer->GetState(); }
  vtkModelProvider* provider(int port = 0)
  {
    return vtkModelProvider::Get(this->trainer->GetOutputInformation(port));
  }

  template <typename Condition>
  static bool eventually(Condition condition)
  {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition())
    {
      if (std::chrono::steady_clock::now() > deadline)
      {
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
};

TEST_F(TrainerSource, DoesNothingBeforeItIsAsked)
{
  EXPECT_EQ(this->state(), "idle");
  EXPECT_EQ(this->trainer->GetStep(), 0);
  EXPECT_EQ(this->trainer->GetCommandId(), 0);
  EXPECT_FALSE(this->trainer->GetNeedsUpdate());
  EXPECT_STREQ(this->trainer->GetCommandState(), "done");
}

TEST_F(TrainerSource, InformationHasTheModelAndNoTimeSteps)
{
  this->trainer->UpdateInformation();
  EXPECT_EQ(this->state(), "ready");
  for (int port = 0; port < 4; ++port)
  {
    vtkInformation* info = this->trainer->GetOutputInformation(port);
    EXPECT_FALSE(info->Has(vtkStreamingDemandDrivenPipeline::TIME_STEPS()));
    EXPECT_FALSE(info->Has(vtkStreamingDemandDrivenPipeline::TIME_RANGE()));
    ASSERT_TRUE(this->provider(port));
  }
  const auto model = this->provider()->GetModel();
  ASSERT_FALSE(model->layers.empty());
  EXPECT_EQ(model->layers.front().name, "conv1");
  EXPECT_GE(model->find("conv1", "weight"), 0);
}

TEST_F(TrainerSource, ShowsTheNetworkAtStepZeroWithoutTraining)
{
  this->trainer->Update();
  EXPECT_EQ(this->state(), "ready");
  ASSERT_TRUE(this->tensors());
  EXPECT_EQ(this->tensors()->GetNumberOfPartitionedDataSets(),
    this->provider()->GetModel()->tensors.size());
  EXPECT_EQ(this->stepShown(), 0.0);
  ASSERT_TRUE(this->table(1));
  EXPECT_EQ(this->table(1)->GetNumberOfRows(), 0);
  EXPECT_STREQ(this->table(1)->GetColumnName(0), "Time");
  EXPECT_STREQ(this->table(1)->GetColumnName(2), "loss");
  ASSERT_TRUE(this->table(2));
  EXPECT_EQ(this->table(2)->GetNumberOfColumns(), 3);
  ASSERT_TRUE(this->table(3));
  EXPECT_EQ(this->table(3)->GetNumberOfRows(), 0);
}

TEST_F(TrainerSource, AdvanceTrainsThatManyStepsAndPauses)
{
  this->trainer->SetAdvanceSteps(7);
  this->trainer->Advance();
  EXPECT_EQ(this->state(), "paused");
  EXPECT_EQ(this->trainer->GetStep(), 7);
  EXPECT_EQ(this->trainer->GetCommandId(), 1);
  EXPECT_STREQ(this->trainer->GetCommandState(), "done");
  this->trainer->Update();
  EXPECT_EQ(this->stepShown(), 7.0);
  EXPECT_EQ(this->stepShown(1), 7.0);
  EXPECT_EQ(this->table(1)->GetNumberOfRows(), 7);
  EXPECT_EQ(this->table(1)->GetValueByName(0, "Time").ToDouble(), 1.0);
  EXPECT_TRUE(this->complaints.errors.empty());
}

TEST_F(TrainerSource, TensorsChangeWithTheSteps)
{
  this->trainer->Update();
  const auto weightOfFirst = [this]
  {
    auto* image = vtkImageData::SafeDownCast(this->tensors()->GetPartition(0U, 0U));
    return image->GetPointData()->GetArray("value")->GetTuple1(0);
  };
  const double before = weightOfFirst();
  this->trainer->SetAdvanceSteps(5);
  this->trainer->Advance();
  this->trainer->Update();
  EXPECT_NE(weightOfFirst(), before);
}

TEST_F(TrainerSource, DoesNotExecuteAgainWithoutAChange)
{
  this->trainer->Update();
  const vtkMTimeType before = this->tensors()->GetMTime();
  this->trainer->Update();
  EXPECT_EQ(this->tensors()->GetMTime(), before);
  this->trainer->SetRefreshToken(1);
  this->trainer->Update();
  EXPECT_GT(this->tensors()->GetMTime(), before);
}

TEST_F(TrainerSource, NeedsUpdateOnlyWhenThereIsSomethingNew)
{
  this->trainer->Update();
  EXPECT_FALSE(this->trainer->GetNeedsUpdate());
  this->trainer->Start();
  EXPECT_TRUE(eventually([this] { return this->trainer->GetNeedsUpdate(); }));
  this->trainer->Update();
  EXPECT_TRUE(eventually(
    [this]
    {
      this->trainer->GetNeedsUpdate();
      this->trainer->Update();
      return this->stepShown() > 1.0;
    }));
  this->trainer->Pause();
  EXPECT_EQ(this->state(), "paused");
  this->trainer->GetNeedsUpdate();
  this->trainer->Update();
  EXPECT_EQ(this->stepShown(), this->trainer->GetStep());
  EXPECT_FALSE(this->trainer->GetNeedsUpdate());
}

TEST_F(TrainerSource, RefreshTokenBringsANewerStepOfARunningTraining)
{
  this->trainer->Start();
  this->trainer->Update();
  int token = 0;
  for (int newer = 0; newer < 3; ++newer)
  {
    const double last = this->stepShown();
    // An update waits for a new snapshot only for a moment, which on a busy machine is too short.
    EXPECT_TRUE(eventually(
      [&]
      {
        this->trainer->SetRefreshToken(++token);
        this->trainer->Update();
        return this->stepShown() > last;
      }));
  }
}

TEST_F(TrainerSource, HyperparametersActWhileRunningAndDoNotModify)
{
  this->trainer->Start();
  this->trainer->Update();
  const vtkMTimeType before = this->trainer->GetMTime();
  this->trainer->SetLearningRate(0.25);
  this->trainer->SetMomentum(0.5);
  this->trainer->SetWeightDecay(0.125);
  EXPECT_EQ(this->trainer->GetMTime(), before);
  EXPECT_TRUE(eventually([this] { return this->trainer->GetLearningRateInUse() == 0.25; }));
}

TEST_F(TrainerSource, ARefusedLearningRateIsAWarningAndTrainingGoesOn)
{
  this->trainer->Start();
  this->trainer->SetLearningRate(-1.0);
  EXPECT_TRUE(eventually(
    [this]
    {
      this->trainer->GetNeedsUpdate();
      return !this->complaints.warnings.empty();
    }));
  EXPECT_NE(this->complaints.warnings.front().find("LearningRate"), std::string::npos);
  EXPECT_EQ(this->state(), "running");
  for (int poll = 0; poll < 5; ++poll)
  {
    this->trainer->GetNeedsUpdate();
  }
  EXPECT_EQ(this->complaints.warnings.size(), 1U);
}

TEST_F(TrainerSource, RefusedSettingsAreOneErrorAndAnEmptyCollection)
{
  this->trainer->SetBatchSize(20000);
  this->trainer->Update();
  this->trainer->SetRefreshToken(1);
  this->trainer->Update();
  EXPECT_EQ(this->complaints.errors.size(), 1U);
  EXPECT_NE(this->complaints.errors.front().find("BatchSize is 20000"), std::string::npos);
  EXPECT_EQ(this->state(), "failed");
  ASSERT_TRUE(this->tensors());
  EXPECT_EQ(this->tensors()->GetNumberOfPartitionedDataSets(), 0U);
  ASSERT_TRUE(this->provider());
  EXPECT_TRUE(this->provider()->GetModel()->layers.empty());

  this->trainer->SetBatchSize(100);
  this->trainer->Update();
  EXPECT_EQ(this->state(), "ready");
  EXPECT_GT(this->tensors()->GetNumberOfPartitionedDataSets(), 0U);
  EXPECT_EQ(this->complaints.errors.size(), 1U);
}

TEST_F(TrainerSource, AFailedCommandIsToldWithItsReason)
{
  this->trainer->SetLearningRate(0.0);
  this->trainer->Start();
  EXPECT_STREQ(this->trainer->GetCommandState(), "failed");
  EXPECT_NE(std::string(this->trainer->GetCommandReason()).find("LearningRate"), std::string::npos);
  EXPECT_EQ(this->complaints.errors.size(), 1U);
}

TEST_F(TrainerSource, ADivergingTrainingPausesAndSaysSo)
{
  this->trainer->SetLearningRate(100.0);
  this->trainer->Start();
  EXPECT_TRUE(eventually([this] { return this->state() == "paused"; }));
  this->trainer->GetNeedsUpdate();
  ASSERT_EQ(this->complaints.warnings.size(), 1U);
  EXPECT_NE(this->complaints.warnings.front().find("diverged"), std::string::npos);
}

TEST_F(TrainerSource, EditsAreAppliedShownAndUndone)
{
  this->trainer->SetAdvanceSteps(5);
  this->trainer->Advance();
  this->trainer->UpdateWholeExtent();
  const auto slots = [this]
  {
    return this->tensors()
      ->GetPartition(0, 0)
      ->GetFieldData()
      ->GetArray("Slot")
      ->GetNumberOfTuples();
  };
  const vtkIdType all = slots();
  this->trainer->SetEditLayer("conv1");
  this->trainer->SetPruneTo(2);
  this->trainer->SetEditReason("a test");
  this->trainer->Preview();
  EXPECT_STREQ(this->trainer->GetCommandState(), "done");
  EXPECT_EQ(this->trainer->GetPreviewCount(), 1);
  EXPECT_NE(
    std::string(this->trainer->GetPreviewResult()).find(R"("filters_after":2)"), std::string::npos);
  this->trainer->ApplyEdit();
  EXPECT_STREQ(this->trainer->GetCommandState(), "done");
  EXPECT_EQ(this->trainer->GetUndoCount(), 1);
  EXPECT_EQ(this->trainer->GetUndoStep(), 5);
  this->trainer->UpdateWholeExtent();
  EXPECT_EQ(slots(), 2);
  ASSERT_EQ(this->table(3)->GetNumberOfRows(), 1);
  EXPECT_EQ(this->table(3)->GetValueByName(0, "edit").ToString(), "prune");
  EXPECT_EQ(this->table(3)->GetValueByName(0, "why").ToString(), "a test");

  this->trainer->Advance();
  this->trainer->Undo();
  EXPECT_EQ(this->trainer->GetStep(), 5);
  EXPECT_EQ(this->trainer->GetRedoStep(), 10);
  this->trainer->UpdateWholeExtent();
  EXPECT_EQ(slots(), all);
  EXPECT_EQ(this->table(1)->GetNumberOfRows(), 5);
  EXPECT_EQ(this->table(3)->GetNumberOfRows(), 2);
  this->trainer->Redo();
  EXPECT_EQ(this->trainer->GetStep(), 10);
  EXPECT_TRUE(this->complaints.errors.empty());
}

TEST_F(TrainerSource, EditsOfNamedSlotsAndTheirRefusals)
{
  this->trainer->SetEditLayer("conv1");
  this->trainer->ApplyEdit();
  EXPECT_NE(std::string(this->trainer->GetCommandReason()).find("no network"), std::string::npos);
  this->trainer->SetAdvanceSteps(2);
  this->trainer->Advance();
  this->trainer->SetNumberOfEditSlots(1);
  this->trainer->SetEditSlots(0, 99);
  this->trainer->ApplyEdit();
  EXPECT_STREQ(this->trainer->GetCommandState(), "failed");
  EXPECT_NE(std::string(this->trainer->GetCommandReason()).find("slot 99"), std::string::npos);
  this->trainer->SetPruneMethod("magic");
  this->trainer->ApplyEdit();
  EXPECT_STREQ(this->trainer->GetCommandState(), "failed");
  EXPECT_NE(std::string(this->trainer->GetCommandReason()).find("magic"), std::string::npos);
  this->trainer->Undo();
  EXPECT_NE(
    std::string(this->trainer->GetCommandReason()).find("no edit to undo"), std::string::npos);
  EXPECT_EQ(this->complaints.errors.size(), 4U);
  this->trainer->ClearEditSlots();
  this->trainer->Freeze();
  EXPECT_STREQ(this->trainer->GetCommandState(), "done");
}

TEST_F(TrainerSource, PausesAtAStep)
{
  this->trainer->SetAdvanceSteps(1);
  this->trainer->Advance();
  this->trainer->SetPauseStep(9);
  this->trainer->PauseAt();
  this->trainer->Start();
  EXPECT_TRUE(eventually([this] { return this->state() == "paused"; }));
  EXPECT_EQ(this->trainer->GetStep(), 9);
}

TEST_F(TrainerSource, StopEndsAndStartBeginsAfresh)
{
  this->trainer->SetAdvanceSteps(20);
  this->trainer->Advance();
  this->trainer->Stop();
  EXPECT_EQ(this->state(), "finished");
  this->trainer->Update();
  EXPECT_EQ(this->stepShown(), 20.0);
  this->trainer->SetMaximumSteps(3);
  this->trainer->Start();
  EXPECT_TRUE(eventually([this] { return this->state() == "finished"; }));
  EXPECT_EQ(this->trainer->GetStep(), 3);
  this->trainer->GetNeedsUpdate();
  this->trainer->Update();
  EXPECT_EQ(this->table(1)->GetNumberOfRows(), 3);
}

TEST_F(TrainerSource, TwoTrainersDoNotDisturbEachOther)
{
  vtkNew<vtkTrainerSource> other;
  other->SetAdvanceSteps(3);
  other->Advance();
  this->trainer->SetAdvanceSteps(8);
  this->trainer->Advance();
  EXPECT_EQ(other->GetStep(), 3);
  EXPECT_EQ(this->trainer->GetStep(), 8);
}

TEST_F(TrainerSource, HistoryComesFromTheEngine)
{
  this->trainer->SetAdvanceSteps(6);
  this->trainer->Advance();
  this->trainer->Update();
  tensorview::CoordinateHistory history;
  ASSERT_TRUE(this->provider()->ReadCoordinates("conv1", { 0, 1, 2 }, 0, 6, history));
  EXPECT_TRUE(history.everyStep);
  EXPECT_EQ(history.step.size(), 6U); // metrics and history begin with step 1
  EXPECT_EQ(history.values.size(), 18U);
}

TEST_F(TrainerSource, ProbeAndGramMatrixAreComputedWhenAskedFor)
{
  this->trainer->SetAdvanceSteps(6);
  this->trainer->Advance();
  this->trainer->Update();
  EXPECT_TRUE(this->provider()->OffersGram("conv1"));
  EXPECT_TRUE(this->provider()->OffersGram("fc1"));
  EXPECT_FALSE(this->provider()->OffersGram("nowhere"));
  tensorview::GramMatrix gram;
  ASSERT_TRUE(this->provider()->ReadGram("conv1", 6.0, gram));
  EXPECT_EQ(gram.layer, "conv1");
  EXPECT_EQ(gram.values.size(), 17U * 17U);
  EXPECT_FALSE(this->provider()->ReadGram("conv1", 5.0, gram));
  EXPECT_FALSE(this->provider()->ReadGram("conv1", std::nan(""), gram));
  EXPECT_FALSE(this->provider()->ReadGram("nowhere", 6.0, gram));
  tensorview::TensorValues probe;
  ASSERT_TRUE(this->provider()->ReadProbe("fc1", 6.0, probe));
  EXPECT_EQ(probe.shape.filters, 512);
  EXPECT_FALSE(this->provider()->ReadProbe("conv1", 6.0, probe)); // has pixels enough
}

TEST(TrainerSourceLifetime, DeletionWhileRunningEndsTheTrainingAndLeavesTheProviderHarmless)
{
  vtkSmartPointer<vtkModelProvider> provider;
  {
    vtkNew<vtkTrainerSource> trainer;
    trainer->Start();
    trainer->Update();
    provider = vtkModelProvider::Get(trainer->GetOutputInformation(0));
  }
  tensorview::CoordinateHistory history;
  EXPECT_TRUE(provider->ReadCoordinates("conv1", { 0 }, 0, 10, history));
  EXPECT_TRUE(history.step.empty());
  tensorview::GramMatrix gram;
  EXPECT_FALSE(provider->ReadGram("conv1", 0.0, gram));
  EXPECT_FALSE(provider->GetModel()->layers.empty());
}

TEST(TrainerSourceWithoutEngine, SaysWhatIsMissing)
{
  ::setenv("TENSORVIEW_ENGINE_LIBRARY", "/nowhere/libTensorViewEngine.so", 1);
  vtkNew<vtkTrainerSource> trainer;
  Complaints complaints(trainer);
  trainer->Update();
  trainer->SetRefreshToken(1);
  trainer->Update();
  ASSERT_EQ(complaints.errors.size(), 1U);
  EXPECT_NE(complaints.errors.front().find("/nowhere/libTensorViewEngine.so"), std::string::npos);
  EXPECT_STREQ(trainer->GetState(), "failed");
  trainer->Start();
  EXPECT_STREQ(trainer->GetCommandState(), "failed");
  EXPECT_EQ(trainer->GetCommandId(), 1);
}

TEST_F(TrainerSource, OffersTheBuiltInNetworksAndThePathThatIsSet)
{
  vtkStringArray* choices = this->trainer->GetNetworkChoices();
  ASSERT_EQ(choices->GetNumberOfValues(), 5);
  EXPECT_EQ(choices->GetValue(0), "lenet5-simplified");
  EXPECT_EQ(choices->GetValue(4), "resnet50");
  this->trainer->SetNetwork("my network.json");
  choices = this->trainer->GetNetworkChoices();
  ASSERT_EQ(choices->GetNumberOfValues(), 6);
  EXPECT_EQ(choices->GetValue(5), "my network.json");
}

TEST_F(TrainerSource, ListsTheLayersThatCanLoseFilters)
{
  EXPECT_EQ(this->trainer->GetPrunableLayers()->GetNumberOfValues(), 0);
  this->trainer->Update();
  vtkStringArray* layers = this->trainer->GetPrunableLayers();
  ASSERT_GE(layers->GetNumberOfValues(), 1);
  EXPECT_NE(layers->GetValue(0).find(" conv1"), std::string::npos);
  EXPECT_EQ(this->trainer->GetEditLines()->GetNumberOfValues(), 0);
}

TEST_F(TrainerSource, PrintsItself)
{
  std::ostringstream text;
  this->trainer->Print(text);
  EXPECT_NE(text.str().find("Network: lenet5-simplified"), std::string::npos);
}

}
