#include "ImageFile.h"

#include "Dataset.h"

#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <memory>

// jpeglib.h needs stdio.h before it.
#include <jpeglib.h>
#include <png.h>

namespace tensorview
{

namespace
{
constexpr std::int64_t longestSide = 8192;

[[noreturn]] void refuse(const std::string& path, const std::string& reason)
{
  throw DatasetError("cannot read the image '" + path + "': " + reason + "; remove or replace it");
}

struct CloseFile
{
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

void checkSize(const std::string& path, std::int64_t rows, std::int64_t columns)
{
  if (rows < 1 || columns < 1 || rows > longestSide || columns > longestSide)
  {
    refuse(path, "it is " + std::to_string(columns) + " x " + std::to_string(rows) +
                   " pixels; at most 8192 x 8192 are read");
  }
}

/// From pixel-interleaved to one plane a channel.
ImageFile fromInterleaved(const std::vector<std::uint8_t>& pixels, std::int64_t channels,
  std::int64_t rows, std::int64_t columns)
{
  ImageFile image{ channels, rows, columns, std::vector<std::uint8_t>(pixels.size()) };
  const std::int64_t plane = rows * columns;
  for (std::int64_t channel = 0; channel < channels; ++channel)
  {
    for (std::int64_t i = 0; i < plane; ++i)
    {
      image.samples[channel * plane + i] = pixels[i * channels + channel];
    }
  }
  return image;
}

/// libpng's image, freed on every way out.
struct PngImage
{
  PngImage() { this->image.version = PNG_IMAGE_VERSION; }
  ~PngImage() { ::png_image_free(&this->image); }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  png_image image{};
};

ImageFile readPng(std::FILE* file, const std::string& path)
{
  PngImage png;
  if (!::png_image_begin_read_from_stdio(&png.image, file))
  {
    refuse(path, png.image.message);
  }
  checkSize(path, png.image.height, png.image.width);
  const bool colour = (png.image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  png.image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const std::int64_t channels = colour ? 3 : 1;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png.image));
  const png_color black{ 0, 0, 0 };
  if (!::png_image_finish_read(&png.image, &black, pixels.data(), 0, nullptr))
  {
    refuse(path, png.image.message);
  }
  return fromInterleaved(pixels, channels, png.image.height, png.image.width);
}

/// libjpeg's errors jump back to where `jump` was set.
struct JpegErrors
{
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void jpegFail(j_common_ptr codec)
{
  auto* errors = reinterpret_cast<JpegErrors*>(codec->err);
  codec->err->format_message(codec, errors->message);
  std::longjmp(errors->jump, 1);
}

/// A warning means damaged or missing data, which libjpeg would fill with gray.
void jpegWarn(j_common_ptr codec, int level)
{
  if (level < 0)
  {
    jpegFail(codec);
  }
}

/// Memory of a decoder; plain enough to be in scope of a longjmp.
struct JpegPixels
{
  std::vector<std::uint8_t> samples;
  std::int64_t channels = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

/// @return false with errors.message set. No object with a destructor may be born in here.
bool decodeJpeg(std::FILE* file, JpegErrors& errors, JpegPixels& pixels)
{
  jpeg_decompress_struct codec;
  codec.err = ::jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpegFail;
  errors.manager.emit_message = jpegWarn;
  if (setjmp(errors.jump) != 0)
  {
    ::jpeg_destroy_decompress(&codec);
    return false;
  }
  ::jpeg_create_decompress(&codec);
  ::jpeg_stdio_src(&codec, file);
  ::jpeg_read_header(&codec, TRUE);
  codec.out_color_space = codec.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  if (codec.image_width > longestSide || codec.image_height > longestSide)
  {
    ::jpeg_destroy_decompress(&codec);
    std::snprintf(errors.message, sizeof(errors.message), "more than 8192 pixels a side");
    return false;
  }
  ::jpeg_start_decompress(&codec);
  pixels.channels = codec.output_components;
  pixels.rows = codec.output_height;
  pixels.columns = codec.output_width;
  pixels.samples.resize(static_cast<std::size_t>(pixels.channels * pixels.rows * pixels.columns));
  while (codec.output_scanline < codec.output_height)
  {
    JSAMPROW row =
      pixels.samples.data() + std::size_t(codec.output_scanline) * pixels.channels * pixels.columns;
    ::jpeg_read_scanlines(&codec, &row, 1);
  }
  ::jpeg_finish_decompress(&codec);
  ::jpeg_destroy_decompress(&codec);
  return true;
}

ImageFile readJpeg(std::FILE* file, const std::string& path)
{
  JpegErrors errors{};
  JpegPixels pixels;
  if (!decodeJpeg(file, errors, pixels))
  {
    refuse(path, errors.message);
  }
  return fromInterleaved(pixels.samples, pixels.channels, pixels.rows, pixels.columns);
}
}

ImageFile readImage(const std::string& path)
{
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file)
  {
    refuse(path, std::strerror(errno));
  }
  unsigned char magic[8] = {};
  const std::size_t got = std::fread(magic, 1, sizeof(magic), file.get());
  std::rewind(file.get());
  if (got == sizeof(magic) && ::png_sig_cmp(magic, 0, sizeof(magic)) == 0)
  {
    return readPng(file.get(), path);
  }
  if (got >= 3 && magic[0] == 0xFF && magic[1] == 0xD8 && magic[2] == 0xFF)
  {
    return readJpeg(file.get(), path);
  }
  refuse(path, got == 0 ? "it is empty" : "it is neither PNG nor JPEG");
}

} // namespace tensorview
