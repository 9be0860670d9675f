#include "ForeignFileTest.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;

/// Files of Keras, h5py and ONNX.
class NetworkFileForeignTest : public ForeignFileTest
{
protected:
  void script(const std::string& verb)
  {
    this->runScript(TENSORVIEW_WRITE_NETWORKS_SCRIPT, verb, this->folder().string());
  }

  /// Names and the starts of problems, in any order of the file's.
  void expectProblems(
    const std::string& file, const std::vector<std::pair<std::string, std::string>>& problems)
  {
    const TensorCatalogue catalogue = openTensorFile(this->file(file));
    EXPECT_EQ(catalogue.tensors.size(), problems.size());
    for (const auto& [name, problem] : problems)
    {
      const std::ptrdiff_t index = catalogue.find(name);
      ASSERT_GE(index, 0) << name;
      EXPECT_EQ(
        catalogue.tensors[static_cast<std::size_t>(index)].problem.substr(0, problem.size()),
        problem)
        << name;
      EXPECT_EQ(catalogue.tensors[static_cast<std::size_t>(index)].problem.empty(), problem.empty())
        << name;
    }
  }
};

TEST_F(NetworkFileForeignTest, ReadsWhatKerasWrites)
{
  this->script("keras");
  if (this->IsSkipped())
  {
    return;
  }
  for (const char* name : { "model.keras", "deflated.keras", "model.h5", "model.weights.h5" })
  {
    this->expectAsTheLibrary(name);
    EXPECT_EQ(openTensorFile(this->file(name)).format, "Keras");
  }
  const TensorCatalogue archive = openTensorFile(this->file("model.keras"));
  EXPECT_EQ(archive.metadata.at("order"), "network");
  EXPECT_EQ(archive.metadata.count("keras_version"), 1U);
  EXPECT_EQ(archive.tensors.front().role.layerClass, "Conv2D");
  EXPECT_EQ(openTensorFile(this->file("model.weights.h5")).metadata.at("order"), "written");
}

TEST_F(NetworkFileForeignTest, ReadsOtherHdf5Files)
{
  this->script("hdf5");
  if (this->IsSkipped())
  {
    return;
  }
  for (const char* name : { "older.h5", "newer.h5" })
  {
    this->expectAsTheLibrary(name);
    EXPECT_EQ(openTensorFile(this->file(name)).format, "HDF5");
  }
  this->expectProblems("unread.h5",
    { { "good", "" }, { "complex", "holds records" }, { "enumeration", "holds names of values" },
      { "external_link", "is a link to another file" },
      { "soft_link", "is a link to another place" },
      { "external", "has its values in another file" }, { "huge", "claims 1099511627776 elements" },
      { "lzf", "is compressed by the HDF5 filter 32000 ('lzf')" }, { "list", "holds arrays" },
      { "text", "holds text" }, { "virtual", "is virtual" } });
  // Each length costs a process; the superblock and all descriptions are met.
  this->expectEveryTruncationTold("one.h5", 0, 41);
}

TEST_F(NetworkFileForeignTest, ReadsRowsOfChunks)
{
  this->script("hdf5");
  if (this->IsSkipped())
  {
    return;
  }
  const TensorCatalogue catalogue = openTensorFile(this->file("newer.h5"));
  const auto index = static_cast<std::size_t>(catalogue.find("chunked"));
  std::vector<float> rows(2 * 50 * 30);
  readTensorRows(catalogue, index, 3, 2, rows.data());
  for (std::size_t i = 0; i < rows.size(); ++i)
  {
    ASSERT_EQ(rows[i], static_cast<float>(3 * 50 * 30 + i));
  }
}

TEST_F(NetworkFileForeignTest, ReadsWhatOnnxWrites)
{
  this->script("onnx");
  if (this->IsSkipped())
  {
    return;
  }
  for (const char* name : { "types.onnx", "network.onnx", "external.onnx" })
  {
    this->expectAsTheLibrary(name);
    EXPECT_EQ(openTensorFile(this->file(name)).format, "ONNX");
  }
  EXPECT_EQ(openTensorFile(this->file("network.onnx")).metadata.at("producer"), "tests");
  this->expectProblems(
    "unread.onnx", { { "good", "" }, { "complex", "has the type 'COMPLEX64'" },
                     { "text", "has the type 'STRING'" }, { "bits", "has the type 'INT4'" },
                     { "choice/else_branch/w", "belongs to a branch" },
                     { "choice/then_branch/w", "belongs to a branch" } });

  // The version of the operators stands last.
  this->expectEveryTruncationTold("one.onnx", 5);
  std::filesystem::resize_file(this->file("external.data"), 10);
  const TensorCatalogue cut = openTensorFile(this->file("external.onnx"));
  EXPECT_NE(cut.tensors.front().problem.find("it is not whole"), std::string::npos);
  std::filesystem::remove(this->file("external.data"));
  const TensorCatalogue gone = openTensorFile(this->file("external.onnx"));
  EXPECT_NE(gone.tensors.front().problem.find("copy that file too"), std::string::npos);
}

} // namespace
} // namespace tensorview
