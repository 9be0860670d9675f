#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkDataSetAttributes.h"
#include "vtkFieldData.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkPCCGrouping.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"
#include "vtkWeightGrid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace
{
/// Filters 0 and 2 do the same work, 3 is dead, 1 is alone.
std::vector<float> Activations()
{
  std::vector<float> values;
  for (int k = 0; k < 16; ++k)
  {
    values.push_back(static_cast<float>(k));
  }
  for (int k = 0; k < 16; ++k)
  {
    values.push_back(static_cast<float>(k % 2));
  }
  for (int k = 0; k < 16; ++k)
  {
    values.push_back(3.0F * static_cast<float>(k) + 1.0F);
  }
  values.resize(64, 0.0F);
  return values;
}

class PCCGrouping : public ::testing::Test
{
protected:
  void SetUp() override
  {
    this->Filter->SetInputConnection(this->Source->GetOutputPort());
    this->Source->AddTensor("conv1", "weight", { 4, 1, 1, 1 }, { 1, 2, 3, 4 });
    this->Source->AddTensor("conv1", "activation", { 4, 1, 4, 4 }, Activations());
    this->Source->AddTensor("fc1", "activation", { 2, 1, 1, 1 }, { 1, 2 });
  }
  vtkTable* Table() { return vtkTable::SafeDownCast(this->Filter->GetOutputDataObject(2)); }
  vtkTable* List() { return vtkTable::SafeDownCast(this->Filter->GetOutputDataObject(3)); }
  double ListCell(const char* column, vtkIdType row)
  {
    return this->List()->GetRowData()->GetArray(column)->GetTuple1(row);
  }
  vtkImageData* Matrix()
  {
    return vtkImageData::SafeDownCast(this->Filter->GetOutputDataObject(1));
  }
  std::string Note() { return this->Filter->GetNote(); }
  double Cell(const char* column, vtkIdType row)
  {
    return this->Table()->GetRowData()->GetArray(column)->GetTuple1(row);
  }

  vtkNew<NetworkSource> Source;
  vtkNew<vtkPCCGrouping> Filter;
};
}

TEST_F(PCCGrouping, TheTableSaysWhoBelongsTogether)
{
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Table()->GetNumberOfRows(), 4);
  const double group[] = { 0, -1, 0, -1 };
  const double survivor[] = { 0, 1, 0, 3 };
  const double constant[] = { 0, 0, 0, 1 };
  for (vtkIdType row = 0; row < 4; ++row)
  {
    EXPECT_EQ(this->Cell("Slot", row), static_cast<double>(row));
    EXPECT_EQ(this->Cell("Group", row), group[row]);
    EXPECT_EQ(this->Cell("Survivor", row), survivor[row]);
    EXPECT_EQ(this->Cell("Constant", row), constant[row]);
  }
  EXPECT_NEAR(this->Cell("MeanCoefficient", 2), 1.0, 1e-6);
  EXPECT_TRUE(std::isnan(this->Cell("MeanCoefficient", 1)));
  EXPECT_NE(std::string(this->Filter->GetNote()).find("Constant"), std::string::npos);
  EXPECT_DOUBLE_EQ(this->Table()->GetFieldData()->GetArray("Threshold")->GetTuple1(0), 0.99);
  EXPECT_NE(this->Table()->GetFieldData()->GetAbstractArray("Linkage"), nullptr);
}

TEST_F(PCCGrouping, TheInputGoesThroughWithGroupsAndStaysAsItWas)
{
  this->Filter->Update();
  for (const auto& entry : vtkTensorCollection::List(
         vtkPartitionedDataSetCollection::SafeDownCast(this->Filter->GetOutputDataObject(0))))
  {
    ASSERT_EQ(entry.parts.size(), 1U);
    vtkTensorCollection::Part part;
    ASSERT_TRUE(vtkTensorCollection::Read(entry.parts[0], part));
    const std::vector<int> expected =
      entry.layer == "conv1" ? std::vector<int>{ 0, -1, 0, -1 } : std::vector<int>{};
    EXPECT_EQ(part.group, expected) << entry.layer << " " << entry.kind;
  }
  for (const auto& entry : vtkTensorCollection::List(
         vtkPartitionedDataSetCollection::SafeDownCast(this->Source->GetOutputDataObject(0))))
  {
    EXPECT_EQ(entry.parts[0]->GetFieldData()->GetArray("Group"), nullptr);
  }
}

