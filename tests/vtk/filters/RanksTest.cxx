// On two ranks (mpiexec -n 2) every rank has its filters, and the outputs together are those of one
// process that has all. The program ends with status 0 only if that holds on both ranks.

#include "MemoryHistory.h"
#include "NetworkSource.h"

#include "vtkCellData.h"
#include "vtkDataArray.h"
#include "vtkDistributionGrid.h"
#include "vtkImageData.h"
#include "vtkImageGrid.h"
#include "vtkMPIController.h"
#include "vtkPCCGrouping.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPolyData.h"
#include "vtkStringArray.h"
#include "vtkTable.h"
#include "vtkTrajectory.h"
#include "vtkWeightGrid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <vector>

namespace
{
constexpr std::int64_t filters = 7;

int Rank()
{
  vtkMultiProcessController* controller = vtkMultiProcessController::GetGlobalController();
  return controller ? controller->GetLocalProcessId() : 0;
}

/// Values without any regularity, the same on all ranks; filter 5 does the same as filter 1.
std::vector<float> Values(std::int64_t perFilter)
{
  std::vector<float> values;
  for (std::int64_t i = 0; i < filters; ++i)
  {
    const std::int64_t work = i == 5 ? 1 : i;
    for (std::int64_t k = 0; k < perFilter; ++k)
    {
      values.push_back(std::sin(static_cast<float>((work + 1) * (k + 3) * (k + work))) *
                       static_cast<float>(i + 1));
    }
  }
  return values;
}

void Fill(NetworkSource* source)
{
  source->AddTensor("conv1", "weight", { filters, 2, 3, 3 }, Values(18));
  source->AddTensor("conv1", "activation", { filters, 1, 5, 5 }, Values(25));
}

/// Runs a filter on the filters of this rank, or in one process on all of them.
/// @param choose sets properties of the filter
/// @param change changes the whole network before it is distributed
template <typename Filter>
vtkSmartPointer<Filter> Execute(NetworkSource* source, bool alone,
  const std::function<void(Filter*)>& choose = {},
  const std::function<void(NetworkSource*)>& change = {})
{
  Fill(source);
  if (change)
  {
    change(source);
  }
  vtkMultiProcessController* controller = vtkMultiProcessController::GetGlobalController();
  if (alone)
  {
    vtkMultiProcessController::SetGlobalController(nullptr);
  }
  else
  {
    // Rank 0 has filters 0 to 2, rank 1 the others. The model describes all of them on both.
    const tensorview::ModelDescription model = source->Provider->Model;
    for (const tensorview::LayerDescription& layer : model.layers)
    {
      source->KeepSlots(layer.name, Rank() == 0 ? std::vector<std::int32_t>{ 0, 1, 2 }
                                                : std::vector<std::int32_t>{ 3, 4, 5, 6 });
    }
    source->Provider->Model = model;
  }
  auto filter = vtkSmartPointer<Filter>::New();
  filter->SetInputConnection(source->GetOutputPort());
  if (choose)
  {
    choose(filter);
  }
  EXPECT_EQ(UpdateAndListen(filter), "");
  vtkMultiProcessController::SetGlobalController(controller);
  return filter;
}

/// Bounds and value of the first cell of every slot.
std::map<int, std::vector<double>> FirstCells(vtkDataSet* data, const char* array)
{
  std::map<int, std::vector<double>> cells;
  for (vtkIdType i = 0; i < data->GetNumberOfCells(); ++i)
  {
    const int slot = static_cast<int>(data->GetCellData()->GetArray("Slot")->GetTuple1(i));
    if (cells.count(slot) == 0)
    {
      std::vector<double> cell(6);
      data->GetCellBounds(i, cell.data());
      if (array)
      {
        cell.push_back(data->GetCellData()->GetArray(array)->GetTuple1(i));
      }
      cells[slot] = cell;
    }
  }
  return cells;
}

void ExpectEqualImages(vtkImageData* parallel, vtkImageData* serial)
{
  if (Rank() != 0)
  {
    EXPECT_EQ(parallel->GetNumberOfCells(), 0);
    return;
  }
  ASSERT_EQ(parallel->GetNumberOfCells(), serial->GetNumberOfCells());
  for (vtkIdType i = 0; i < serial->GetNumberOfCells(); ++i)
  {
    const double a = parallel->GetCellData()->GetScalars()->GetTuple1(i);
    const double b = serial->GetCellData()->GetScalars()->GetTuple1(i);
    ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << i;
  }
}

/// Rank 0 has the numbers that one process has.
void ExpectEqualColumns(
  vtkTable* parallel, vtkTable* serial, const std::vector<const char*>& columns)
{
  for (vtkIdType row = 0; row < parallel->GetNumberOfRows(); ++row)
  {
    for (const char* column : columns)
    {
      const double a = parallel->GetValueByName(row, column).ToDouble();
      const double b = serial->GetValueByName(row, column).ToDouble();
      EXPECT_TRUE(a == b || std::abs(a - b) < 1e-12 || (std::isnan(a) && std::isnan(b)))
        << column << ": " << a << " instead of " << b;
    }
  }
}
}

