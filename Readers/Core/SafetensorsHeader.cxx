#include "SafetensorsHeader.h"

#include "TensorGeometry.h"
#include "TensorLimits.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace tensorview
{
namespace
{

using Json = nlohmann::json;

struct NamedType
{
  const char* name;
  ElementType type;
};

constexpr NamedType types[] = { { "BOOL", ElementType::Bool }, { "U8", ElementType::UInt8 },
  { "I8", ElementType::Int8 }, { "U16", ElementType::UInt16 }, { "I16", ElementType::Int16 },
  { "U32", ElementType::UInt32 }, { "I32", ElementType::Int32 }, { "U64", ElementType::UInt64 },
  { "I64", ElementType::Int64 }, { "F8_E4M3", ElementType::Float8E4M3 },
  { "F8_E5M2", ElementType::Float8E5M2 }, { "F16", ElementType::Float16 },
  { "BF16", ElementType::BFloat16 }, { "F32", ElementType::Float32 },
  { "F64", ElementType::Float64 } };

constexpr const char* metadataKey = "__metadata__";

[[noreturn]] void refuse(const std::string& what)
{
  throw TensorFileError("its header " + what);
}

/// The description of a tensor as far as it has been read.
struct Description
{
  std::string name;
  std::string type;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> offsets;
  bool hasType = false;
  bool hasShape = false;
  bool hasOffsets = false;
};

std::vector<std::int64_t> shapeOf(const Description& description)
{
  std::vector<std::int64_t> shape;
  for (const std::uint64_t extent : description.shape)
  {
    shape.push_back(static_cast<std::int64_t>(std::min<std::uint64_t>(
      extent, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))));
  }
  return shape;
}

TensorEntry entryOf(const Description& description)
{
  TensorEntry entry;
  entry.name = printableText(description.name);
  entry.shape = shapeOf(description);
  const auto count = elementCount(entry.shape);
  if (!count)
  {
    refuse("gives " + quotedText(description.name) + " an impossible shape");
  }
  const std::vector<std::uint64_t>& offsets = description.offsets;
  if (offsets.size() != 2 || offsets[0] > offsets[1])
  {
    refuse(
      "gives " + quotedText(description.name) + " 'data_offsets' that are not a begin and an end");
  }
  entry.offset = offsets[0];
  const auto* const known = std::find_if(std::begin(types), std::end(types),
    [&](const NamedType& type) { return description.type == type.name; });
  if (known == std::end(types))
  {
    entry.problem = "has the type " + quotedText(description.type) +
                    ", which TensorView does not read; convert it to F32";
    return entry;
  }
  entry.type = known->type;
  if (offsets[1] - offsets[0] != *count * elementSize(entry.type))
  {
    refuse("gives " + quotedText(description.name) + " " + std::to_string(offsets[1] - offsets[0]) +
           " bytes, but its shape and type need " +
           std::to_string(*count * elementSize(entry.type)));
  }
  return entry;
}

/// Takes the JSON text event by event: nothing is kept of it but the tensors.
class HeaderEvents : public nlohmann::json_sax<Json>
{
public:
  std::vector<TensorEntry> tensors;
  std::vector<std::uint64_t> ends; ///< of their elements, in the file
  std::map<std::string, std::string> metadata;

  bool null() override { return this->other("null"); }
  bool boolean(bool /*value*/) override { return this->other("a truth value"); }
  bool number_integer(std::int64_t value) override
  {
    if (this->list_)
    {
      refuse("has the negative number " + std::to_string(value) + this->where());
    }
    return this->other("a number");
  }
  bool number_unsigned(std::uint64_t value) override
  {
    if (!this->list_)
    {
      return this->other("a number");
    }
    if (this->list_->size() == mostAxes)
    {
      refuse("has a list of more than " + std::to_string(mostAxes) + " numbers" + this->where());
    }
    this->list_->push_back(value);
    return true;
  }
  bool number_float(double /*value*/, const std::string& text) override
  {
    return this->other("the number " + text);
  }
  bool string(std::string& value) override
  {
    if (this->depth_ == 2 && this->inMetadata_)
    {
      this->metadata[printableText(this->key_)] = printableText(value);
      return true;
    }
    if (this->depth_ == 2 && !this->list_ && this->key_ == "dtype")
    {
      this->once(this->current_.hasType);
      this->current_.type = std::move(value);
      return true;
    }
    return this->other("a text");
  }
  bool binary(Json::binary_t& /*value*/) override { return this->other("binary data"); }
  bool start_object(std::size_t /*size*/) override
  {
    if (this->depth_ > 1 || this->list_)
    {
      refuse("has an object" + this->where() + " where none belongs");
    }
    ++this->depth_;
    if (this->depth_ == 2)
    {
      this->inMetadata_ = this->key_ == metadataKey;
      if (this->inMetadata_ && std::exchange(this->hasMetadata_, true))
      {
        refuse("has the name " + quotedText(this->key_) + " twice");
      }
      this->current_ = Description();
      this->current_.name = this->key_;
    }
    return true;
  }
  bool key(std::string& value) override
  {
    this->key_ = std::move(value);
    return true;
  }
  bool end_object() override
  {
    if (this->depth_ == 2 && !this->inMetadata_)
    {
      const Description& description = this->current_;
      if (!description.hasType || !description.hasShape || !description.hasOffsets)
      {
        refuse("lacks " +
               std::string(!description.hasType    ? "'dtype'"
                           : !description.hasShape ? "'shape'"
                                                   : "'data_offsets'") +
               " of " + quotedText(description.name));
      }
      if (this->tensors.size() == mostTensors)
      {
        refuse("describes more than " + std::to_string(mostTensors) + " tensors");
      }
      this->tensors.push_back(entryOf(description));
      this->ends.push_back(description.offsets[1]);
    }
    this->inMetadata_ = false;
    --this->depth_;
    return true;
  }
  bool start_array(std::size_t /*size*/) override
  {
    if (this->depth_ == 2 && !this->inMetadata_ && !this->list_ && this->key_ == "shape")
    {
      this->once(this->current_.hasShape);
      this->list_ = &this->current_.shape;
    }
    else if (this->depth_ == 2 && !this->inMetadata_ && !this->list_ &&
             this->key_ == "data_offsets")
    {
      this->once(this->current_.hasOffsets);
      this->list_ = &this->current_.offsets;
    }
    else
    {
      refuse("has a list" + this->where() + " where none belongs");
    }
    return true;
  }
  bool end_array() override
  {
    this->list_ = nullptr;
    return true;
  }
  bool parse_error(
    std::size_t position, const std::string& /*token*/, const Json::exception& problem) override
  {
    refuse("is not valid JSON at byte " + std::to_string(position + safetensorsLengthBytes) + " (" +
           printableText(problem.what()) + ")");
  }

private:
  std::string where() const
  {
    if (this->depth_ == 0)
    {
      return "";
    }
    if (this->depth_ == 1 || this->inMetadata_)
    {
      return " at " + quotedText(this->key_);
    }
    return " at " + quotedText(this->key_) + " of " + quotedText(this->current_.name);
  }

  void once(bool& seen) const
  {
    if (seen)
    {
      refuse("says" + this->where() + " twice");
    }
    seen = true;
  }

  /// Values that mean nothing to this reader; only such as a tensor's notes of its own.
  bool other(const std::string& what) const
  {
    const bool known =
      this->key_ == "dtype" || this->key_ == "shape" || this->key_ == "data_offsets";
    if (this->depth_ != 2 || this->list_ || this->inMetadata_ || known)
    {
      refuse("has " + what + this->where() + " where none belongs");
    }
    return true;
  }

  Description current_;
  std::string key_;
  int depth_ = 0;
  bool inMetadata_ = false;
  bool hasMetadata_ = false;
  std::vector<std::uint64_t>* list_ = nullptr; ///< being filled
};

std::size_t occurrences(std::string_view text, std::string_view word)
{
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + word.size()))
  {
    ++count;
  }
  return count;
}

