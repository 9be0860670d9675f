#ifndef TENSORVIEW_TESTS_FOREIGN_FILE_TEST_H
#define TENSORVIEW_TESTS_FOREIGN_FILE_TEST_H

#include "RunFixture.h"

#include <string>

namespace tensorview::testing
{

/// A test of files that a Python script writes with other libraries. Beside each FILE the script
/// leaves what the library reads back: FILE.names, a line per tensor (name, tab, extents);
/// FILE.values, the elements of all of them as float32; and FILE.roles where it knows them, a line
/// per tensor (layer, tab, kind, tab, axes; empty for what lies beside the network, "?" for what
/// the file does not tell).
class ForeignFileTest : public RunFileTest
{
protected:
  /// Runs `script verb path`; skips the test where that cannot be.
  void runScript(const std::string& script, const std::string& verb, const std::string& path);

  /// Every tensor as the library read it back.
  void expectAsTheLibrary(const std::string& name);

  void expectRefusal(const std::string& name, const std::string& part);

  /// Of a file that holds one tensor: what is left of it is refused, or still has the same values.
  /// @param redundant number of last bytes that only say again what stands before them (as those of
  ///                  a zip archive) or nothing
  void expectEveryTruncationTold(
    const std::string& name, std::size_t redundant, std::size_t step = 1);
};

} // namespace tensorview::testing

#endif
