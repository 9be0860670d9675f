#include "CheckArguments.h"

#include <CLI/CLI.hpp>

#include <sstream>

namespace tensorview
{

std::optional<CheckUsage> parseArguments(
  const std::vector<std::string>& words, CheckArguments& arguments)
{
  CLI::App app(
    "Says what is whole and what is damaged in run files (.tvr, all segments of the run) "
    "and in tensor files.\nExit status: 0 all is whole, 1 something is damaged, 2 a file "
    "cannot be read or the command line is wrong.",
    "tensorview-check");
  app.set_version_flag("--version", "tensorview-check " TENSORVIEW_VERSION);
  app.add_option("FILE", arguments.files, "files to look at")->required();
  app.add_flag("--json", arguments.json, "one JSON object a line instead of words");
  app.add_flag("--repair", arguments.repair,
    "take the marks of a killed writer out of run files that are whole, and change nothing else: "
    "programs other than TensorView open them again");
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try
  {
    app.parse(reversed);
  }
  catch (const CLI::ParseError& end)
  {
    std::ostringstream out;
    std::ostringstream error;
    const bool asked = app.exit(end, out, error) == 0;
    return CheckUsage{ asked ? CheckStatus::Whole : CheckStatus::Unknown,
      asked ? out.str() : "tensorview-check: " + error.str() };
  }
  return std::nullopt;
}

} // namespace tensorview
