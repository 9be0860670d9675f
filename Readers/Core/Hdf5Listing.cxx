#include "Hdf5Listing.h"

#include "TensorFileError.h"

#include <nlohmann/json.hpp>

namespace tensorview
{
namespace
{

using nlohmann::json;

json described(const Hdf5Array& array)
{
  json result{ { "path", array.path }, { "shape", array.shape },
    { "type", static_cast<unsigned>(array.type) }, { "bigEndian", array.bigEndian },
    { "address", array.address }, { "problem", array.problem } };
  if (array.offset)
  {
    result["offset"] = *array.offset;
  }
  return result;
}

Hdf5Array arrayOf(const json& description)
{
  Hdf5Array array;
  array.path = description.at("path").get<std::string>();
  array.shape = description.at("shape").get<std::vector<std::int64_t>>();
  const auto type = description.at("type").get<unsigned>();
  if (type > static_cast<unsigned>(ElementType::Float64))
  {
    throw TensorFileError("the listing of its arrays has an unknown type");
  }
  array.type = static_cast<ElementType>(type);
  array.bigEndian = description.at("bigEndian").get<bool>();
  array.address = description.at("address").get<std::uint64_t>();
  array.problem = description.at("problem").get<std::string>();
  if (description.contains("offset"))
  {
    array.offset = description.at("offset").get<std::uint64_t>();
  }
  return array;
}

} // namespace

std::string textOfListing(const Hdf5Listing& listing)
{
  json arrays = json::array();
  for (const Hdf5Array& array : listing.arrays)
  {
    arrays.push_back(described(array));
  }
  const json whole{ { "run", listing.run }, { "arrays", std::move(arrays) },
    { "texts", listing.texts } };
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

Hdf5Listing listingOfText(std::string_view text)
{
  try
  {
    const json whole = json::parse(text);
    Hdf5Listing listing;
    listing.run = whole.at("run").get<bool>();
    listing.texts = whole.at("texts").get<decltype(listing.texts)>();
    for (const json& description : whole.at("arrays"))
    {
      listing.arrays.push_back(arrayOf(description));
    }
    return listing;
  }
  catch (const json::exception& problem)
  {
    throw TensorFileError(std::string("the listing of its arrays is damaged: ") + problem.what());
  }
}

} // namespace tensorview
