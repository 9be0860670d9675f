#include "DatasetFolder.h"
#include "ImageFile.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

// jpeglib.h needs stdio.h before it.
#include <jpeglib.h>
#include <png.h>

using namespace tensorview;

namespace
{
/// A picture whose sample k has the value (first + k) mod 256.
std::vector<std::uint8_t> ramp(int count, int first)
{
  std::vector<std::uint8_t> samples(count);
  for (int k = 0; k < count; ++k)
  {
    samples[k] = static_cast<std::uint8_t>(first + k);
  }
  return samples;
}

void writePng(const std::string& path, int width, int height, bool colour, int first = 0)
{
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const auto samples = ramp(width * height * (colour ? 3 : 1), first);
  ASSERT_NE(::png_image_write_to_file(&image, path.c_str(), 0, samples.data(), 0, nullptr), 0);
}

/// One gray level all over, which JPEG keeps exactly.
void writeJpeg(const std::string& path, int width, int height, int level)
{
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  jpeg_compress_struct codec;
  jpeg_error_mgr errors;
  codec.err = ::jpeg_std_error(&errors);
  ::jpeg_create_compress(&codec);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ::jpeg_stdio_dest(&codec, file);
  codec.image_width = static_cast<JDIMENSION>(width);
  codec.image_height = static_cast<JDIMENSION>(height);
  codec.input_components = 1;
  codec.in_color_space = JCS_GRAYSCALE;
  ::jpeg_set_defaults(&codec);
  ::jpeg_start_compress(&codec, TRUE);
  std::vector<JSAMPLE> row(width, static_cast<JSAMPLE>(level));
  JSAMPROW rows = row.data();
  while (codec.next_scanline < codec.image_height)
  {
    ::jpeg_write_scanlines(&codec, &rows, 1);
  }
  ::jpeg_finish_compress(&codec);
  ::jpeg_destroy_compress(&codec);
  std::fclose(file);
}

std::string readBytes(const std::string& path)
{
  std::ifstream file(path, std::ios::binary);
  return { std::istreambuf_iterator<char>(file), {} };
}

template <typename F>
std::string reasonOf(F f)
{
  try
  {
    f();
    return "nothing";
  }
  catch (const DatasetError& error)
  {
    return error.what();
  }
}

std::string folderReason(const std::string& directory)
{
  return reasonOf([&] { loadImageFolder(directory, {}); });
}

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}

void writeClass(const std::string& path, int count, int first, bool colour = false)
{
  for (int i = 0; i < count; ++i)
  {
    char name[32];
    std::snprintf(name, sizeof(name), "/%03d.png", i);
    writePng(path + name, 4, 3, colour, first + i);
  }
}
}

TEST(ImageFile, PngGrayAndColour)
{
  const TemporaryFolder folder;
  writePng(folder / "gray.png", 4, 3, false);
  const ImageFile gray = readImage(folder / "gray.png");
  EXPECT_EQ(gray.channels, 1);
  EXPECT_EQ(gray.rows, 3);
  EXPECT_EQ(gray.columns, 4);
  EXPECT_EQ(gray.samples, ramp(12, 0));
  writePng(folder / "colour.png", 2, 1, true);
  const ImageFile colour = readImage(folder / "colour.png");
  EXPECT_EQ(colour.channels, 3);
  EXPECT_EQ(colour.samples, (std::vector<std::uint8_t>{ 0, 3, 1, 4, 2, 5 })) << "planes";
}

TEST(ImageFile, Jpeg)
{
  const TemporaryFolder folder;
  writeJpeg(folder / "gray.jpg", 8, 16, 77);
  const ImageFile gray = readImage(folder / "gray.jpg");
  EXPECT_EQ(gray.channels, 1);
  EXPECT_EQ(gray.rows, 16);
  EXPECT_EQ(gray.columns, 8);
  EXPECT_EQ(gray.samples, std::vector<std::uint8_t>(128, 77));
}

