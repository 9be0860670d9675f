#include "SegmentCheck.h"

#include "DatasetCheck.h"
#include "RunJson.h"
#include "SegmentRows.h"
#include "TextCheck.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace tensorview
{
namespace
{

/// Rows of one series that are not whole in at least one data set.
class BadRowSet
{
public:
  void add(std::int64_t first, std::int64_t count)
  {
    std::int64_t& end = this->ends_[first];
    end = std::max(end, first + count);
  }

  std::int64_t count() const
  {
    std::int64_t bad = 0;
    std::int64_t seen = 0;
    for (const auto& [first, end] : this->ends_)
    {
      bad += std::max<std::int64_t>(0, end - std::max(first, seen));
      seen = std::max(seen, end);
    }
    return bad;
  }

private:
  std::map<std::int64_t, std::int64_t> ends_; ///< end by first row
};

std::string rowsInWords(std::int64_t first, std::int64_t count)
{
  return count == 1 ? "row " + std::to_string(first)
                    : "rows " + std::to_string(first) + " to " + std::to_string(first + count - 1);
}

/// Which tensors were recorded with which snapshot.
class Recorded
{
public:
  Recorded(SegmentFile& file, std::vector<RunDamage>& damage)
    : columns_(file.layout().model.tensors.size() + file.layout().probe.size())
  {
    const std::int64_t rows = file.count(runformat::Snapshots);
    if (rows == 0 || this->columns_ == 0 || !file.has(runformat::snapshotRecorded))
    {
      return;
    }
    try
    {
      this->flags_ =
        readRows<std::uint8_t>(file, runformat::snapshotRecorded, 0, rows, { this->columns_ });
    }
    catch (const RunFileError&)
    {
      return; // told where the data set itself is looked at
    }
    if (std::any_of(
          this->flags_.begin(), this->flags_.end(), [](std::uint8_t flag) { return flag > 1; }))
    {
      damage.push_back({ runformat::snapshotRecorded, "it has values other than 0 and 1" });
    }
  }

  bool at(std::int64_t row, std::size_t column) const
  {
    const std::size_t i = static_cast<std::size_t>(row) * this->columns_ + column;
    return i >= this->flags_.size() || this->flags_[i] != 0;
  }

private:
  std::size_t columns_;
  std::vector<std::uint8_t> flags_;
};

class Check
{
public:
  Check(SegmentFile& file, SegmentReport& report)
    : file_(file)
    , report_(report)
  {
  }

  void run()
  {
    this->checkJson();
    this->checkSlots();
    const Recorded recorded(this->file_, this->report_.damage);
    this->findTensors();
    for (const DatasetPlan& plan : planRunFile(this->file_.layout()))
    {
      this->checkDataset(plan, recorded);
    }
    this->checkSteps();
    this->checkLabels();
    this->fill(this->report_.steps, runformat::Steps, RowKind::Step);
    this->fill(this->report_.filterRows, runformat::FilterRows, RowKind::FilterRow);
    this->fill(this->report_.snapshots, runformat::Snapshots, RowKind::Snapshot);
    this->fill(this->report_.evaluations, runformat::Evaluations, RowKind::Evaluation);
    this->checkLines(this->report_.edits, runformat::Edits, 0);
    this->checkLines(this->report_.events, runformat::Events, 1);
  }

private:
  void tell(const std::string& place, const std::string& what)
  {
    this->report_.damage.push_back({ place, what });
  }

  std::int64_t promised(const DatasetPlan& plan) const
  {
    switch (plan.rows)
    {
      case RowKind::Step:
        return this->file_.count(runformat::Steps);
      case RowKind::FilterRow:
        return this->file_.count(runformat::FilterRows);
      case RowKind::Snapshot:
        return this->file_.count(runformat::Snapshots);
      case RowKind::Evaluation:
        return this->file_.count(runformat::Evaluations);
      case RowKind::Counter:
        return runformat::CounterCount;
      case RowKind::Text:
      case RowKind::Fixed:
        break;
    }
    return 0;
  }

  void checkJson()
  {
    const RunLayout& layout = this->file_.layout();
    for (const auto& [key, text] :
      { std::pair<const char*, const std::string&>{ "graph", layout.model.graphJson },
        std::pair<const char*, const std::string&>{ "options", layout.optionsJson } })
    {
      if (!text.empty() && !nlohmann::json::accept(text))
      {
        this->tell(runformat::layout, std::string("its '") + key + "' is no JSON");
      }
    }
  }

  void checkSlots()
  {
    const ModelDescription& model = this->file_.layout().model;
    for (const LayerDescription& layer : model.layers)
    {
      const std::string place = slotTablePath(layer);
      for (const SlotEntry& entry : layer.slots)
      {
        const std::string slot = "slot " + std::to_string(entry.slot) + " ";
        if (entry.bornStep < 0 || entry.removedStep < -1 ||
            (entry.removedStep >= 0 && entry.removedStep < entry.bornStep))
        {
          this->tell(place, slot + "has steps of birth and removal that cannot be");
        }
        if (entry.originSlot >= 0 &&
            std::none_of(layer.slots.begin(), layer.slots.end(),
              [&](const SlotEntry& other) { return other.slot == entry.originSlot; }))
        {
          this->tell(place,
            slot + "comes from slot " + std::to_string(entry.originSlot) + ", which never was");
        }
      }
      for (const TensorDescription& tensor : model.tensors)
      {
        if (tensor.layerId == layer.id && !layer.slots.empty() &&
            layer.slots.back().slot >= tensor.shape.filters)
        {
          this->tell(place, "tensor '" + tensor.layer + "/" + tensor.kind +
                              "' has no room for slot " + std::to_string(layer.slots.back().slot));
        }
      }
    }
  }

  void findTensors()
  {
    const RunLayout& layout = this->file_.layout();
    for (std::size_t i = 0; i < layout.model.tensors.size(); ++i)
    {
      const TensorDescription& tensor = layout.model.tensors[i];
      this->columns_[tensorPath(runformat::tensorGroup, tensor)] = i;
    }
    for (std::size_t i = 0; i < layout.probe.size(); ++i)
    {
      this->columns_[tensorPath(runformat::probeGroup, layout.probe[i])] =
        layout.model.tensors.size() + i;
    }
  }

  void checkDataset(const DatasetPlan& plan, const Recorded& recorded)
  {
    const std::int64_t rows = this->promised(plan);
    const bool there = this->file_.has(plan.path);
    const auto column = this->columns_.find(plan.path);
    const bool gram = plan.element == Element::Float64 && plan.row.size() == 2;
    const auto mustBeStored = [&](std::int64_t row)
    { return !gram && (column == this->columns_.end() || recorded.at(row, column->second)); };
    if (!there)
    {
      // What every reader can do without: flags that are all 1, rows of nothing. The loop ends with
      // the flags that there are, however many rows the counters promise.
      bool needed = rows > 0 && !gram && plan.path != runformat::snapshotRecorded;
      for (std::int64_t row = 0; needed && row < rows && !mustBeStored(row); ++row)
      {
        needed = row + 1 < rows;
      }
      if (needed)
      {
        this->tell(plan.path, "the data set is missing");
        this->bad_[plan.rows].add(0, rows);
      }
      return;
    }
    try
    {
      for (const std::string& problem : formProblems(this->file_, plan, rows))
      {
        this->tell(plan.path, problem);
      }
      for (const BadRows& bad : unreadableRows(this->file_, plan, rows, mustBeStored))
      {
        this->tell(plan.path, rowsInWords(bad.first, bad.count) + ": " + bad.what);
        this->bad_[plan.rows].add(bad.first, bad.count);
      }
    }
    catch (const RunFileError& problem)
    {
      this->tell(plan.path, problem.what());
      this->bad_[plan.rows].add(0, rows);
    }
  }

  std::vector<std::int64_t> readSteps(const char* name, runformat::Counter counter)
  {
    try
    {
      return readRows<std::int64_t>(this->file_, name, 0, this->file_.count(counter));
    }
    catch (const RunFileError&)
    {
      return {}; // told before
    }
  }

  void checkSteps()
  {
    const struct
    {
      const char* name;
      runformat::Counter counter;
      RowKind rows;
      std::int64_t least;
    } all[] = { { runformat::stepStep, runformat::Steps, RowKind::Step, 1 },
      { runformat::filterStep, runformat::FilterRows, RowKind::FilterRow, 0 },
      { runformat::snapshotStep, runformat::Snapshots, RowKind::Snapshot, 0 },
      { runformat::evaluationStep, runformat::Evaluations, RowKind::Evaluation, 0 } };
    for (const auto& series : all)
    {
      const std::vector<std::int64_t> steps = this->readSteps(series.name, series.counter);
      std::int64_t previous = series.least - 1;
      for (std::size_t row = 0; row < steps.size(); ++row)
      {
        if (steps[row] <= previous)
        {
          this->tell(series.name, "row " + std::to_string(row) + " is of step " +
                                    std::to_string(steps[row]) + ", which does not ascend");
          this->bad_[series.rows].add(
            static_cast<std::int64_t>(row), static_cast<std::int64_t>(steps.size() - row));
          break;
        }
        previous = steps[row];
      }
      if (!steps.empty() && series.rows != RowKind::Evaluation)
      {
        SegmentReport& r = this->report_;
        r.firstStep = r.firstStep < 0 ? steps.front() : std::min(r.firstStep, steps.front());
        r.lastStep = std::max(r.lastStep, steps.back());
      }
    }
  }

  void checkLabels()
  {
    const RunLayout& layout = this->file_.layout();
    const std::size_t classes = layout.classNames.size();
    if (classes > 0 && std::any_of(layout.validationLabels.begin(), layout.validationLabels.end(),
                         [&](std::uint16_t label) { return label >= classes; }))
    {
      this->tell(runformat::validationLabels, "it has labels of classes that are not described");
    }
  }

  void fill(RowCount& count, runformat::Counter counter, RowKind rows)
  {
    count.counted = this->file_.count(counter);
    count.whole = std::max<std::int64_t>(0, count.counted - this->bad_[rows].count());
  }

  void checkLines(RowCount& count, runformat::Counter counter, std::size_t stream)
  {
    count.counted = this->file_.count(counter);
    count.whole = checkText(
      this->file_, runformat::textStreams.at(stream), count.counted, this->report_.damage);
  }

  SegmentFile& file_;
  SegmentReport& report_;
  std::map<RowKind, BadRowSet> bad_;
  std::map<std::string, std::size_t> columns_; ///< in `recorded`, by data set
};

} // namespace

void checkSegment(SegmentFile& file, SegmentReport& report)
{
  Check(file, report).run();
}

} // namespace tensorview
