#ifndef TENSORVIEW_CHECK_ARGUMENTS_H
#define TENSORVIEW_CHECK_ARGUMENTS_H

#include <optional>
#include <string>
#include <vector>

namespace tensorview
{

/// Exit status of tensorview-check; of several files the worst.
enum class CheckStatus : int
{
  Whole = 0,
  Damaged = 1, ///< something in it is, or cannot be read
  Unknown = 2  ///< no file that it knows, no permission, or a wrong command line
};

/// What tensorview-check was asked for.
struct CheckArguments
{
  std::vector<std::string> files;
  bool json = false;   ///< --json: one object a line instead of words
  bool repair = false; ///< --repair: clear the marks of killed writers
};

/// A command line that ends here: --help, --version or a mistake.
struct CheckUsage
{
  CheckStatus status = CheckStatus::Whole;
  std::string text; ///< to print, on the standard output if status is Whole, else as an error
};

/// Reads a command line into `arguments`; returns how to end instead, if there is nothing to check.
std::optional<CheckUsage> parseArguments(
  const std::vector<std::string>& words, CheckArguments& arguments);

} // namespace tensorview

#endif