TEST_F(PCCGrouping, AWeightGridBehindItHasTheGroups)
{
  vtkNew<vtkWeightGrid> grid;
  grid->SetInputConnection(this->Filter->GetOutputPort());
  ASSERT_EQ(UpdateAndListen(grid), "");
  auto* blocks = vtkPolyData::SafeDownCast(grid->GetOutputDataObject(0));
  vtkDataArray* group = blocks->GetCellData()->GetArray("Group");
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->GetTuple1(6), -1.0);
  EXPECT_EQ(group->GetTuple1(12), 0.0);
  auto* image = vtkImageData::SafeDownCast(grid->GetOutputDataObject(1));
  EXPECT_NE(image->GetCellData()->GetArray("Group"), nullptr);
}

TEST_F(PCCGrouping, TheMatrixIsAnImage)
{
  this->Filter->UpdateInformation();
  int extent[6];
  this->Filter->GetOutputInformation(1)->Get(
    vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent);
  EXPECT_EQ(extent[1], 4);
  EXPECT_EQ(extent[3], 4);
  this->Filter->Update();
  auto* image = vtkImageData::SafeDownCast(this->Filter->GetOutputDataObject(1));
  ASSERT_EQ(image->GetNumberOfCells(), 16);
  vtkDataArray* r = image->GetCellData()->GetScalars();
  EXPECT_STREQ(r->GetName(), "correlation");
  EXPECT_EQ(r->GetTuple1(0), 1.0);
  EXPECT_NEAR(r->GetTuple1(2), 1.0, 1e-6);
  EXPECT_TRUE(std::isnan(r->GetTuple1(3)));
  EXPECT_EQ(image->GetCellData()->GetArray("Slot")->GetTuple1(4), 1.0);
  EXPECT_EQ(image->GetCellData()->GetArray("OtherSlot")->GetTuple1(6), 2.0);
}

TEST_F(PCCGrouping, RemovedFiltersHaveNoRowInTheTableAndNoNumberInTheMatrix)
{
  this->Source->KeepSlots("conv1", { 1, 2, 3 });
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->Table()->GetNumberOfRows(), 3);
  EXPECT_EQ(this->Cell("Slot", 0), 1.0);
  EXPECT_EQ(this->Cell("Group", 0), -1.0);
  auto* image = vtkImageData::SafeDownCast(this->Filter->GetOutputDataObject(1));
  EXPECT_EQ(image->GetNumberOfCells(), 16);
  EXPECT_TRUE(std::isnan(image->GetCellData()->GetScalars()->GetTuple1(0)));
  EXPECT_EQ(image->GetCellData()->GetScalars()->GetTuple1(5), 1.0);
}

TEST_F(PCCGrouping, SmallMapsAreCorrelatedOverTheProbeBatch)
{
  this->Filter->SetLayer("fc1");
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_NE(std::string(this->Filter->GetNote()).find("mean little"), std::string::npos);

  tensorview::TensorValues probe;
  probe.shape = { 2, 1, 1, 3 };
  probe.slot = { 0, 1 };
  probe.channelSlot = { 0 };
  auto data = std::make_shared<std::vector<float>>(std::vector<float>{ 1, 2, 3, 2, 4, 6 });
  probe.data = std::shared_ptr<const float>(data, data->data());
  this->Source->Provider->Probes["fc1"] = probe;
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_NE(std::string(this->Filter->GetNote()).find("probe batch"), std::string::npos);
  EXPECT_EQ(this->Cell("Group", 1), 0.0);
}

TEST_F(PCCGrouping, SeveralPartitionsMakeTheSameGroups)
{
  this->Source->Partitions = 3;
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Cell("Survivor", 2), 0.0);
  std::size_t grouped = 0;
  for (const auto& entry : vtkTensorCollection::List(
         vtkPartitionedDataSetCollection::SafeDownCast(this->Filter->GetOutputDataObject(0))))
  {
    for (vtkImageData* partition : entry.parts)
    {
      grouped += partition->GetFieldData()->GetArray("Group") ? 1 : 0;
    }
  }
  EXPECT_EQ(grouped, 6U);
}

TEST_F(PCCGrouping, InfinityIsLeftOutAndCounted)
{
  std::vector<float> values = Activations();
  values[0] = std::numeric_limits<float>::infinity();
  values[33] = -std::numeric_limits<float>::infinity();
  this->Source->AddTensor("conv2", "activation", { 4, 1, 4, 4 }, values);
  this->Filter->SetLayer("conv2");
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Cell("Survivor", 2), 0.0);
  EXPECT_NEAR(this->Matrix()->GetCellData()->GetScalars()->GetTuple1(2), 1.0, 1e-6);
  EXPECT_NE(this->Note().find("2 of 16 values of each filter were left out"), std::string::npos);
}

