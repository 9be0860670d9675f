#include "TensorFileFixture.h"

#include "ByteSource.h"

#include <minizip/zip.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tensorview::testing
{
namespace
{

/// An archive in the making, as minizip writes it.
struct ZipTarget
{
  std::string bytes;
  std::size_t position = 0;

  zlib_filefunc64_def functions()
  {
    zlib_filefunc64_def functions = {};
    functions.zopen64_file = [](voidpf self, const void*, int) { return self; };
    functions.zread_file = [](voidpf self, voidpf, void* to, uLong size) -> uLong
    {
      auto& target = *static_cast<ZipTarget*>(self);
      const std::size_t count = target.bytes.copy(static_cast<char*>(to), size, target.position);
      target.position += count;
      return count;
    };
    functions.zwrite_file = [](voidpf self, voidpf, const void* from, uLong size) -> uLong
    {
      auto& target = *static_cast<ZipTarget*>(self);
      target.bytes.resize(std::max<std::size_t>(target.bytes.size(), target.position + size));
      std::memcpy(target.bytes.data() + target.position, from, size);
      target.position += size;
      return size;
    };
    functions.ztell64_file = [](voidpf self, voidpf) -> ZPOS64_T
    { return static_cast<ZipTarget*>(self)->position; };
    functions.zseek64_file = [](voidpf self, voidpf, ZPOS64_T offset, int origin) -> long
    {
      auto& target = *static_cast<ZipTarget*>(self);
      target.position = offset + (origin == ZLIB_FILEFUNC_SEEK_SET    ? 0
                                   : origin == ZLIB_FILEFUNC_SEEK_CUR ? target.position
                                                                      : target.bytes.size());
      return 0;
    };
    functions.zclose_file = [](voidpf, voidpf) { return 0; };
    functions.zerror_file = [](voidpf, voidpf) { return 0; };
    functions.opaque = this;
    return functions;
  }
};

std::string littleEndian32(std::uint32_t value)
{
  return bytesOf<std::uint32_t>({ value });
}

std::string joined(const std::vector<std::string>& parts)
{
  std::string result;
  for (const std::string& part : parts)
  {
    result += part;
  }
  return result;
}

} // namespace

std::string safetensorsOf(const std::string& json, const std::string& data)
{
  return bytesOf<std::uint64_t>({ json.size() }) + json + data;
}

std::string numpyOf(const std::string& header, const std::string& data, int version)
{
  const std::string length =
    version == 1 ? bytesOf<std::uint16_t>({ static_cast<std::uint16_t>(header.size()) })
                 : littleEndian32(static_cast<std::uint32_t>(header.size()));
  return "\x93NUMPY" + std::string{ static_cast<char>(version), '\0' } + length + header + data;
}

std::string numpyHeaderOf(const std::string& shape, const std::string& type)
{
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }     \n";
}

std::string zipOf(const std::vector<ZipPart>& parts)
{
  ZipTarget target;
  zlib_filefunc64_def functions = target.functions();
  zipFile const file = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  for (const ZipPart& part : parts)
  {
    zip_fileinfo info = {};
    const char* const password = part.password.empty() ? nullptr : part.password.c_str();
    const uLong checkSum = crc32(0, reinterpret_cast<const Bytef*>(part.content.data()),
      static_cast<uInt>(part.content.size()));
    if (zipOpenNewFileInZip3_64(file, part.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
          part.deflated ? Z_DEFLATED : 0, Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL,
          Z_DEFAULT_STRATEGY, password, checkSum, 0) != ZIP_OK ||
        zipWriteInFileInZip(
          file, part.content.data(), static_cast<unsigned>(part.content.size())) != ZIP_OK ||
        zipCloseFileInZip(file) != ZIP_OK)
    {
      throw std::runtime_error("minizip does not write " + part.name);
    }
  }
  zipClose(file, nullptr);
  return target.bytes;
}

namespace pickle
{

std::string text(const std::string& value)
{
  return "X" + littleEndian32(static_cast<std::uint32_t>(value.size())) + value;
}

std::string integer(std::int32_t value)
{
  return "J" + littleEndian32(static_cast<std::uint32_t>(value));
}

std::string global(const std::string& module, const std::string& name)
{
  return "c" + module + "\n" + name + "\n";
}

std::string tuple(const std::vector<std::string>& parts)
{
  return "(" + joined(parts) + "t";
}

std::string tuple(const std::vector<std::int32_t>& integers)
{
  std::vector<std::string> parts(integers.size());
  std::transform(integers.begin(), integers.end(), parts.begin(), integer);
  return tuple(parts);
}

std::string list(const std::vector<std::string>& parts)
{
  return "](" + joined(parts) + "e";
}

std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries)
{
  std::string result = "}(";
  for (const auto& [key, value] : entries)
  {
    result += text(key) + value;
  }
  return result + "u";
}

std::string call(const std::string& callee, const std::vector<std::string>& arguments)
{
  return callee + tuple(arguments) + "R";
}

std::string storage(const std::string& type, const std::string& key, std::int32_t elements)
{
  return tuple(
           { text("storage"), global("torch", type), text(key), text("cpu"), integer(elements) }) +
         "Q";
}

std::string tensor(const std::string& storage, std::int32_t offset,
  const std::vector<std::int32_t>& shape, const std::vector<std::int32_t>& strides)
{
  return call(global("torch._utils", "_rebuild_tensor_v2"),
    { storage, integer(offset), tuple(shape), tuple(strides), "\x89",
      call(global("collections", "OrderedDict"), {}) });
}

std::string whole(const std::string& value)
{
  return "\x80\x02" + value + ".";
}

} // namespace pickle

std::string torchFileOf(const std::string& pickle, const std::vector<std::string>& storages)
{
  std::vector<ZipPart> parts{ { "archive/data.pkl", pickle }, { "archive/byteorder", "little" } };
  for (std::size_t i = 0; i < storages.size(); ++i)
  {
    parts.push_back({ "archive/data/" + std::to_string(i), storages[i] });
  }
  return zipOf(parts);
}

TensorCatalogue openBytes(std::string_view bytes)
{
  return openTensorBytes(memoryBytes(bytes));
}

std::vector<float> valuesOf(const TensorCatalogue& catalogue, std::size_t index)
{
  std::vector<float> values(static_cast<std::size_t>(catalogue.tensors.at(index).size()));
  readTensor(catalogue, index, values.data());
  return values;
}

void readEverything(const TensorCatalogue& catalogue)
{
  for (std::size_t i = 0; i < catalogue.tensors.size(); ++i)
  {
    if (catalogue.tensors[i].problem.empty())
    {
      readTensor(catalogue, i);
    }
  }
}

} // namespace tensorview::testing
