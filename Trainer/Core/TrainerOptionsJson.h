#ifndef TENSORVIEW_TRAINER_OPTIONS_JSON_H
#define TENSORVIEW_TRAINER_OPTIONS_JSON_H

#include "TrainerOptions.h"

#include <string>

namespace tensorview
{

/// All options as one line of JSON, an object with the names of TrainerOptionsFields.h.
std::string toJson(const TrainerOptions& options);

/// Options from JSON; what is left out keeps its default, unknown names are ignored (a newer
/// program may have written them).
/// @throws std::invalid_argument naming the option if the text is no JSON object or a value has
/// the wrong type
TrainerOptions trainerOptionsFromJson(const std::string& json);

} // namespace tensorview

#endif
