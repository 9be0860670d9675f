#include "RankExchange.h"

#include "PartValues.h"

#include "vtkCommunicator.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkMultiProcessController.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace
{
using vtkTensorCollection::Part;

vtkMultiProcessController* Controller()
{
  vtkMultiProcessController* controller = vtkMultiProcessController::GetGlobalController();
  return controller && controller->GetNumberOfProcesses() > 1 ? controller : nullptr;
}

/// Behind one another in the order of ranks, on every rank or on rank 0.
template <typename T>
std::vector<T> ConcatenateValues(
  vtkMultiProcessController* controller, const T* values, vtkIdType count, bool onEveryRank)
{
  std::vector<vtkIdType> counts(static_cast<std::size_t>(controller->GetNumberOfProcesses()));
  controller->AllGather(&count, counts.data(), 1);
  std::vector<vtkIdType> offsets(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), vtkIdType{ 0 });
  const vtkIdType total = offsets.back() + counts.back();
  const bool receives = onEveryRank || controller->GetLocalProcessId() == 0;
  std::vector<T> all(receives ? static_cast<std::size_t>(total) : 0);
  if (total == 0)
  {
    return all;
  }
  // The communicator wants an address even where nothing is sent or received.
  T nothing{};
  const T* from = count > 0 ? values : &nothing;
  T* to = all.empty() ? &nothing : all.data();
  if (onEveryRank)
  {
    controller->AllGatherV(from, to, count, counts.data(), offsets.data());
  }
  else
  {
    controller->GatherV(from, to, count, counts.data(), offsets.data(), 0);
  }
  return all;
}

/// Extents of a filter, for ranks that hold none.
tensorview::TensorShape CommonShape(
  vtkMultiProcessController* controller, const tensorview::TensorShape& shape, bool mine)
{
  const vtkIdType own[] = { mine ? shape.channels : 0, mine ? shape.rows : 0,
    mine ? shape.columns : 0 };
  vtkIdType common[3] = {};
  controller->AllReduce(own, common, 3, vtkCommunicator::MAX_OP);
  return { 0, common[0], common[1], common[2] };
}
}

bool RankExchange::IsRoot()
{
  vtkMultiProcessController* controller = Controller();
  return !controller || controller->GetLocalProcessId() == 0;
}

RankExchange::Place RankExchange::Here()
{
  vtkMultiProcessController* controller = Controller();
  return controller ? Place{ controller->GetLocalProcessId(), controller->GetNumberOfProcesses() }
                    : Place{};
}

double RankExchange::Maximum(double value)
{
  double result = value;
  if (vtkMultiProcessController* controller = Controller())
  {
    controller->AllReduce(&value, &result, 1, vtkCommunicator::MAX_OP);
  }
  return result;
}

void RankExchange::Sum(std::vector<double>& values)
{
  vtkMultiProcessController* controller = Controller();
  if (controller && !values.empty())
  {
    const std::vector<double> own = values;
    controller->AllReduce(
      own.data(), values.data(), static_cast<vtkIdType>(values.size()), vtkCommunicator::SUM_OP);
  }
}

void RankExchange::Maximum(std::vector<std::uint8_t>& values)
{
  vtkMultiProcessController* controller = Controller();
  if (controller && !values.empty())
  {
    const std::vector<std::uint8_t> own = values;
    controller->AllReduce(
      own.data(), values.data(), static_cast<vtkIdType>(values.size()), vtkCommunicator::MAX_OP);
  }
}

std::vector<float> RankExchange::Concatenate(const std::vector<float>& values)
{
  vtkMultiProcessController* controller = Controller();
  return controller ? ConcatenateValues(
                        controller, values.data(), static_cast<vtkIdType>(values.size()), true)
                    : values;
}

