#ifndef TENSORVIEW_TENSOR_FILE_ERROR_H
#define TENSORVIEW_TENSOR_FILE_ERROR_H

#include <stdexcept>
#include <string>
#include <string_view>

namespace tensorview
{

/// What every call on a foreign tensor file throws: a sentence that names the file, the place in
/// it, and the remedy where there is one. (Parsers of bytes leave the file's name to their caller.)
class TensorFileError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

/// `text` from a stranger's file, made fit to be shown: control characters and bytes that are not
/// UTF-8 become \xNN, all else stays.
std::string printableText(std::string_view text);

/// The same in quotes, and cut to what fits into a message.
std::string quotedText(std::string_view text);

} // namespace tensorview

#endif