TEST(Ranks, BlocksStayWithTheirRankAtTheSamePlaces)
{
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> all;
  const auto parallel = Execute<vtkWeightGrid>(mine, false);
  const auto serial = Execute<vtkWeightGrid>(all, true);
  const auto own =
    FirstCells(vtkPolyData::SafeDownCast(parallel->GetOutputDataObject(0)), "weight");
  const auto expected =
    FirstCells(vtkPolyData::SafeDownCast(serial->GetOutputDataObject(0)), "weight");
  EXPECT_EQ(own.size(), Rank() == 0 ? 3U : 4U);
  for (const auto& [slot, cell] : own)
  {
    EXPECT_EQ(cell, expected.at(slot)) << slot;
  }
  ExpectEqualImages(vtkImageData::SafeDownCast(parallel->GetOutputDataObject(1)),
    vtkImageData::SafeDownCast(serial->GetOutputDataObject(1)));
}

TEST(Ranks, CoarseGridsInOrderWithAFocusAreTheSame)
{
  const auto choose = [](vtkWeightGrid* grid)
  {
    grid->SetMaximumPixels(20);
    grid->SetMaximumBlocks(10);
    grid->SetFocus("1 4");
    grid->SetNormalization(vtkWeightGrid::NORMALIZE_LAYER);
  };
  for (const int order : { vtkWeightGrid::ORDER_SLOT, vtkWeightGrid::ORDER_NORM })
  {
    const auto chooseOrder = [&choose, order](vtkWeightGrid* grid)
    {
      choose(grid);
      grid->SetOrder(order);
    };
    vtkNew<NetworkSource> mine;
    vtkNew<NetworkSource> all;
    const auto parallel = Execute<vtkWeightGrid>(mine, false, chooseOrder);
    const auto serial = Execute<vtkWeightGrid>(all, true, chooseOrder);
    for (const int port : { 1, 2 })
    {
      ExpectEqualImages(vtkImageData::SafeDownCast(parallel->GetOutputDataObject(port)),
        vtkImageData::SafeDownCast(serial->GetOutputDataObject(port)));
    }
    const auto own =
      FirstCells(vtkPolyData::SafeDownCast(parallel->GetOutputDataObject(0)), "weight");
    const auto expected =
      FirstCells(vtkPolyData::SafeDownCast(serial->GetOutputDataObject(0)), "weight");
    for (const auto& [slot, cell] : own)
    {
      EXPECT_EQ(cell, expected.at(slot)) << slot;
    }
    EXPECT_STREQ(parallel->GetNote(), serial->GetNote());
  }
}

TEST(Ranks, RankZeroDrawsTheWholeImage)
{
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> all;
  const auto parallel = Execute<vtkImageGrid>(mine, false);
  const auto serial = Execute<vtkImageGrid>(all, true);
  ExpectEqualImages(vtkImageData::SafeDownCast(parallel->GetOutputDataObject(0)),
    vtkImageData::SafeDownCast(serial->GetOutputDataObject(0)));
}

TEST(Ranks, CurvesStayWithTheirRankAtTheSamePlaces)
{
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> all;
  const auto parallel = Execute<vtkDistributionGrid>(mine, false);
  const auto serial = Execute<vtkDistributionGrid>(all, true);
  const auto own = FirstCells(vtkPolyData::SafeDownCast(parallel->GetOutputDataObject(0)), nullptr);
  const auto expected =
    FirstCells(vtkPolyData::SafeDownCast(serial->GetOutputDataObject(0)), nullptr);
  EXPECT_EQ(own.size(), Rank() == 0 ? 3U : 4U);
  for (const auto& [slot, cell] : own)
  {
    EXPECT_EQ(cell, expected.at(slot)) << slot;
  }
}