TEST(ImageFile, MissingEmptyTruncatedAndForeign)
{
  const TemporaryFolder folder;
  const auto reason = [&](const std::string& name)
  { return reasonOf([&] { readImage(folder / name); }); };
  EXPECT_TRUE(contains(reason("none.png"), "none.png"));
  writeFile(folder / "empty.png", "");
  EXPECT_TRUE(contains(reason("empty.png"), "it is empty"));
  writeFile(folder / "text.jpg", "hello");
  EXPECT_TRUE(contains(reason("text.jpg"), "neither PNG nor JPEG"));
  writePng(folder / "good.png", 40, 30, true);
  const std::string png = readBytes(folder / "good.png");
  writeJpeg(folder / "good.jpg", 64, 64, 3);
  const std::string jpeg = readBytes(folder / "good.jpg");
  for (const double part : { 0.1, 0.3, 0.6, 0.9 })
  {
    writeFile(folder / "cut.png", png.substr(0, std::size_t(part * double(png.size()))));
    EXPECT_NE(reason("cut.png"), "nothing") << part;
    writeFile(folder / "cut.jpg", jpeg.substr(0, std::size_t(part * double(jpeg.size()))));
    EXPECT_NE(reason("cut.jpg"), "nothing") << part;
  }
}

TEST(DatasetFolder, LastTenthOfEachClassValidatesTheOneBeforeTests)
{
  const TemporaryFolder folder;
  writeClass(folder / "cat", 20, 0);
  writeClass(folder / "ant", 5, 100);
  const Dataset data = loadImageFolder(folder.path(), {});
  EXPECT_EQ(data.classNames, (std::vector<std::string>{ "ant", "cat" }));
  EXPECT_EQ(data.channels, 1);
  EXPECT_EQ(data.rows, 3);
  EXPECT_EQ(data.columns, 4);
  EXPECT_EQ(data.training.count(), 3 + 16);
  EXPECT_EQ(data.test.labels, (std::vector<std::uint16_t>{ 0, 1, 1 }));
  EXPECT_EQ(data.validation.labels, (std::vector<std::uint16_t>{ 0, 1, 1 }));
  EXPECT_EQ(data.validation.images[0], 104) << "the last ant";
  EXPECT_EQ(data.validation.images[12], 18) << "the last but one cat";
  EXPECT_EQ(data.test.images[12], 16);
}

TEST(DatasetFolder, AFolderNamedTestIsTheTestPart)
{
  const TemporaryFolder folder;
  writeClass(folder / "cat", 10, 0);
  writeClass(folder / "ant", 10, 100);
  writeClass(folder / "test/cat", 2, 50);
  writeClass(folder / "test/ant", 1, 150);
  const Dataset data = loadImageFolder(folder.path(), {});
  EXPECT_EQ(data.classNames.size(), 2U);
  EXPECT_EQ(data.training.count(), 18);
  EXPECT_EQ(data.validation.count(), 2);
  EXPECT_EQ(data.test.labels, (std::vector<std::uint16_t>{ 0, 1, 1 }));
  EXPECT_EQ(data.test.images[0], 150);
}

TEST(DatasetFolder, GrayAmongColouredBecomesColoured)
{
  const TemporaryFolder folder;
  writeClass(folder / "ant", 5, 0, true);
  writeClass(folder / "cat", 5, 100, false);
  const Dataset data = loadImageFolder(folder.path(), {});
  EXPECT_EQ(data.channels, 3);
  EXPECT_EQ(data.training.images.size(), 6U * 36U);
  EXPECT_EQ(data.validation.images[36], 104);
  EXPECT_EQ(data.validation.images[36 + 12], 104);
}

TEST(DatasetFolder, RefusalsNameTheFile)
{
  const TemporaryFolder folder;
  EXPECT_TRUE(contains(folderReason(folder.path()), "0 class folders"));
  writeClass(folder / "ant", 2, 0);
  EXPECT_TRUE(contains(folderReason(folder.path()), "holds 2 PNG or JPEG images"));
  writeClass(folder / "ant", 5, 0);
  writeClass(folder / "cat", 5, 0);
  writePng(folder / "cat/002.png", 5, 3, false);
  EXPECT_TRUE(contains(folderReason(folder.path()), "cat/002.png' is 5 x 3 pixels"));
  writePng(folder / "cat/002.png", 4, 3, true);
  EXPECT_TRUE(contains(folderReason(folder.path()), "cat/002.png' is coloured"));
  writeFile(folder / "cat/002.png", "no image");
  EXPECT_TRUE(contains(folderReason(folder.path()), "cat/002.png"));
  EXPECT_TRUE(contains(folderReason(folder / "nothing"), "does not exist"));
}
