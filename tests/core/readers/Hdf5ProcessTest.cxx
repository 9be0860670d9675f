#include "Hdf5.h"
#include "RunFixture.h"
#include "RunFormat.h"
#include "TensorFileFixture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace tensorview
{
namespace
{

using namespace testing;
namespace fs = std::filesystem;

/// What happens when the program that reads HDF5 files does not do what it should.
class Hdf5ProcessTest : public RunFileTest
{
protected:
  void TearDown() override
  {
    ::unsetenv(variable);
    RunFileTest::TearDown();
  }

  /// The message when the program is this shell script.
  std::string messageWith(const std::string& script)
  {
    const std::string program = this->file("reader");
    writeFile(program, "#!/bin/sh\n" + script + "\n");
    fs::permissions(program, fs::perms::owner_all);
    ::setenv(variable, program.c_str(), 1);
    return this->message();
  }

  std::string message()
  {
    static const std::string file("\x89HDF\r\n\x1A\n and so on", 17);
    return tensorFileErrorOf([] { openBytes(file); });
  }

  static constexpr const char* variable = "TENSORVIEW_HDF5_READER";
};

void expectPart(const std::string& message, const std::string& part)
{
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST_F(Hdf5ProcessTest, TellsOfCrashes)
{
  expectPart(this->messageWith("kill -SEGV $$"),
    "it made the HDF5 library crash (signal 11, in a process of its own)");
  expectPart(this->messageWith("exit 3"), "crash (exit status 3");
  expectPart(this->messageWith("kill -ALRM $$"), "did not come to an end with it in 60 s");
}

TEST_F(Hdf5ProcessTest, BelievesNothingItIsTold)
{
  expectPart(this->messageWith("printf 'answers of any length and kind' >&3"), "give more than");
  // A listing of two bytes.
  expectPart(
    this->messageWith(
      "printf '\\001\\000\\000\\000\\000\\000\\000\\000\\002\\000\\000\\000\\000\\000\\000\\000{}' "
      ">&3"),
    "the listing of its arrays is damaged");
}

TEST_F(Hdf5ProcessTest, NamesTheMissingProgram)
{
  ::setenv(variable, this->file("nowhere").c_str(), 1);
  expectPart(this->message(), "tensorview-hdf5-tensors, which is not there");
  expectPart(this->message(), "name it in TENSORVIEW_HDF5_READER");
}

TEST_F(Hdf5ProcessTest, RefusesWhatIsNoHdf5)
{
  expectPart(this->message(), "it is an HDF5 file that cannot be opened");
}

TEST_F(Hdf5ProcessTest, NamesTheReaderOfRuns)
{
  {
    const hdf5::Handle file(
      H5Fcreate(this->file("run.tvr").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const std::string format = runformat::name;
    const hdf5::Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type, format.size());
    const hdf5::Handle space(H5Screate(H5S_SCALAR));
    const hdf5::Handle attribute(
      H5Acreate2(file, runformat::formatAttribute, type, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Awrite(attribute, type, format.c_str());
  }
  expectPart(tensorFileErrorOf([this] { openTensorFile(this->file("run.tvr")); }),
    "it is a run of TensorView; open it with TensorRunReader");
}

TEST_F(Hdf5ProcessTest, ReadsFromMemoryAndPlace)
{
  {
    const hdf5::Handle file(
      H5Fcreate(this->file("a.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const hsize_t extents[] = { 4, 3 };
    const hsize_t chunk[] = { 2, 2 };
    const hdf5::Handle space(H5Screate_simple(2, extents, nullptr));
    const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(creation, 2, chunk);
    H5Pset_deflate(creation, 6);
    const hdf5::Handle array(
      H5Dcreate2(file, "x", H5T_STD_I16BE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    const int values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11 };
    H5Dwrite(array, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  }
  const std::vector<float> expected{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11 };
  EXPECT_EQ(valuesOf(openTensorFile(this->file("a.h5")), 0), expected);
  const std::string bytes = contentOf(this->file("a.h5"));
  EXPECT_EQ(valuesOf(openBytes(bytes), 0), expected);
  // As Keras 3 packs it.
  for (const bool deflated : { false, true })
  {
    const std::string archive =
      zipOf({ { "config.json", "{}" }, { "model.weights.h5", bytes, deflated } });
    const TensorCatalogue catalogue = openBytes(archive);
    EXPECT_EQ(catalogue.format, "Keras");
    EXPECT_EQ(valuesOf(catalogue, 0), expected);
    std::vector<float> rows(6);
    readTensorRows(catalogue, 0, 1, 2, rows.data());
    EXPECT_EQ(rows, (std::vector<float>{ 3, 4, 5, 6, 7, 8 }));
  }
}

} // namespace
} // namespace tensorview