std::vector<std::int32_t> RankExchange::Concatenate(const std::vector<std::int32_t>& values)
{
  vtkMultiProcessController* controller = Controller();
  return controller ? ConcatenateValues(
                        controller, values.data(), static_cast<vtkIdType>(values.size()), true)
                    : values;
}

Part RankExchange::Merge(const std::vector<Part>& parts)
{
  if (parts.empty())
  {
    return {};
  }
  Part merged = parts.front();
  if (parts.size() == 1)
  {
    return merged;
  }
  std::int64_t size = 0;
  bool grouped = true;
  for (const Part& part : parts)
  {
    size += part.values.shape.size();
    grouped = grouped && part.group.size() == part.values.slot.size();
  }
  std::shared_ptr<float> data(
    new float[static_cast<std::size_t>(size)], std::default_delete<float[]>());
  merged.values.slot.clear();
  merged.values.shape.filters = 0;
  merged.group.clear();
  float* to = data.get();
  for (const Part& part : parts)
  {
    to = std::copy_n(part.values.data.get(), part.values.shape.size(), to);
    merged.values.slot.insert(
      merged.values.slot.end(), part.values.slot.begin(), part.values.slot.end());
    merged.values.shape.filters += part.values.shape.filters;
    if (grouped)
    {
      merged.group.insert(merged.group.end(), part.group.begin(), part.group.end());
    }
  }
  merged.values.data = data;
  merged.values.range = PartValues::RangeOf(data.get(), static_cast<std::size_t>(size));
  return merged;
}

Part RankExchange::Gather(const std::vector<Part>& parts, bool onEveryRank)
{
  Part own = Merge(parts);
  vtkMultiProcessController* controller = Controller();
  if (!controller)
  {
    return own;
  }
  const bool mine = own.values.shape.filters > 0;
  tensorview::TensorShape shape = CommonShape(controller, own.values.shape, mine);

  // Every rank that has filters has the same channels.
  std::vector<int> channels(static_cast<std::size_t>(shape.channels), -1);
  std::vector<int> ownChannels = channels;
  if (mine)
  {
    std::copy(own.values.channelSlot.begin(), own.values.channelSlot.end(), ownChannels.begin());
  }
  if (!channels.empty())
  {
    controller->AllReduce(ownChannels.data(), channels.data(),
      static_cast<vtkIdType>(channels.size()), vtkCommunicator::MAX_OP);
  }

  Part result;
  result.values.description = own.values.description;
  result.values.channelSlot.assign(channels.begin(), channels.end());
  const auto filters = static_cast<vtkIdType>(mine ? own.values.slot.size() : 0);
  result.values.slot = ConcatenateValues(controller, own.values.slot.data(), filters, onEveryRank);
  const bool grouped = Maximum(mine && own.group.empty() ? 1.0 : 0.0) == 0.0;
  if (grouped)
  {
    result.group = ConcatenateValues(controller, own.group.data(), filters, onEveryRank);
  }
  std::vector<float> values = ConcatenateValues(controller, own.values.data.get(),
    mine ? own.values.shape.size() : vtkIdType{ 0 }, onEveryRank);
  shape.filters = static_cast<std::int64_t>(result.values.slot.size());
  result.values.shape = shape;
  result.values.range = PartValues::RangeOf(values.data(), values.size());
  result.values.data = PartValues::Share(std::move(values));
  return result;
}

void RankExchange::ExpectImagesOnRootOnly(vtkInformationVector* outputVector)
{
  if (IsRoot())
  {
    return;
  }
  int nothing[6] = { 0, -1, 0, -1, 0, -1 };
  for (int port = 0; port < outputVector->GetNumberOfInformationObjects(); ++port)
  {
    vtkInformation* info = outputVector->GetInformationObject(port);
    if (vtkImageData::SafeDownCast(info->Get(vtkDataObject::DATA_OBJECT())))
    {
      info->Set(vtkStreamingDemandDrivenPipeline::UPDATE_EXTENT(), nothing, 6);
    }
  }
}