TEST(Ranks, CorrelationIsThatOfAllFilters)
{
  for (const int measure :
    { vtkPCCGrouping::PEARSON, vtkPCCGrouping::COSINE, vtkPCCGrouping::WEIGHTED_JACCARD })
  {
    const auto choose = [measure](vtkPCCGrouping* grouping) { grouping->SetMeasure(measure); };
    vtkNew<NetworkSource> mine;
    vtkNew<NetworkSource> all;
    const auto parallel = Execute<vtkPCCGrouping>(mine, false, choose);
    const auto serial = Execute<vtkPCCGrouping>(all, true, choose);
    // To the last bit, whatever rank multiplied which filters.
    ExpectEqualImages(vtkImageData::SafeDownCast(parallel->GetOutputDataObject(1)),
      vtkImageData::SafeDownCast(serial->GetOutputDataObject(1)));
    auto* table = vtkTable::SafeDownCast(parallel->GetOutputDataObject(2));
    EXPECT_EQ(table->GetNumberOfRows(), Rank() == 0 ? filters : 0);
    ExpectEqualColumns(table, vtkTable::SafeDownCast(serial->GetOutputDataObject(2)),
      { "MeanCoefficient", "NearestCoefficient" });
    for (const auto& entry : vtkTensorCollection::List(
           vtkPartitionedDataSetCollection::SafeDownCast(parallel->GetOutputDataObject(0))))
    {
      vtkTensorCollection::Part part;
      ASSERT_TRUE(vtkTensorCollection::Read(entry.parts.at(0), part));
      // Filter 5 is a multiple of filter 1: another weight, the same direction.
      const int group = measure == vtkPCCGrouping::WEIGHTED_JACCARD ? -1 : 0;
      EXPECT_EQ(part.group, Rank() == 0 ? (std::vector<int>{ -1, group, -1 })
                                        : (std::vector<int>{ -1, -1, group, -1 }));
    }
  }
}

TEST(Ranks, ValuesThatAreNotFiniteAreLeftOutOnAllRanks)
{
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> all;
  const auto spoil = [](NetworkSource* source)
  {
    std::vector<float> values = Values(25);
    std::fill_n(values.begin() + 4 * 25, 25, std::nanf("")); // all of filter 4
    values[3] = std::nanf("");                               // one of filter 0
    auto data = std::make_shared<std::vector<float>>(values);
    source->Tensors[1].data = std::shared_ptr<const float>(data, data->data());
  };
  const auto parallel = Execute<vtkPCCGrouping>(mine, false, {}, spoil);
  const auto serial = Execute<vtkPCCGrouping>(all, true, {}, spoil);
  ExpectEqualImages(vtkImageData::SafeDownCast(parallel->GetOutputDataObject(1)),
    vtkImageData::SafeDownCast(serial->GetOutputDataObject(1)));
  EXPECT_STREQ(parallel->GetNote(), serial->GetNote());
  EXPECT_NE(std::string(serial->GetNote()).find("slots 4"), std::string::npos);
  EXPECT_NE(std::string(serial->GetNote()).find("1 of 25"), std::string::npos);
}

TEST(Ranks, ErrorsArePredictedFromTheWeightsOfAllRanks)
{
  const auto feed = [](NetworkSource* source)
  {
    // The next layer has as many filters as this one, so that its ranks hold some each.
    source->AddTensor("conv2", "weight", { filters, filters, 3, 3 }, Values(filters * 9));
    source->Provider->Model.tensors.back().channelLayerId = 1;
    tensorview::GramMatrix gram;
    std::vector<float> maps = Values(25);
    maps.resize((filters + 1) * 25, 1.0F);
    for (std::int64_t i = 0; i <= filters; ++i)
    {
      gram.slot.push_back(static_cast<std::int32_t>(i));
      for (std::int64_t j = 0; j <= filters; ++j)
      {
        gram.values.push_back(std::inner_product(
          maps.begin() + i * 25, maps.begin() + i * 25 + 25, maps.begin() + j * 25, 0.0));
      }
    }
    gram.slot.pop_back();
    source->Provider->Grams["conv1"] = gram;
  };
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> all;
  const auto parallel = Execute<vtkPCCGrouping>(mine, false, {}, feed);
  const auto serial = Execute<vtkPCCGrouping>(all, true, {}, feed);
  auto* list = vtkTable::SafeDownCast(parallel->GetOutputDataObject(3));
  EXPECT_EQ(list->GetNumberOfRows(), Rank() == 0 ? 1 : 0);
  auto* expected = vtkTable::SafeDownCast(serial->GetOutputDataObject(3));
  ExpectEqualColumns(list, expected, { "PredictedError" });
  EXPECT_LT(expected->GetValueByName(0, "PredictedError").ToDouble(), 1e-4); // they are alike
  EXPECT_EQ(parallel->GetGroupMembers()->GetNumberOfValues(), 1);
}