/// The indices of the tensors as their elements lie in the file.
std::vector<std::size_t> orderInFile(
  const std::vector<TensorEntry>& tensors, const std::vector<std::uint64_t>& ends)
{
  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
    [&](std::size_t a, std::size_t b)
    { return std::tie(tensors[a].offset, ends[a]) < std::tie(tensors[b].offset, ends[b]); });
  return order;
}

/// Puts tensor order[i] at place i, without a second list of them.
void permute(std::vector<TensorEntry>& tensors, std::vector<std::size_t> order)
{
  for (std::size_t start = 0; start < order.size(); ++start)
  {
    // Along the circle of places that exchange their tensors.
    std::size_t place = start;
    while (order[place] != start)
    {
      const std::size_t next = order[place];
      std::swap(tensors[place], tensors[next]);
      order[place] = place;
      place = next;
    }
    order[place] = place;
  }
}

void checkNames(const std::vector<TensorEntry>& tensors)
{
  std::vector<std::size_t> sorted(tensors.size());
  std::iota(sorted.begin(), sorted.end(), std::size_t(0));
  std::sort(sorted.begin(), sorted.end(),
    [&](std::size_t a, std::size_t b) { return tensors[a].name < tensors[b].name; });
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
    [&](std::size_t a, std::size_t b) { return tensors[a].name == tensors[b].name; });
  if (twice != sorted.end())
  {
    refuse("has the name " + quotedText(tensors[*twice].name) + " twice");
  }
}

} // namespace

SafetensorsHeader parseSafetensorsHeader(std::string_view json, std::uint64_t dataBytes)
{
  if (json.empty() || json.front() != '{')
  {
    refuse("does not begin with '{'");
  }
  HeaderEvents events;
  const std::size_t expected = std::min(occurrences(json, "\"data_offsets\""), mostTensors);
  events.tensors.reserve(expected);
  events.ends.reserve(expected);
  Json::sax_parse(json.begin(), json.end(), &events);

  SafetensorsHeader header;
  header.metadata = std::move(events.metadata);
  header.tensors = std::move(events.tensors);
  std::vector<TensorEntry>& tensors = header.tensors;
  checkNames(tensors);
  const std::vector<std::size_t> order = orderInFile(tensors, events.ends);
  std::uint64_t end = 0;
  for (const std::size_t i : order)
  {
    if (tensors[i].offset < end)
    {
      refuse("lets " + quotedText(tensors[i].name) + " overlap another tensor");
    }
    if (tensors[i].offset > end)
    {
      refuse("leaves a gap before " + quotedText(tensors[i].name));
    }
    end = events.ends[i];
  }
  if (end != dataBytes)
  {
    refuse("describes " + std::to_string(end) + " bytes of tensors, but the file has " +
           std::to_string(dataBytes) +
           (end > dataBytes ? ": it is not whole, take another copy" : ""));
  }
  permute(tensors, order);
  return header;
}

const char* safetensorsTypeName(ElementType type)
{
  return std::find_if(std::begin(types), std::end(types),
    [type](const NamedType& named) { return named.type == type; })
    ->name;
}

} // namespace tensorview