TEST_F(PCCGrouping, AWrongThresholdIsAnError)
{
  this->Filter->SetThreshold(1.5);
  EXPECT_NE(UpdateAndListen(this->Filter).find("threshold"), std::string::npos);
}

TEST_F(PCCGrouping, TheListSaysWhatEachGroupIs)
{
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  ASSERT_EQ(this->List()->GetNumberOfRows(), 1);
  EXPECT_EQ(this->List()->GetValueByName(0, "Members").ToString(), "0 2");
  EXPECT_EQ(this->ListCell("Group", 0), 0.0);
  EXPECT_EQ(this->ListCell("Filters", 0), 2.0);
  EXPECT_EQ(this->ListCell("Survivor", 0), 0.0);
  EXPECT_NEAR(this->ListCell("SmallestCoefficient", 0), 1.0, 1e-6);
  EXPECT_NEAR(this->ListCell("MeanCoefficient", 0), 1.0, 1e-6);
  EXPECT_TRUE(std::isnan(this->ListCell("PredictedError", 0)));
  EXPECT_NE(this->Note().find("no Gram matrix of layer 'conv1'"), std::string::npos);
  EXPECT_EQ(this->List()->GetRowData()->GetGlobalIds()->GetTuple1(0), 1 << 24);
  ASSERT_EQ(this->Filter->GetGroupMembers()->GetNumberOfValues(), 1);
  EXPECT_EQ(this->Filter->GetGroupMembers()->GetValue(0), "16777216 16777218");
  ASSERT_EQ(this->Filter->GetGroupFacts()->GetNumberOfValues(), 1);
  EXPECT_EQ(this->Filter->GetGroupFacts()->GetValue(0), "1 1 nan");
}

TEST_F(PCCGrouping, ErrorsArePredictedFromTheGramMatrix)
{
  this->Source->AddTensor("fc2", "weight", { 1, 4, 1, 1 }, { 1, 2, 3, 4 });
  this->Source->Provider->Model.tensors.back().channelLayerId = 1;
  const auto provide = [this](std::vector<std::int32_t> slots, std::vector<double> values)
  {
    for (double& value : values)
    {
      value *= 10.0; // every sample ten times
    }
    this->Source->Provider->Grams["conv1"] = { "conv1", std::move(slots), std::move(values) };
    this->Filter->Modified();
  };
  // Over two samples the maps are (1, 0), (0, 1), (2, 0) and nothing: 2 is twice 0.
  provide(
    { 0, 1, 2, 3 }, { 1, 0, 2, 0, 1, 0, 1, 0, 0, 1, 2, 0, 4, 0, 2, 0, 0, 0, 0, 0, 1, 1, 2, 0, 2 });
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_LT(this->ListCell("PredictedError", 0), 1e-5);
  EXPECT_EQ(this->Note().find("predicted"), std::string::npos);

  // Over four samples (1, 0, 0, 0), (0, 1, 0, 0), (2, 2, 0, 1) and nothing. On the last two the
  // constant is all that is left for filter 2: (0, 1) - (1/2, 1/2), 1/2 in squares, times its
  // weight 3. The next layer gets sum G_ij w_i w_j.
  provide(
    { 0, 1, 2, 3 }, { 1, 0, 2, 0, 1, 0, 1, 2, 0, 1, 2, 2, 9, 0, 5, 0, 0, 0, 0, 0, 1, 1, 5, 0, 4 });
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  const double all = 1 * 1 + 4 * 1 + 9 * 9 + 2 * (2 * 0 + 3 * 2 + 6 * 2);
  EXPECT_NEAR(this->ListCell("PredictedError", 0), std::sqrt(0.5 * 9.0 / all), 1e-5);

  // Of other filters, or of too few samples, it says nothing.
  provide({ 0, 1, 2, 4 }, std::vector<double>(25, 1.0));
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_TRUE(std::isnan(this->ListCell("PredictedError", 0)));
  provide({ 0, 1, 2, 3 }, std::vector<double>(25, 0.1));
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_TRUE(std::isnan(this->ListCell("PredictedError", 0)));
  EXPECT_NE(this->Note().find("no more samples"), std::string::npos);
}

TEST_F(PCCGrouping, ErrorsAreNotPredictedWhereNoLayerIsFed)
{
  tensorview::GramMatrix gram;
  gram.slot = { 0, 1, 2, 3 };
  gram.values.assign(25, 10.0);
  this->Source->Provider->Grams["conv1"] = gram;
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_TRUE(std::isnan(this->ListCell("PredictedError", 0)));
  EXPECT_NE(this->Note().find("no layer is fed"), std::string::npos);
}

