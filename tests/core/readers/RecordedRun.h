#ifndef TENSORVIEW_TESTS_RECORDED_RUN_H
#define TENSORVIEW_TESTS_RECORDED_RUN_H

#include "RunFixture.h"

#include <cstdint>
#include <functional>
#include <string>

/// A run whose every value follows from its step, written without end and checked whole.
namespace tensorview
{
class RunReader;
class RunWriter;
}

namespace tensorview::testing
{

/// smallLayout() and a tensor of several chunks.
RunLayout endlessLayout();

inline constexpr std::int64_t rowsPerPortion = 37;

/// Appends portion `number` (0, 1, ...): 37 steps, a snapshot at the last of them, filter rows, an
/// evaluation and an event.
void appendPortion(RunWriter& writer, const RunLayout& layout, std::int64_t number);

/// What is wrong with a run made of portions, at least `portions` of them; empty if nothing is.
std::string problemIn(const RunReader& reader, std::int64_t portions);

/// Records portions into a new file until the writer says that it has stopped, closes, reads back.
/// `begun` is called once the file is made. Empty = the message names the file and `reason`, and
/// all that was flushed is whole.
std::string recordUntilStopped(
  const std::string& path, const std::string& reason, const std::function<void()>& begun = [] {});

} // namespace tensorview::testing

#endif
