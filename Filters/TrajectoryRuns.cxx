#include "TrajectoryRuns.h"

#include "RankExchange.h"

#include "vtkDataObject.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <limits>
#include <stdexcept>

namespace
{
vtkDataObject* DataOf(vtkInformation* information)
{
  return vtkDataObject::GetData(information);
}

std::string TextOf(const LayerShape& shape)
{
  return std::to_string(shape.firstFilters) + " filters of " +
         std::to_string(shape.filter.channels) + " x " + std::to_string(shape.filter.rows) + " x " +
         std::to_string(shape.filter.columns) + " weights";
}

bool Fits(const LayerShape& a, const LayerShape& b)
{
  return a.firstFilters == b.firstFilters && a.filter.channels == b.filter.channels &&
         a.filter.rows == b.filter.rows && a.filter.columns == b.filter.columns;
}
}

std::vector<TrajectoryRun> FindTrajectoryRuns(
  vtkInformationVector* inputs, const TensorName& name, std::vector<std::string>& notes)
{
  std::vector<TrajectoryRun> runs;
  for (int i = 0; i < inputs->GetNumberOfInformationObjects(); ++i)
  {
    TrajectoryRun run;
    run.number = i;
    run.information = inputs->GetInformationObject(i);
    run.provider = vtkModelProvider::Get(run.information);
    const TensorName wanted =
      runs.empty() ? name : TensorName{ runs.front().shape.layer, name.kind, name.defaultKind };
    std::optional<LayerShape> shape = DescribeTensor(run.information, wanted);
    if (!shape)
    {
      LayerTensor tensor;
      std::string message;
      const PickResult result =
        PickTensor(DataOf(run.information), run.information, wanted, true, tensor, message);
      if (result == PickResult::Wrong && runs.empty())
      {
        throw std::runtime_error(message);
      }
      if (result == PickResult::Wrong)
      {
        notes.push_back("Run " + std::to_string(i) + " is left out: " + message + ".");
      }
      if (result != PickResult::Found)
      {
        continue;
      }
      shape = tensor.shape;
    }
    run.shape = *shape;
    if (!runs.empty() && !Fits(run.shape, runs.front().shape))
    {
      notes.push_back("Run " + std::to_string(i) + " is left out: its layer '" + run.shape.layer +
                      "' has " + TextOf(run.shape) + ", that of run " +
                      std::to_string(runs.front().number) + " has " + TextOf(runs.front().shape) +
                      ".");
      continue;
    }
    runs.push_back(run);
  }
  return runs;
}

std::optional<LayerTensor> PickCurrent(const TrajectoryRun& run)
{
  LayerTensor tensor;
  std::string message;
  const PickResult result = PickTensor(DataOf(run.information), run.information,
    { run.shape.layer, run.shape.kind, run.shape.kind }, true, tensor, message);
  if (result == PickResult::Wrong)
  {
    throw std::runtime_error(message);
  }
  return result == PickResult::Found ? std::optional<LayerTensor>(std::move(tensor)) : std::nullopt;
}

bool IsLive(const TrajectoryRun& run)
{
  return !run.information->Has(vtkStreamingDemandDrivenPipeline::TIME_STEPS());
}

double ShownStep(const TrajectoryRun& run)
{
  vtkDataObject* data = DataOf(run.information);
  vtkInformation* information = data ? data->GetInformation() : nullptr;
  return information && information->Has(vtkDataObject::DATA_TIME_STEP())
           ? information->Get(vtkDataObject::DATA_TIME_STEP())
           : std::numeric_limits<double>::infinity();
}

std::vector<int> GroupsOf(const TrajectoryRun& run)
{
  // Every slot is on one rank only: the sum is what that rank says.
  std::vector<double> above(static_cast<std::size_t>(run.shape.slots), 0.0); // group + 1
  bool grouped = false;
  for (const vtkTensorCollection::Entry& entry : vtkTensorCollection::List(
         vtkPartitionedDataSetCollection::SafeDownCast(DataOf(run.information))))
  {
    if (grouped || entry.layer != run.shape.layer)
    {
      continue; // all tensors of the layer say the same
    }
    for (vtkImageData* partition : entry.parts)
    {
      vtkTensorCollection::Part part;
      const bool has = vtkTensorCollection::Read(partition, part) && !part.group.empty() &&
                       part.group.size() == part.values.slot.size();
      for (std::size_t i = 0; has && i < part.group.size(); ++i)
      {
        const std::int32_t slot = part.values.slot[i];
        if (slot >= 0 && slot < run.shape.slots)
        {
          above[static_cast<std::size_t>(slot)] = part.group[i] + 1.0;
        }
      }
      grouped = grouped || has;
    }
  }
  if (RankExchange::Maximum(grouped ? 1.0 : 0.0) == 0.0)
  {
    return {};
  }
  RankExchange::Sum(above);
  std::vector<int> groups;
  for (const double group : above)
  {
    groups.push_back(static_cast<int>(group) - 1);
  }
  return groups;
}
