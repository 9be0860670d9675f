#include "EditMarks.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace tensorview
{

namespace
{

using Json = nlohmann::json;
using Rows = std::vector<std::size_t>;

/// What an edit did to a layer.
struct LayerChange
{
  std::string layer;
  std::int64_t before = -1; ///< filters; -1 = not told
  std::int64_t after = -1;
  std::set<std::int64_t> slots;
};

struct Edit
{
  std::string what;
  std::int64_t step = -1;     ///< -1 = not told
  std::int64_t leftStep = -1; ///< of undo, redo and load: the step that was gone from
  std::vector<LayerChange> layers;
};

std::string textOf(const Json& object, const char* key)
{
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t numberOf(const Json& object, const char* key)
{
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
}

/// Lines come from files of others: what is not as it should be is left out.
Edit parse(const std::string& line)
{
  Edit edit;
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object())
  {
    return edit;
  }
  edit.what = textOf(json, "edit");
  edit.step = numberOf(json, "step");
  edit.leftStep = numberOf(json, "left_step");
  const auto layers = json.find("layers");
  for (std::size_t i = 0; layers != json.end() && layers->is_array() && i < layers->size(); ++i)
  {
    const Json& from = (*layers)[i];
    if (!from.is_object())
    {
      continue;
    }
    LayerChange change;
    change.layer = textOf(from, "layer");
    change.before = numberOf(from, "filters_before");
    change.after = numberOf(from, "filters_after");
    const auto slots = from.find("slots");
    for (std::size_t s = 0; slots != from.end() && slots->is_array() && s < slots->size(); ++s)
    {
      if ((*slots)[s].is_number_integer())
      {
        change.slots.insert((*slots)[s].get<std::int64_t>());
      }
    }
    if (!change.layer.empty())
    {
      edit.layers.push_back(std::move(change));
    }
  }
  return edit;
}

/// "conv1 16 to 14", "conv1 frozen", "conv1: 3 filters frozen".
std::string describe(const Edit& edit)
{
  if (edit.layers.empty())
  {
    return edit.what;
  }
  const LayerChange& first = edit.layers.front();
  std::string text = first.layer;
  if (edit.what == "freeze" || edit.what == "unfreeze")
  {
    const std::size_t count = first.slots.size();
    const std::string filters =
      count == 0 ? "" : ": " + std::to_string(count) + (count == 1 ? " filter" : " filters");
    text += filters + (edit.what == "freeze" ? " frozen" : " unfrozen");
  }
  else if (first.before >= 0 && first.after >= 0)
  {
    text += ' ' + std::to_string(first.before) + " to " + std::to_string(first.after);
  }
  else
  {
    text = edit.what + ' ' + text;
  }
  const std::size_t more = edit.layers.size() - 1;
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

/// Did `travel`, which went to the step of `edit`, bring back what that one took?
bool takesBack(const Edit& travel, const Edit& edit)
{
  return !edit.layers.empty() &&
         std::all_of(edit.layers.begin(), edit.layers.end(),
           [&](const LayerChange& taken)
           {
             return std::any_of(travel.layers.begin(), travel.layers.end(),
               [&](const LayerChange& brought)
               {
                 return brought.layer == taken.layer && brought.after > brought.before &&
                        std::includes(brought.slots.begin(), brought.slots.end(),
                          taken.slots.begin(), taken.slots.end());
               });
           });
}

/// Which edits made the network what it is, line by line.
class Course
{
public:
  void add(Edit edit)
  {
    if (edit.what == "undo")
    {
      this->undo(edit);
    }
    else if (edit.what == "redo")
    {
      this->redo();
    }
    else if (edit.step >= 0)
    {
      this->go(edit);
    }
    this->edits_.push_back(std::move(edit));
  }

  std::vector<EditMark> marks() const
  {
    std::vector<EditMark> marks(this->edits_.size());
    for (std::size_t row = 0; row < marks.size(); ++row)
    {
      marks[row].step = this->edits_[row].step;
    }
    for (const std::size_t row : this->inForce_)
    {
      marks[row].text = describe(this->edits_[row]);
    }
    return marks;
  }

private:
  /// What undo takes back, and redo does again.
  struct Done
  {
    std::size_t row = 0;
    Rows before; ///< in force
    Rows after;
  };

  /// An edit that is about to become the next row.
  void go(const Edit& edit)
  {
    const std::size_t row = this->edits_.size();
    if (edit.what == "prune" || edit.what == "load")
    {
      this->undone_.clear();
      this->done_.push_back({ row, this->inForce_, {} });
    }
    if (edit.what == "load")
    {
      this->leave(edit);
    }
    else
    {
      this->inForce_.push_back(row);
    }
  }

  void undo(const Edit& travel)
  {
    if (this->done_.empty() || !this->isOf(travel, this->edits_[this->done_.back().row]))
    {
      this->leave(travel); // the line of what it took back is on another branch
      return;
    }
    Done last = std::move(this->done_.back());
    this->done_.pop_back();
    last.after = std::move(this->inForce_);
    this->inForce_ = last.before;
    this->undone_.push_back(std::move(last));
  }

  void redo()
  {
    if (!this->undone_.empty())
    {
      this->inForce_ = this->undone_.back().after;
      this->done_.push_back(std::move(this->undone_.back()));
      this->undone_.pop_back();
    }
  }

  static bool isOf(const Edit& undo, const Edit& edit)
  {
    return edit.what == "load" ? edit.leftStep == undo.step
                               : edit.step == undo.step && takesBack(undo, edit);
  }

  void leave(const Edit& travel)
  {
    Rows stays;
    for (const std::size_t row : this->inForce_)
    {
      const Edit& edit = this->edits_[row];
      if (edit.step < travel.step || (edit.step == travel.step && !takesBack(travel, edit)))
      {
        stays.push_back(row);
      }
    }
    this->inForce_ = std::move(stays);
  }

  std::vector<Edit> edits_;
  Rows inForce_;
  std::vector<Done> done_;
  std::vector<Done> undone_;
};

} // namespace

std::vector<EditMark> editMarks(const std::vector<std::string>& lines)
{
  Course course;
  for (const std::string& line : lines)
  {
    course.add(parse(line));
  }
  return course.marks();
}

} // namespace tensorview
