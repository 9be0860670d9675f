#include "FilterCorrelator.h"

#include "Core/FiniteSamples.h"
#include "PartValues.h"
#include "RankExchange.h"
#include "SmpParallelFor.h"

#include "vtkModelProvider.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace
{
using FilterCorrelator::Request;
using FilterCorrelator::Result;
using tensorview::FilterMoments;
using tensorview::TensorValues;

/// Samples of all ranks' filters that are held at once, in bytes.
constexpr std::size_t gatheredBytes = std::size_t{ 32 } << 20;

/// Samples of filters at one snapshot.
struct Samples
{
  TensorValues values; ///< [filters, 1, 1, samples] or a tensor's shape
  bool everywhere;     ///< all filters are on every rank; else each rank has its own

  std::size_t filters() const { return static_cast<std::size_t>(this->values.shape.filters); }
  std::size_t perFilter() const { return static_cast<std::size_t>(this->values.shape.perFilter()); }
};

bool OnAllRanks(bool here)
{
  return RankExchange::Maximum(here ? 0.0 : 1.0) == 0.0;
}

/// Rows of `slots` out of a tensor; nothing if one is missing or has another size.
std::optional<TensorValues> Choose(
  const TensorValues& values, const std::vector<std::int32_t>& slots, std::size_t perFilter)
{
  if (static_cast<std::size_t>(values.shape.perFilter()) != perFilter || !values.data)
  {
    return std::nullopt;
  }
  if (values.slot == slots)
  {
    return values;
  }
  std::vector<float> chosen;
  for (const std::int32_t slot : slots)
  {
    const auto found = std::lower_bound(values.slot.begin(), values.slot.end(), slot);
    if (found == values.slot.end() || *found != slot)
    {
      return std::nullopt;
    }
    const float* row =
      values.data.get() + static_cast<std::size_t>(found - values.slot.begin()) * perFilter;
    chosen.insert(chosen.end(), row, row + perFilter);
  }
  TensorValues result = values;
  result.slot = slots;
  result.shape.filters = static_cast<std::int64_t>(slots.size());
  result.data = PartValues::Share(std::move(chosen));
  return result;
}

/// Everyone needs the probe, and only rank 0 surely has it.
TensorValues ReadProbe(const Request& request, double step)
{
  std::vector<vtkTensorCollection::Part> parts;
  TensorValues probe;
  if (RankExchange::IsRoot() && request.provider &&
      request.provider->ReadProbe(request.tensor.shape.layer, step, probe) && probe.data &&
      probe.shape.size() > 0)
  {
    parts.push_back({ std::move(probe), {} });
  }
  return RankExchange::Gather(parts, true).values;
}

/// Filters that a layer has at a step, ascending; all slots if the source says nothing about them.
std::vector<std::int32_t> SlotsAt(const Request& request, std::int64_t step)
{
  std::vector<std::int32_t> slots;
  const std::shared_ptr<const tensorview::ModelDescription> model = request.provider->GetModel();
  for (const tensorview::LayerDescription& layer : model->layers)
  {
    for (const tensorview::SlotEntry& slot : layer.slots)
    {
      if (layer.id == request.tensor.shape.layerId && slot.bornStep <= step &&
          (slot.removedStep < 0 || step < slot.removedStep))
      {
        slots.push_back(slot.slot);
      }
    }
  }
  for (std::int32_t slot = 0; slots.empty() && slot < request.tensor.shape.slots; ++slot)
  {
    slots.push_back(slot);
  }
  return slots;
}

/// The same samples at an earlier snapshot; nothing if this rank's filters were not all there or
/// cannot be read.
std::optional<Samples> ReadEarlier(const Request& request, const Samples& now, std::int64_t step)
{
  const std::vector<std::int32_t>& slots = now.values.slot;
  std::optional<TensorValues> values;
  if (now.everywhere)
  {
    values = Choose(ReadProbe(request, static_cast<double>(step)), slots, now.perFilter());
  }
  else if (slots.empty())
  {
    values = now.values;
  }
  else
  {
    const std::vector<std::int32_t> existing = SlotsAt(request, step);
    const auto first = std::lower_bound(existing.begin(), existing.end(), slots.front());
    const auto last = std::upper_bound(existing.begin(), existing.end(), slots.back());
    TensorValues read;
    if (first < last &&
        request.provider->ReadSnapshot(request.tensor.shape.layer, request.tensor.shape.kind, step,
          first - existing.begin(), last - first, read))
    {
      values = Choose(read, slots, now.perFilter());
    }
  }
  return values ? std::optional<Samples>({ *values, now.everywhere }) : std::nullopt;
}

/// Every rank has some of the filters, and sees those of all in turn.
void AddDistributed(FilterMoments& moments, const Samples& samples)
{
  const std::size_t own = samples.filters();
  const std::size_t count =
    static_cast<std::size_t>(RankExchange::Maximum(static_cast<double>(samples.perFilter())));
  const auto parallel = SmpParallelFor(moments.filters() * count);
  const float* values = samples.values.data.get();

  tensorview::FiniteSamples finite =
    tensorview::findFiniteSamples(values, own, own > 0 ? count : 0, parallel);
  const bool allFinite = OnAllRanks(finite.leftOut.empty());
  if (!allFinite)
  {
    finite.leftOut.resize(count, 0);
    RankExchange::Maximum(finite.leftOut);
  }
  std::vector<float> kept;
  std::size_t used = count;
  if (!finite.all())
  {
    kept = tensorview::keepFiniteSamples(values, own, count, finite, parallel);
    values = kept.data();
    used = count - finite.countLeftOut();
  }

  // The filters of this rank follow those of the ranks before it.
  const std::vector<std::int32_t> sizes =
    RankExchange::Concatenate(std::vector<std::int32_t>{ static_cast<std::int32_t>(own) });
  std::int32_t before = 0;
  for (int rank = 0; rank < RankExchange::Here().rank; ++rank)
  {
    before += sizes[static_cast<std::size_t>(rank)];
  }
  std::vector<std::int32_t> notFinite;
  for (const std::size_t filter : finite.notFinite)
  {
    notFinite.push_back(before + static_cast<std::int32_t>(filter));
  }
  notFinite = RankExchange::Concatenate(notFinite);
  finite.notFinite.assign(notFinite.begin(), notFinite.end());
  moments.leaveOut(finite);

  const std::size_t fitting =
    gatheredBytes / sizeof(float) / std::max<std::size_t>(moments.filters(), 1);
  const std::size_t step =
    std::max<std::size_t>(1, fitting / FilterMoments::pieceSamples) * FilterMoments::pieceSamples;
  for (std::size_t first = 0; first < used; first += step)
  {
    const std::size_t columns = std::min(step, used - first);
    std::vector<float> mine;
    mine.reserve(own * columns);
    for (std::size_t i = 0; i < own; ++i)
    {
      const float* row = values + i * used + first;
      mine.insert(mine.end(), row, row + columns);
    }
    const std::vector<float> all = RankExchange::Concatenate(mine);
    moments.add(all.data(), columns, parallel);
  }
}

void Add(FilterMoments& moments, const Samples& samples)
{
  if (samples.everywhere || RankExchange::Here().ranks == 1)
  {
    const std::size_t values = samples.filters() * samples.perFilter();
    tensorview::addFinite(
      moments, samples.values.data.get(), samples.perFilter(), SmpParallelFor(values));
  }
  else
  {
    AddDistributed(moments, samples);
  }
}

/// The values to correlate at the current step: activations or the probe batch.
Samples CurrentSamples(const Request& request, std::vector<std::string>& notes)
{
  const LayerShape& shape = request.tensor.shape;
  const std::int64_t pixels = shape.filter.rows * shape.filter.columns;
  if (shape.kind == tensorview::kinds::activation && pixels < FilterCorrelator::fewestPixels)
  {
    TensorValues probe = ReadProbe(request, request.tensor.step);
    const std::string few = "The maps of layer '" + shape.layer + "' have only " +
                            std::to_string(pixels) + (pixels == 1 ? " pixel: " : " pixels: ");
    if (probe.shape.filters > 0)
    {
      notes.push_back(few + "the filters are correlated over " +
                      std::to_string(probe.shape.perFilter()) +
                      " samples of the probe batch instead.");
      return { std::move(probe), true };
    }
    notes.push_back(
      few + "the coefficients mean little (the source has no outputs of a probe batch).");
  }
  return { RankExchange::Merge(request.tensor.parts).values, false };
}

/// Adds the snapshots before the current one, newest first, until one does not fit.
/// @return how many
int AddEarlier(const Request& request, const Samples& now, FilterMoments& moments,
  std::vector<std::string>& notes)
{
  std::vector<std::int64_t> steps =
    request.provider ? request.provider->GetSnapshotSteps() : std::vector<std::int64_t>{};
  if (OnAllRanks(steps.empty()))
  {
    notes.push_back("The source keeps no snapshots: only the current one is correlated.");
    return 0;
  }
  steps.erase(
    std::lower_bound(steps.begin(), steps.end(), request.tensor.step,
      [](std::int64_t step, double current) { return static_cast<double>(step) < current; }),
    steps.end());
  const std::size_t wanted = request.snapshots > 0 ? static_cast<std::size_t>(request.snapshots) - 1
                                                   : std::numeric_limits<std::size_t>::max();
  const auto count =
    static_cast<int>(-RankExchange::Maximum(-static_cast<double>(std::min(wanted, steps.size()))));
  for (int done = 0; done < count; ++done)
  {
    const std::int64_t step = steps[steps.size() - 1 - static_cast<std::size_t>(done)];
    const std::optional<Samples> earlier = ReadEarlier(request, now, step);
    if (!OnAllRanks(earlier.has_value()))
    {
      notes.push_back("Snapshots up to step " + std::to_string(step) +
                      " are left out: they lack some of the filters.");
      return done;
    }
    Add(moments, *earlier);
    if (!OnAllRanks(request.progress((done + 2.0) / (count + 1.0))))
    {
      return done + 1;
    }
  }
  return count;
}
}

Result FilterCorrelator::Correlate(const Request& request)
{
  Result result;
  const Samples now = CurrentSamples(request, result.notes);
  const bool distributed = !now.everywhere && RankExchange::Here().ranks > 1;
  result.slot = distributed ? RankExchange::Concatenate(now.values.slot) : now.values.slot;
  const RankExchange::Place here = RankExchange::Here();
  const tensorview::PairShare share = { distributed ? static_cast<std::size_t>(here.rank) : 0,
    distributed ? static_cast<std::size_t>(here.ranks) : 1 };
  FilterMoments moments(result.slot.size(), request.measure, share);
  Add(moments, now);
  if (request.snapshots != 1 && OnAllRanks(request.progress(0.1)))
  {
    result.snapshots += AddEarlier(request, now, moments, result.notes);
  }
  if (distributed)
  {
    RankExchange::Sum(moments.pairSums());
  }
  result.correlation =
    tensorview::correlationOf(moments, SmpParallelFor(result.slot.size() * result.slot.size()));
  return result;
}