TEST_F(PCCGrouping, TheMatrixMayBeInTheOrderOfTheGroups)
{
  this->Filter->SetMatrixOrder(vtkPCCGrouping::BY_GROUP);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  vtkCellData* cells = this->Matrix()->GetCellData();
  const double slots[] = { 0, 2, 1, 3 };
  for (vtkIdType i = 0; i < 4; ++i)
  {
    EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(4 * i), slots[i]);
    EXPECT_EQ(cells->GetArray("OtherSlot")->GetTuple1(i), slots[i]);
    EXPECT_EQ(cells->GetGlobalIds()->GetTuple1(4 * i), (1 << 24) + slots[i]);
  }
  EXPECT_NEAR(cells->GetScalars()->GetTuple1(1), 1.0, 1e-6); // of slots 0 and 2
  EXPECT_EQ(cells->GetArray("Group")->GetTuple1(1), 0.0);
  EXPECT_EQ(cells->GetArray("Group")->GetTuple1(2), -1.0);
}

TEST_F(PCCGrouping, BeyondTheBudgetAPixelStandsForPairs)
{
  this->Filter->SetMaximumPixels(15);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  vtkCellData* cells = this->Matrix()->GetCellData();
  ASSERT_EQ(this->Matrix()->GetNumberOfCells(), 4);
  EXPECT_EQ(this->Matrix()->GetSpacing()[0], 2.0); // filters stay where they are
  EXPECT_NEAR(cells->GetScalars()->GetTuple1(1), 1.0, 1e-6);
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(1), 0.0);
  EXPECT_EQ(cells->GetArray("OtherSlot")->GetTuple1(1), 2.0);
  EXPECT_EQ(cells->GetArray("Group")->GetTuple1(1), 0.0);
  EXPECT_EQ(cells->GetGlobalIds()->GetTuple1(1), 1 << 24);
  EXPECT_NE(this->Note().find("stand for 2 x 2 pairs of filters"), std::string::npos);
  EXPECT_NE(this->Note().find("largest magnitude"), std::string::npos);
  EXPECT_EQ(this->Table()->GetNumberOfRows(), 4);

  int extent[6];
  this->Filter->GetOutputInformation(1)->Get(
    vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent);
  EXPECT_EQ(extent[1], 2);

  this->Filter->SetAggregate(vtkPCCGrouping::AGGREGATE_MINIMUM);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_LT(this->Matrix()->GetCellData()->GetScalars()->GetTuple1(1), 0.9);
}

TEST_F(PCCGrouping, TheMatrixMayBeOfTheFiltersInFocus)
{
  this->Filter->SetMaximumPixels(4);
  this->Filter->SetFocus("2 0 9");
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  vtkCellData* cells = this->Matrix()->GetCellData();
  ASSERT_EQ(this->Matrix()->GetNumberOfCells(), 4); // exactly
  EXPECT_EQ(cells->GetArray("Slot")->GetTuple1(2), 2.0);
  EXPECT_EQ(cells->GetArray("OtherSlot")->GetTuple1(1), 2.0);
  EXPECT_NEAR(cells->GetScalars()->GetTuple1(1), 1.0, 1e-6);
  EXPECT_NE(this->Note().find("no filters in the slots 9"), std::string::npos);
  EXPECT_EQ(this->Note().find("pairs of filters"), std::string::npos);
  EXPECT_EQ(this->Table()->GetNumberOfRows(), 4);

  this->Filter->SetFocus("9");
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Matrix()->GetNumberOfCells(), 4); // all filters, coarse
  this->Filter->SetFocus("a");
  EXPECT_NE(UpdateAndListen(this->Filter), "");
}

TEST_F(PCCGrouping, ABudgetOfNothingDrawsNoMatrix)
{
  this->Filter->SetMaximumPixels(0);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Matrix()->GetNumberOfCells(), 0);
  EXPECT_NE(this->Matrix()->GetCellData()->GetArray("correlation"), nullptr);
  EXPECT_EQ(this->List()->GetNumberOfRows(), 1);
}

