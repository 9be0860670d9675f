#ifndef TENSORVIEW_HDF5_TEXTS_H
#define TENSORVIEW_HDF5_TEXTS_H

#include "Hdf5.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tensorview
{

/// The texts of an attribute, of fixed or variable length, one or a list; empty if there is none,
/// it holds something else, or says to be larger than the file of `fileSize` bytes.
std::vector<std::string> textAttribute(
  hid_t object, const std::string& name, std::uint64_t fileSize);

/// Adds what Keras notes at a group, as Hdf5Listing::texts has it: "keras_version", "backend",
/// "model_config", "name", "layer_names" and "weight_names". The last two are joined where they are
/// cut into pieces ("layer_names0", ...: attributes of old files have at most 64 KB).
void addKerasTexts(hid_t group, const std::string& path, std::uint64_t fileSize,
  std::map<std::string, std::vector<std::string>>& texts);

} // namespace tensorview

#endif
