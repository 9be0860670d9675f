#include "vtkTensorRunReader.h"

#include "RecordedRunFixture.h"
#include "vtkModelProvider.h"
#include "vtkWeightGrid.h"

#include "vtkInformation.h"
#include "vtkNew.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace tensorview::testing;

namespace
{
class TensorRunReaderErrors : public RecordedRunTest
{
protected:
  vtkNew<vtkTensorRunReader> reader;

  /// What updating with this file says; the reader must survive it and read a good one afterwards.
  std::string messageFor(const std::string& path)
  {
    this->reader->SetFileName(path.c_str());
    const std::string message = updateAndListen(this->reader);
    EXPECT_EQ(updateAndListen(this->reader, 1), "") << "told a second time";
    vtkNew<vtkWeightGrid> grid;
    grid->SetInputConnection(this->reader->GetOutputPort());
    EXPECT_EQ(updateAndListen(grid), "");
    EXPECT_EQ(present(this->reader), "");

    this->reader->SetFileName(this->record("good.tvr").c_str());
    EXPECT_EQ(updateAndListen(this->reader), "");
    EXPECT_EQ(present(this->reader), "xxxxx");
    std::filesystem::remove(this->file("good.tvr"));
    return message;
  }
};

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST_F(TensorRunReaderErrors, NoFileName)
{
  EXPECT_TRUE(contains(updateAndListen(this->reader), "set FileName"));
  this->reader->SetFileName(nullptr);
  EXPECT_STREQ(this->reader->GetFileName(), "");
}

TEST_F(TensorRunReaderErrors, MissingFile)
{
  const std::string path = this->file("missing.tvr");
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(path.c_str()), 0);
  EXPECT_TRUE(contains(this->messageFor(path), path));
}

TEST_F(TensorRunReaderErrors, EmptyFile)
{
  const std::string path = this->file("empty.tvr");
  writeFile(path, "");
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(path.c_str()), 1) << "updating says why";
  EXPECT_TRUE(contains(this->messageFor(path), path));
}

TEST_F(TensorRunReaderErrors, WrongMagic)
{
  const std::string path = this->file("text.tvr");
  writeFile(path, std::string(5000, 'x'));
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(path.c_str()), 1) << "updating says why";
  EXPECT_TRUE(contains(this->messageFor(path), path));
}

TEST_F(TensorRunReaderErrors, AFolder)
{
  const std::string path = this->folder().string();
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(path.c_str()), 0);
  EXPECT_TRUE(contains(this->messageFor(path), path));
}

TEST_F(TensorRunReaderErrors, TruncatedAnywhere)
{
  const std::string whole = contentOf(this->record("whole.tvr"));
  const std::string path = this->file("cut.tvr");
  for (int part = 1; part < 16; ++part)
  {
    writeFile(path, whole.substr(0, whole.size() * static_cast<std::size_t>(part) / 16));
    EXPECT_TRUE(contains(this->messageFor(path), path)) << part;
  }
}

TEST_F(TensorRunReaderErrors, CanReadARun)
{
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(this->record().c_str()), 1);
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(nullptr), 0);
  const std::string other = this->file("other.h5");
  writeFile(other, "no run");
  EXPECT_EQ(vtkTensorRunReader::CanReadFile(other.c_str()), 0);
}

TEST_F(TensorRunReaderErrors, UnknownBranch)
{
  this->reader->SetFileName(this->record().c_str());
  this->reader->SetBranch("run.0007.tvr");
  EXPECT_TRUE(contains(updateAndListen(this->reader), "run.0007.tvr"));
  this->reader->SetBranch("run.tvr");
  EXPECT_EQ(updateAndListen(this->reader), "");
}

TEST_F(TensorRunReaderErrors, AFailureLeavesNoModelBehind)
{
  this->reader->SetFileName(this->record().c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  vtkModelProvider* provider = vtkModelProvider::Get(this->reader->GetOutputInformation(0));
  ASSERT_NE(provider, nullptr);
  EXPECT_EQ(provider->GetModel()->layers.size(), 2U);
  this->reader->SetFileName(this->file("missing.tvr").c_str());
  EXPECT_NE(updateAndListen(this->reader), "");
  EXPECT_TRUE(provider->GetModel()->layers.empty());
  EXPECT_EQ(this->reader->GetNumberOfTensorArrays(), 0);
}

TEST_F(TensorRunReaderErrors, AFileThatIsReplacedIsReadAnew)
{
  const std::string path = this->record();
  this->reader->SetFileName(path.c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");

  tensorview::RunLayout layout = smallLayout();
  layout.model.tensors.push_back({ 1, "conv1", "momentum", { 4, 1, 3, 3 }, -1 });
  auto writer = this->begin("other.tvr", layout);
  writer->close();
  std::filesystem::rename(this->file("other.tvr"), path);

  this->reader->SetRefreshToken(1);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "xxxxxx");
}

TEST_F(TensorRunReaderErrors, AFileThatIsRemovedIsAnError)
{
  const std::string path = this->record();
  this->reader->SetFileName(path.c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  std::filesystem::remove(path);
  this->reader->SetRefreshToken(1);
  EXPECT_TRUE(contains(updateAndListen(this->reader), path));
}