TEST_F(PCCGrouping, MeasureAndLinkageAreWrittenIntoTheOutputs)
{
  this->Filter->SetMeasure(vtkPCCGrouping::WEIGHTED_JACCARD);
  this->Filter->SetLinkage(vtkPCCGrouping::COMPLETE);
  this->Filter->SetFloor(0.3);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  for (const int port : { 1, 2, 3 })
  {
    vtkFieldData* fields = this->Filter->GetOutputDataObject(port)->GetFieldData();
    EXPECT_EQ(vtkStringArray::SafeDownCast(fields->GetAbstractArray("Measure"))->GetValue(0),
      "weighted jaccard");
    EXPECT_EQ(
      vtkStringArray::SafeDownCast(fields->GetAbstractArray("Linkage"))->GetValue(0), "complete");
    EXPECT_EQ(fields->GetArray("Samples")->GetTuple1(0), 16.0);
    EXPECT_EQ(fields->GetArray("Snapshots")->GetTuple1(0), 1.0);
  }
  // 0 to 15 beside 1, 4, 7, ...: 120 in common of 376.
  EXPECT_NEAR(this->Matrix()->GetCellData()->GetScalars()->GetTuple1(2), 120.0 / 376.0, 1e-6);
  EXPECT_NEAR(this->List()->GetFieldData()->GetArray("Threshold")->GetTuple1(0), 0.31, 1e-9);
  EXPECT_EQ(this->Cell("Survivor", 2), 0.0);
}

TEST_F(PCCGrouping, RecordedSnapshotsAreAccumulated)
{
  // Before, filter 2 did the opposite of filter 0.
  tensorview::TensorValues before = this->Source->Tensors[1];
  auto values = std::make_shared<std::vector<float>>(Activations());
  for (std::size_t k = 0; k < 16; ++k)
  {
    (*values)[32 + k] = -3.0F * static_cast<float>(k) + 1.0F;
  }
  before.data = std::shared_ptr<const float>(values, values->data());
  this->Source->Step = 20.0;
  this->Source->Provider->Snapshots[10] = { before };
  this->Source->Provider->Snapshots[20] = { this->Source->Tensors[1] };
  this->Source->Provider->Snapshots[30] = {}; // is not looked at
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_NEAR(this->Matrix()->GetCellData()->GetScalars()->GetTuple1(2), 1.0, 1e-6);

  this->Filter->SetAccumulateSnapshots(2);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_NEAR(this->Matrix()->GetCellData()->GetScalars()->GetTuple1(2), 0.0, 1e-6);
  EXPECT_NE(this->Note().find("over 2 recorded snapshots"), std::string::npos) << this->Note();
  EXPECT_EQ(this->List()->GetFieldData()->GetArray("Snapshots")->GetTuple1(0), 2.0);
  EXPECT_EQ(this->List()->GetFieldData()->GetArray("Samples")->GetTuple1(0), 32.0);

  // All of them; one before lacks a filter.
  this->Source->Provider->Snapshots[0] = { Select(before, { 0, 1, 3 }) };
  this->Filter->SetAccumulateSnapshots(0);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_NE(this->Note().find("up to step 0 are left out"), std::string::npos);
  EXPECT_EQ(this->List()->GetFieldData()->GetArray("Snapshots")->GetTuple1(0), 2.0);

  // Filter 3 was removed since: it does not matter.
  this->Source->KeepSlots("conv1", { 0, 1, 2 });
  for (tensorview::SlotEntry& slot : this->Source->Provider->Model.layers[0].slots)
  {
    slot.removedStep = slot.removedStep == 0 ? 15 : slot.removedStep;
  }
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->List()->GetFieldData()->GetArray("Snapshots")->GetTuple1(0), 2.0);
}

TEST_F(PCCGrouping, ASourceWithoutSnapshotsCorrelatesTheCurrentOne)
{
  this->Filter->SetAccumulateSnapshots(5);
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_NE(this->Note().find("keeps no snapshots"), std::string::npos);
  EXPECT_EQ(this->Cell("Group", 2), 0.0);
}

TEST_F(PCCGrouping, OneFilterAndOnlyConstantFiltersMakeNoGroups)
{
  this->Source->KeepSlots("conv1", { 1 });
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Table()->GetNumberOfRows(), 1);
  EXPECT_EQ(this->List()->GetNumberOfRows(), 0);
  this->Source->KeepSlots("conv1", {});
  this->Source->AddTensor("conv2", "activation", { 2, 1, 4, 4 }, std::vector<float>(32, 2.0F));
  this->Filter->SetLayer("conv2");
  this->Source->Modified();
  ASSERT_EQ(UpdateAndListen(this->Filter), "");
  EXPECT_EQ(this->Table()->GetNumberOfRows(), 2);
  EXPECT_EQ(this->List()->GetNumberOfRows(), 0);
  EXPECT_EQ(this->Cell("Constant", 1), 1.0);
}
