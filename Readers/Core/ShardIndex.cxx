#include "ShardIndex.h"

#include "TensorFileError.h"
#include "TensorLimits.h"

#include <nlohmann/json.hpp>

#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tensorview
{
namespace
{

using Json = nlohmann::json;

constexpr const char* mapKey = "weight_map";
constexpr const char* notesKey = "metadata";

constexpr std::size_t mostShards = 4096;
constexpr std::size_t longestFileName = 255;
constexpr std::size_t deepestNesting = 100;

[[noreturn]] void refuse(const std::string& what)
{
  throw TensorFileError("its index " + what);
}

bool isFileName(const std::string& name)
{
  return !name.empty() && name.size() <= longestFileName && name != "." && name != ".." &&
         name.find_first_of("/\\") == std::string::npos && printableText(name) == name;
}

/// Takes the JSON text event by event: a name that comes twice is seen, which a JSON document
/// would hide.
class IndexEvents : public nlohmann::json_sax<Json>
{
public:
  ShardIndex index;
  bool hasMap = false;

  bool null() override { return this->value(nullptr); }
  bool boolean(bool /*value*/) override { return this->value(nullptr); }
  bool number_integer(std::int64_t value) override
  {
    const std::string text = std::to_string(value);
    return this->value(&text);
  }
  bool number_unsigned(std::uint64_t value) override
  {
    const std::string text = std::to_string(value);
    return this->value(&text);
  }
  bool number_float(double /*value*/, const std::string& text) override
  {
    return this->value(&text);
  }
  bool string(std::string& value) override
  {
    if (this->depth_ == 2 && this->inMap_)
    {
      this->add(value);
      return true;
    }
    return this->value(&value);
  }
  bool binary(Json::binary_t& /*value*/) override { return this->value(nullptr); }
  bool start_object(std::size_t /*size*/) override
  {
    this->enter();
    if (this->depth_ == 2)
    {
      this->inMap_ = this->key_ == mapKey;
      this->inNotes_ = this->key_ == notesKey;
      if (this->inMap_ && std::exchange(this->hasMap, true))
      {
        refuse("has a 'weight_map' twice");
      }
    }
    return true;
  }
  bool key(std::string& value) override
  {
    this->key_ = std::move(value);
    return true;
  }
  bool end_object() override { return this->leave(); }
  bool start_array(std::size_t /*size*/) override
  {
    this->enter();
    return true;
  }
  bool end_array() override { return this->leave(); }
  bool parse_error(
    std::size_t position, const std::string& /*token*/, const Json::exception& problem) override
  {
    refuse("is not valid JSON at byte " + std::to_string(position) + " (" +
           printableText(problem.what()) + ")");
  }

private:
  void enter()
  {
    if (this->depth_ == 2 && this->inMap_)
    {
      this->noFile();
    }
    if (++this->depth_ > deepestNesting)
    {
      refuse("nests more than " + std::to_string(deepestNesting) + " values in each other");
    }
  }

  bool leave()
  {
    if (--this->depth_ == 1)
    {
      this->inMap_ = false;
      this->inNotes_ = false;
    }
    return true;
  }

  /// @param text null if it has none
  bool value(const std::string* text)
  {
    if (this->depth_ == 1 && this->key_ == mapKey)
    {
      refuse("has a 'weight_map' that is no object");
    }
    if (this->depth_ == 2 && this->inMap_)
    {
      this->noFile();
    }
    if (this->depth_ == 2 && this->inNotes_ && text)
    {
      this->index.metadata[printableText(this->key_)] = printableText(*text);
    }
    return true;
  }

  [[noreturn]] void noFile() const { refuse("does not name a file for " + quotedText(this->key_)); }

  void add(const std::string& file)
  {
    if (!isFileName(file))
    {
      refuse("puts " + quotedText(this->key_) + " into " + quotedText(file) +
             ", which is not the name of a file in the same folder");
    }
    if (!this->names_.insert(this->key_).second)
    {
      refuse("has the name " + quotedText(this->key_) + " twice");
    }
    const auto [found, isNew] = this->shards_.emplace(file, this->index.shards.size());
    if (isNew)
    {
      this->index.shards.push_back(file);
    }
    this->index.tensors.push_back({ this->key_, found->second });
    if (this->index.shards.size() > mostShards || this->index.tensors.size() > mostTensors)
    {
      refuse("names more than " + std::to_string(mostShards) + " files or " +
             std::to_string(mostTensors) + " tensors");
    }
  }

  std::unordered_set<std::string> names_;
  std::unordered_map<std::string, std::size_t> shards_;
  std::string key_;
  std::size_t depth_ = 0;
  bool inMap_ = false;
  bool inNotes_ = false;
};

} // namespace

bool looksLikeShardIndex(const ByteSource& source)
{
  char first = 0;
  if (source.size() > 0)
  {
    source.read(0, &first, 1);
  }
  return first == '{';
}

ShardIndex readShardIndex(const ByteSource& source)
{
  if (source.size() > longestDescription)
  {
    refuse("is " + std::to_string(source.size()) + " bytes long, more than the " +
           std::to_string(longestDescription) + " that TensorView takes");
  }
  std::string json(static_cast<std::size_t>(source.size()), '\0');
  source.read(0, json.data(), json.size());
  IndexEvents events;
  Json::sax_parse(json.begin(), json.end(), &events);
  if (!events.hasMap)
  {
    throw TensorFileError("it is JSON text without a 'weight_map'; of JSON files TensorView reads "
                          "the index of a model in several files (model.safetensors.index.json)");
  }
  return std::move(events.index);
}

} // namespace tensorview
