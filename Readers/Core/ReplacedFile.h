#ifndef TENSORVIEW_REPLACED_FILE_H
#define TENSORVIEW_REPLACED_FILE_H

#include <cstddef>
#include <string>

namespace tensorview
{

/// A file that is written under another name, <path>.new, and takes its own only when it is whole
/// and on disk: at any instant, power cuts included, `path` is what it was before or the new one.
class ReplacedFile
{
public:
  /// @throws TensorFileError naming the file and the reason, as all calls do
  explicit ReplacedFile(std::string path);
  /// Removes what was not published.
  ~ReplacedFile();
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;

  void write(const void* bytes, std::size_t size);
  void publish();

private:
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string temporaryPath_;
  int descriptor_;
};

} // namespace tensorview

#endif