TEST(Ranks, SnapshotsAreAccumulatedOnAllRanks)
{
  const auto record = [](NetworkSource* source)
  {
    source->Step = 7.0;
    tensorview::TensorValues before = source->Tensors[1];
    auto values = std::make_shared<std::vector<float>>(Values(25));
    std::reverse(values->begin(), values->end());
    before.data = std::shared_ptr<const float>(values, values->data());
    source->Provider->Snapshots[3] = { before };
    source->Provider->Snapshots[7] = { source->Tensors[1] };
  };
  const auto choose = [](vtkPCCGrouping* grouping) { grouping->SetAccumulateSnapshots(0); };
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> all;
  const auto parallel = Execute<vtkPCCGrouping>(mine, false, choose, record);
  const auto serial = Execute<vtkPCCGrouping>(all, true, choose, record);
  ExpectEqualImages(vtkImageData::SafeDownCast(parallel->GetOutputDataObject(1)),
    vtkImageData::SafeDownCast(serial->GetOutputDataObject(1)));
  EXPECT_STREQ(parallel->GetNote(), serial->GetNote());
  EXPECT_NE(std::string(serial->GetNote()).find("2 recorded"), std::string::npos);
}

TEST(Ranks, TrajectoriesGrowFromWeightsOfAllRanks)
{
  vtkNew<NetworkSource> mine;
  const auto parallel = Execute<vtkTrajectory>(mine, false);
  parallel->RemoveAllCoordinates();
  for (const vtkIdType coordinate : { 0, 18 * 4, 18 * 6 + 1 })
  {
    parallel->AddCoordinate(coordinate);
  }
  ASSERT_EQ(UpdateAndListen(parallel), "");
  auto* lines = vtkPolyData::SafeDownCast(parallel->GetOutputDataObject(0));
  ASSERT_EQ(lines->GetNumberOfPoints(), Rank() == 0 ? 1 : 0);
  const std::vector<float> values = Values(18);
  if (Rank() == 0)
  {
    EXPECT_EQ(lines->GetPoint(0)[0], values[0]);
    EXPECT_EQ(lines->GetPoint(0)[1], values[18 * 4]);
    EXPECT_EQ(lines->GetPoint(0)[2], values[18 * 6 + 1]);
  }
}

TEST(Ranks, ComponentsComeFromTheHistoryOfRankZero)
{
  const auto choose = [](vtkTrajectory* filter)
  { filter->SetProjection(vtkTrajectory::PRINCIPAL_COMPONENTS); };
  const auto change = [](NetworkSource* source)
  {
    source->Provider->Version = "1";
    source->Provider->History = []() -> std::unique_ptr<tensorview::LayerHistory>
    {
      if (vtkMultiProcessController::GetGlobalController() && Rank() != 0)
      {
        return nullptr;
      }
      return std::make_unique<MemoryHistory>(tensorview::TensorShape{ filters, 2, 3, 3 }, 9,
        [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
        { return std::sin(static_cast<float>(snapshot * (slot + 2) + index)); });
    };
  };
  vtkNew<NetworkSource> mine;
  vtkNew<NetworkSource> whole;
  const auto parallel = Execute<vtkTrajectory>(mine, false, choose, change);
  const auto serial = Execute<vtkTrajectory>(whole, true, choose, change);
  auto* lines = vtkPolyData::SafeDownCast(parallel->GetOutputDataObject(0));
  ASSERT_EQ(lines->GetNumberOfPoints(), Rank() == 0 ? 9 : 0);
  auto* expected = vtkPolyData::SafeDownCast(serial->GetOutputDataObject(0));
  for (vtkIdType i = 0; i < lines->GetNumberOfPoints(); ++i)
  {
    EXPECT_EQ(lines->GetPoint(i)[0], expected->GetPoint(i)[0]);
  }
}

TEST(Ranks, CurvesOfFiltersGrowFromWeightsOfAllRanks)
{
  vtkNew<NetworkSource> mine;
  const auto parallel = Execute<vtkTrajectory>(
    mine, false, [](vtkTrajectory* filter) { filter->SetCurves(vtkTrajectory::OF_FILTERS); });
  auto* now = vtkPolyData::SafeDownCast(parallel->GetOutputDataObject(1));
  ASSERT_EQ(now->GetNumberOfPoints(), Rank() == 0 ? filters : 0);
  const std::vector<float> values = Values(18);
  for (vtkIdType i = 0; i < now->GetNumberOfPoints(); ++i)
  {
    EXPECT_EQ(now->GetPoint(i)[1], values[static_cast<std::size_t>(18 * i + 1)]);
  }
}

int main(int argc, char** argv)
{
  ::testing::InitGoogleTest(&argc, argv);
  vtkNew<vtkMPIController> controller;
  controller->Initialize(&argc, &argv);
  vtkMultiProcessController::SetGlobalController(controller);
  const int failed = controller->GetNumberOfProcesses() == 2 ? RUN_ALL_TESTS() : 2;
  vtkMultiProcessController::SetGlobalController(nullptr);
  controller->Finalize();
  return failed;
}
