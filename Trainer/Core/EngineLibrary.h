#ifndef TENSORVIEW_ENGINE_LIBRARY_H
#define TENSORVIEW_ENGINE_LIBRARY_H

#include "Engine.h"

#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// Opens the engine library late, once per process, and never closes it (DESIGN.md: nothing else
/// links it). The path in $TENSORVIEW_ENGINE_LIBRARY comes first, then libTensorViewEngine.so in
/// each of `folders`, then in the folder of the code that called, in its sibling folders
/// ../lib/TensorView and ../TensorView, and last wherever the system looks.
///
/// @param folders more places to look in, first
/// @param[out] error why there is no engine, in words, with the places that were tried
/// @return a new engine, or null
std::unique_ptr<Engine> createEngine(const std::vector<std::string>& folders, std::string& error);

} // namespace tensorview

#endif
