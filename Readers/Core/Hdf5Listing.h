#ifndef TENSORVIEW_HDF5_LISTING_H
#define TENSORVIEW_HDF5_LISTING_H

#include "ElementType.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// An array of an HDF5 file.
struct Hdf5Array
{
  std::string path; ///< the names of its groups and its own, joined by '/', fit to be shown
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::Float32;
  bool bigEndian = false;
  /// Where in the file its elements lie one after the other, as `type` and `bigEndian` say; nothing
  /// if only HDF5 can read them (in chunks, compressed): then it gives `type` little endian.
  std::optional<std::uint64_t> offset;
  /// Where its description lies: later in the file than those of what was written before, mostly.
  std::uint64_t address = 0;
  std::string problem; ///< empty, or why it cannot be read, as TensorEntry has it
};

/// What an HDF5 file holds, as far as tensors are concerned.
struct Hdf5Listing
{
  bool run = false;              ///< the file is one of ours (docs/run-format.md)
  std::vector<Hdf5Array> arrays; ///< in natural order of their paths
  /// Text attributes that Keras gives its groups, by "<group's path>@<attribute>", e.g.
  /// "model_weights@layer_names".
  std::map<std::string, std::vector<std::string>> texts;
};

/// As text, to be sent from one process to another.
std::string textOfListing(const Hdf5Listing& listing);

/// @throws TensorFileError if the text is no listing; shapes and offsets are not checked
Hdf5Listing listingOfText(std::string_view text);

} // namespace tensorview

#endif
