#include "CheckReport.h"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace tensorview
{
namespace
{

using Json = nlohmann::ordered_json;

struct NamedCount
{
  const char* key;
  const char* words;
  const RowCount& rows;
};

std::array<NamedCount, 6> countsOf(const SegmentReport& segment)
{
  return { { { "steps", "steps", segment.steps },
    { "filter_rows", "filter rows", segment.filterRows },
    { "snapshots", "snapshots", segment.snapshots },
    { "evaluations", "evaluations", segment.evaluations }, { "edits", "edits", segment.edits },
    { "events", "events", segment.events } } };
}

const char* nameOf(SegmentReport::Writer writer)
{
  switch (writer)
  {
    case SegmentReport::Writer::Lives:
      return "writing";
    case SegmentReport::Writer::Killed:
      return "killed";
    case SegmentReport::Writer::Closed:
      break;
  }
  return "closed";
}

const char* inWords(SegmentReport::Writer writer)
{
  switch (writer)
  {
    case SegmentReport::Writer::Lives:
      return "being written";
    case SegmentReport::Writer::Killed:
      return "its writer did not live to close it";
    case SegmentReport::Writer::Closed:
      break;
  }
  return "closed by its writer";
}

std::string inLines(const std::vector<RunDamage>& damage)
{
  std::string text;
  for (const RunDamage& entry : damage)
  {
    text +=
      "\n  damaged: " + (entry.place.empty() ? std::string() : entry.place + ": ") + entry.what;
  }
  return text;
}

Json inJson(const std::vector<RunDamage>& damage)
{
  Json list = Json::array();
  for (const RunDamage& entry : damage)
  {
    list.push_back({ { "place", entry.place }, { "what", entry.what } });
  }
  return list;
}

std::string dump(const Json& json)
{
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string toWords(const SegmentReport& segment, const RepairWords& repair)
{
  std::string text =
    segment.path + ": " + (segment.whole() ? "whole" : "damaged") + ", " + inWords(segment.writer);
  if (segment.opened)
  {
    std::string counts;
    for (const NamedCount& count : countsOf(segment))
    {
      if (count.rows.counted > 0)
      {
        counts += (counts.empty() ? "" : ", ") + std::to_string(count.rows.whole) + " of " +
                  std::to_string(count.rows.counted) + " " + count.words;
      }
    }
    text += "\n  whole: " + (counts.empty() ? "nothing was recorded" : counts);
    if (segment.firstStep >= 0)
    {
      text +=
        "; step " + std::to_string(segment.firstStep) + " to " + std::to_string(segment.lastStep);
    }
  }
  text += inLines(segment.damage);
  return repair.empty() ? text : text + "\n  repair: " + repair;
}

std::string toJsonLine(const SegmentReport& segment, const RepairWords& repair)
{
  Json json = { { "file", segment.path }, { "kind", "run" }, { "whole", segment.whole() },
    { "writer", nameOf(segment.writer) }, { "bytes", segment.bytes } };
  if (segment.opened)
  {
    for (const NamedCount& count : countsOf(segment))
    {
      json[count.key] = { { "counted", count.rows.counted }, { "whole", count.rows.whole } };
    }
    json["first_step"] = segment.firstStep;
    json["last_step"] = segment.lastStep;
  }
  json["damage"] = inJson(segment.damage);
  if (!repair.empty())
  {
    json["repair"] = repair;
  }
  return dump(json);
}

std::string toWords(const TensorFileReport& file)
{
  return file.path + ": " + (file.damage.empty() ? "whole" : "damaged") + ", " + file.format +
         "\n  whole: " + std::to_string(file.readable) + " of " + std::to_string(file.tensors) +
         " tensors" + inLines(file.damage);
}

std::string toJsonLine(const TensorFileReport& file)
{
  return dump({ { "file", file.path }, { "kind", "tensors" }, { "whole", file.damage.empty() },
    { "format", file.format },
    { "tensors", { { "counted", file.tensors }, { "whole", file.readable } } },
    { "damage", inJson(file.damage) } });
}

std::string toJsonLine(const std::string& path, const std::string& problem)
{
  return dump({ { "file", path }, { "kind", "unknown" }, { "whole", false },
    { "damage", inJson({ { "", problem } }) } });
}

} // namespace tensorview
