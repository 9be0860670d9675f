#ifndef TENSORVIEW_UNNAMED_FILE_H
#define TENSORVIEW_UNNAMED_FILE_H

#include <string>

namespace tensorview
{

/// Bytes on a disk that no folder lists: they are gone with this object, and with the process,
/// however that ends. Written by one thread, read by another after that.
class UnnamedFile
{
public:
  /// @param folder on whose disk it is; empty: the current one
  explicit UnnamedFile(const std::string& folder);
  ~UnnamedFile();
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  /// To be called once.
  /// @throws std::runtime_error naming the folder and the reason; the disk has its room back then
  void write(const std::string& bytes);
  /// @throws std::runtime_error likewise
  std::string read() const;

private:
  [[noreturn]] void fail(const char* what, int code) const;
  void close();

  std::string folder_;
  int number_ = -1; ///< of the open file
};

} // namespace tensorview

#endif
