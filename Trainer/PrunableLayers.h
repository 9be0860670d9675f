#ifndef PrunableLayers_h
#define PrunableLayers_h

#include "../Readers/Core/TensorTypes.h"

#include <cstdint>
#include <string>
#include <vector>

/// The layers of a network that may lose filters.
namespace PrunableLayers
{

struct Layer
{
  std::int32_t id = 0;
  std::string name;
  std::int64_t filters = 0; ///< that are there now
};

/// Convolutions and dense layers in the network's order, but the last one: its outputs are the
/// classes.
std::vector<Layer> Of(const tensorview::ModelDescription& model);

}

#endif
