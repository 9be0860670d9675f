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
#include "vtkTable.h"
#include "vtkWeightGrid.h"

#include <gtest/gtest.h>

#include <cmath>
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

TEST_F(PCCGrouping, AWrongThresholdIsAnError)
{
  this->Filter->SetThreshold(1.5);
  EXPECT_NE(UpdateAndListen(this->Filter).find("threshold"), std::string::npos);
}
