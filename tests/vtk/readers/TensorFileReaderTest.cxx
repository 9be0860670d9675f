#include "vtkTensorFileReader.h"

#include "LayerHistory.h"
#include "RecordedRunFixture.h"
#include "SafetensorsWriter.h"
#include "vtkImageGrid.h"
#include "vtkModelProvider.h"
#include "vtkTensorCollection.h"
#include "vtkTrajectory.h"
#include "vtkWeightGrid.h"

#include "vtkFieldData.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"
#include "vtkPolyData.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"
#include "vtkVariant.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

using namespace tensorview::testing;

namespace
{
using Pipeline = vtkStreamingDemandDrivenPipeline;

/// conv1 [4, 2, 3, 3], its bias, and fc1 [3, 16]; every value is its index plus `offset`.
class TensorFileReader : public RunFileTest
{
protected:
  vtkNew<vtkTensorFileReader> reader;

  std::string write(const std::string& name, float offset = 0.0F,
    std::vector<tensorview::SafetensorsEntry> tensors = {
      { "conv1.weight", { 4, 2, 3, 3 } }, { "conv1.bias", { 4 } }, { "fc1.weight", { 3, 16 } } })
  {
    std::vector<float> values;
    tensorview::writeSafetensors(this->file(name), tensors,
      [&](std::size_t)
      {
        values.resize(1000);
        for (std::size_t i = 0; i < values.size(); ++i)
        {
          values[i] = static_cast<float>(i) + offset;
        }
        return values.data();
      });
    return this->file(name);
  }

  /// net-10, net-20 and net-30, whose first values are 10, 20 and 30.
  void openSeries()
  {
    for (const int step : { 20, 10, 30 })
    {
      const std::string name = "net-" + std::to_string(step) + ".safetensors";
      this->reader->AddFileName(this->write(name, static_cast<float>(step)).c_str());
    }
  }

  vtkTable* contents() { return vtkTable::SafeDownCast(this->reader->GetOutputDataObject(1)); }

  std::string noteInData()
  {
    auto* note = vtkStringArray::SafeDownCast(
      this->reader->GetOutputDataObject(0)->GetFieldData()->GetAbstractArray("Note"));
    return note ? note->GetValue(0) : "";
  }
};

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST_F(TensorFileReader, OffersTheNetworkOfAFile)
{
  this->reader->AddFileName(this->write("net.safetensors").c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "xxx");
  const auto entries = vtkTensorCollection::List(
    vtkPartitionedDataSetCollection::SafeDownCast(this->reader->GetOutputDataObject(0)));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].layer + "/" + entries[0].kind, "conv1/weight");
  EXPECT_EQ(entries[0].shape, (tensorview::TensorShape{ 4, 2, 3, 3 }));
  EXPECT_EQ(entries[2].layer + "/" + entries[2].kind, "fc1/weight");
  EXPECT_EQ(imageOf(this->reader, 0)->GetPointData()->GetScalars()->GetTuple1(71), 71.0);
  EXPECT_EQ(this->reader->GetOutputInformation(0)->Has(Pipeline::TIME_STEPS()), 0);
  EXPECT_STREQ(
    this->reader->GetNote(), "safetensors: 3 tensors in 2 layers. Axes of weights: OI, OIHW.");
  EXPECT_EQ(this->noteInData(), this->reader->GetNote());
}

TEST_F(TensorFileReader, TellsWhatBecameOfEachTensor)
{
  this->reader->AddFileName(
    this->write("net.safetensors", 0.0F, { { "a/kernel", { 3, 3, 2, 4 } }, { "nothing", { 0 } } })
      .c_str());
  ASSERT_EQ(updateAndListen(this->reader, 1), "");
  ASSERT_EQ(this->contents()->GetNumberOfRows(), 2);
  std::vector<std::string> rows(2);
  for (vtkIdType row = 0; row < 2; ++row)
  {
    for (vtkIdType column = 0; column < this->contents()->GetNumberOfColumns(); ++column)
    {
      rows[static_cast<std::size_t>(row)] +=
        this->contents()->GetValue(row, column).ToString() + "|";
    }
  }
  EXPECT_EQ(rows[0], "a/kernel|a|weight|3 x 3 x 2 x 4|HWIO|float32|4 x 2 x 3 x 3||");
  EXPECT_EQ(rows[1], "nothing|||0||float32||has no elements|");
  EXPECT_TRUE(contains(this->reader->GetNote(), "Left out: 1 tensor (has no elements)."));
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 0);
}

TEST_F(TensorFileReader, ReadsWhatIsAskedForOnce)
{
  this->reader->AddFileName(this->write("net.safetensors").c_str());
  vtkNew<vtkWeightGrid> grid;
  grid->SetInputConnection(this->reader->GetOutputPort());
  grid->SetLayer("fc1");
  ASSERT_EQ(updateAndListen(grid), "");
  EXPECT_EQ(present(this->reader), "--x");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 1);
  grid->SetLayer("conv1");
  ASSERT_EQ(updateAndListen(grid), "");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 2);
  grid->SetLayer("fc1");
  ASSERT_EQ(updateAndListen(grid), "");
  EXPECT_EQ(this->reader->GetNumberOfTensorsRead(), 2);
}

TEST_F(TensorFileReader, DoesNotReadAllOfALargeFileUnasked)
{
  std::vector<tensorview::SafetensorsEntry> large;
  for (const char* name : { "a.weight", "b.weight" })
  {
    large.push_back({ name, { 1, 1000 } });
  }
  this->reader->AddFileName(this->write("net.safetensors", 0.0F, large).c_str());
  this->reader->SetPreload(0);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "--");
  EXPECT_TRUE(contains(this->noteInData(), "Preload"));
  vtkNew<vtkWeightGrid> grid;
  grid->SetInputConnection(this->reader->GetOutputPort());
  grid->SetLayer("b");
  ASSERT_EQ(updateAndListen(grid), "");
  EXPECT_EQ(present(this->reader), "-x");
  this->reader->SetPreload(1);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "xx");
  EXPECT_FALSE(contains(this->noteInData(), "Preload"));
}

TEST_F(TensorFileReader, ReadsSelectedTensorsOnly)
{
  this->reader->SetTensorArrayStatus("conv1/bias", 0); // before there is any
  this->reader->AddFileName(this->write("net.safetensors").c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "x-x");
  EXPECT_EQ(this->reader->GetNumberOfTensorArrays(), 3);
  EXPECT_STREQ(this->reader->GetTensorArrayName(1), "conv1/bias");
  EXPECT_EQ(this->reader->GetTensorArrayName(3), nullptr);
  EXPECT_EQ(this->reader->GetTensorArrayStatus("conv1/bias"), 0);
}

TEST_F(TensorFileReader, ASeriesIsTime)
{
  this->openSeries();
  ASSERT_EQ(updateAndListen(this->reader), "");
  vtkInformation* info = this->reader->GetOutputInformation(0);
  ASSERT_EQ(info->Length(Pipeline::TIME_STEPS()), 3);
  EXPECT_EQ(info->Get(Pipeline::TIME_STEPS())[0], 10.0);
  EXPECT_EQ(info->Get(Pipeline::TIME_STEPS())[2], 30.0);
  for (const auto& [time, value] :
    std::vector<std::pair<double, float>>{ { 0, 10 }, { 20, 20 }, { 29, 20 }, { 99, 30 } })
  {
    setTime(this->reader, time);
    ASSERT_EQ(updateAndListen(this->reader), "");
    EXPECT_EQ(firstValue(this->reader, 0), value) << time;
  }
}

TEST_F(TensorFileReader, AnArrayOfASeriesHasItsNameWithoutTheNumber)
{
  for (const std::string number : { "1", "2" })
  {
    const std::string name = this->file("a.weight." + number + ".npy");
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
    std::string bytes = std::string("\x93NUMPY\x01\x00", 8) +
                        std::string{ static_cast<char>(header.size() + 1), '\0' } + header + '\n';
    writeFile(name, bytes + std::string(4, '\0'));
    this->reader->AddFileName(name.c_str());
  }
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_STREQ(this->reader->GetTensorArrayName(0), "a/weight");
  setTime(this->reader, 2);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "x");
}

TEST_F(TensorFileReader, FilesOfASeriesThatDoNotFit)
{
  this->openSeries();
  writeFile(this->file("net-10.safetensors"), "no tensors");
  this->write("net-30.safetensors", 0.0F,
    { { "conv1.weight", { 5, 2, 3, 3 } }, { "fc1.weight", { 3, 16 } } });
  const std::string warning = updateAndListen(this->reader);
  EXPECT_TRUE(contains(warning, "net-10.safetensors")) << warning;
  setTime(this->reader, 20);
  EXPECT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "xxx");
  setTime(this->reader, 30);
  const std::string problem = updateAndListen(this->reader);
  EXPECT_TRUE(contains(problem, "[5, 2, 3, 3]")) << problem;
  EXPECT_EQ(present(this->reader), "--x");
  setTime(this->reader, 10);
  EXPECT_EQ(updateAndListen(this->reader), "") << "told a second time";
  EXPECT_EQ(present(this->reader), "xxx") << "the next one";
}

TEST_F(TensorFileReader, ASeriesHasAHistory)
{
  this->openSeries();
  this->reader->UpdateInformation();
  vtkModelProvider* provider = vtkModelProvider::Get(this->reader->GetOutputInformation(0));
  ASSERT_NE(provider, nullptr);
  EXPECT_EQ(provider->GetSnapshotSteps(), (std::vector<std::int64_t>{ 10, 20, 30 }));
  tensorview::CoordinateHistory history;
  ASSERT_TRUE(provider->ReadCoordinates("conv1", { 0, 70, 99 }, 15, 30, history));
  EXPECT_EQ(history.step, (std::vector<std::int64_t>{ 20, 30 }));
  ASSERT_EQ(history.values.size(), 6U);
  EXPECT_EQ(history.values[1], 90.0F);
  EXPECT_NE(history.values[2], history.values[2]) << "there is no such weight";
  EXPECT_EQ(history.values[3], 30.0F);

  const auto weights = provider->OpenHistory("conv1");
  ASSERT_NE(weights, nullptr);
  float box[2 * 4];
  weights->read({ { 1, 1, 2, 0 }, { 2, 1, 1, 2 } }, { 0, 2 }, box);
  EXPECT_EQ(box[0], 10.0F + 18 + 9 + 6);
  EXPECT_EQ(box[3], 10.0F + 36 + 9 + 7);
  EXPECT_EQ(box[4], 30.0F + 18 + 9 + 6);
  EXPECT_EQ(provider->OpenHistory("nothing"), nullptr);

  tensorview::TensorValues values;
  ASSERT_TRUE(provider->ReadSnapshot("fc1", "weight", 30, 1, 1, values));
  EXPECT_EQ(values.data.get()[0], 46.0F);
  EXPECT_FALSE(provider->ReadSnapshot("fc1", "weight", 25, 0, -1, values));

  vtkNew<vtkTrajectory> trajectory;
  trajectory->SetInputConnection(this->reader->GetOutputPort());
  ASSERT_EQ(updateAndListen(trajectory), "");
  EXPECT_EQ(
    vtkPolyData::SafeDownCast(trajectory->GetOutputDataObject(0))->GetNumberOfPoints() % 3, 0);
}

TEST_F(TensorFileReader, OptionsChangeWhatIsSeen)
{
  this->reader->AddFileName(
    this
      ->write("net.safetensors", 0.0F,
        { { "a.weight", { 3, 3, 2, 4 } }, { "b.weight", { 2, 8 } }, { "optimizer.x", { 2 } } })
      .c_str());
  this->reader->SetLayout(2);
  this->reader->SetWindowShape(2, 2);
  this->reader->SetTrainingState(1);
  this->reader->SetLayerOrder(2);
  ASSERT_EQ(updateAndListen(this->reader), "");
  const auto model = vtkModelProvider::Get(this->reader->GetOutputInformation(0))->GetModel();
  ASSERT_EQ(model->tensors.size(), 3U);
  EXPECT_EQ(model->tensors[0].shape, (tensorview::TensorShape{ 4, 2, 3, 3 }));
  EXPECT_EQ(model->tensors[1].shape, (tensorview::TensorShape{ 8, 2, 1, 1 }))
    << "two inputs are no window of 2 x 2";
  EXPECT_EQ(model->tensors[2].kind, "other");
}

TEST_F(TensorFileReader, RanksHaveTheirFilters)
{
  this->reader->AddFileName(this->write("net.safetensors").c_str());
  this->reader->UpdateInformation();
  vtkInformation* info = this->reader->GetOutputInformation(0);
  info->Set(Pipeline::UPDATE_PIECE_NUMBER(), 1);
  info->Set(Pipeline::UPDATE_NUMBER_OF_PIECES(), 2);
  this->reader->Update(0);
  vtkTensorCollection::Part part;
  ASSERT_TRUE(vtkTensorCollection::Read(imageOf(this->reader, 0), part));
  EXPECT_EQ(part.values.slot, (std::vector<std::int32_t>{ 2, 3 }));
  EXPECT_EQ(part.values.data.get()[0], 36.0F);
}

TEST_F(TensorFileReader, AFileThatChangesIsReadAnew)
{
  const std::string path = this->write("net.safetensors");
  this->reader->AddFileName(path.c_str());
  ASSERT_EQ(updateAndListen(this->reader), "");
  this->write("net.safetensors", 5.0F);
  this->reader->SetRefreshToken(1);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(firstValue(this->reader, 0), 5.0F);
  this->write("net.safetensors", 7.0F, { { "other.weight", { 2, 2 } } });
  this->reader->Reload();
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "x");
  std::filesystem::remove(path);
  this->reader->SetRefreshToken(2);
  EXPECT_TRUE(contains(updateAndListen(this->reader), path));
  EXPECT_EQ(present(this->reader), "");
}

TEST_F(TensorFileReader, BadFilesAreToldOnceAndAreEmpty)
{
  EXPECT_TRUE(contains(updateAndListen(this->reader), "set FileName"));
  const std::string good = this->write("good.safetensors");
  const std::string whole = contentOf(good);
  writeFile(this->file("empty.pt"), "");
  writeFile(this->file("text.npz"), std::string(5000, 'x'));
  writeFile(this->file("cut.safetensors"), whole.substr(0, whole.size() / 2));
  for (const char* name : { "empty.pt", "text.npz", "cut.safetensors", "missing.pt", "" })
  {
    const std::string path = this->file(name);
    this->reader->RemoveAllFileNames();
    this->reader->AddFileName(path.c_str());
    const std::string message = updateAndListen(this->reader);
    EXPECT_TRUE(contains(message, path)) << message;
    EXPECT_EQ(message.find(path), message.rfind(path)) << "twice: " << message;
    EXPECT_EQ(updateAndListen(this->reader, 1), "") << "told a second time";
    EXPECT_EQ(present(this->reader), "");
    vtkNew<vtkWeightGrid> grid;
    grid->SetInputConnection(this->reader->GetOutputPort());
    EXPECT_EQ(updateAndListen(grid), "");

    this->reader->RemoveAllFileNames();
    this->reader->AddFileName(good.c_str());
    EXPECT_EQ(updateAndListen(this->reader), "");
    EXPECT_EQ(present(this->reader), "xxx");
  }
}

TEST_F(TensorFileReader, ATensorThatIsTooLargeIsLeftOut)
{
  this->reader->AddFileName(
    this->write("net.safetensors", 0.0F, { { "a.weight", { 1, 1000 } }, { "b.weight", { 2, 2 } } })
      .c_str());
  this->reader->SetMaximumTensorSize(1);
  ASSERT_EQ(updateAndListen(this->reader), "");
  EXPECT_EQ(present(this->reader), "xx");
}

TEST_F(TensorFileReader, KnowsItsFiles)
{
  EXPECT_EQ(vtkTensorFileReader::CanReadFile(this->write("a.safetensors").c_str()), 1);
  EXPECT_EQ(vtkTensorFileReader::CanReadFile(this->file("missing.pt").c_str()), 0);
  writeFile(this->file("model.index.json"), "{}");
  EXPECT_EQ(vtkTensorFileReader::CanReadFile(this->file("model.index.json").c_str()), 1);
  writeFile(this->file("a.json"), "{}");
  EXPECT_EQ(vtkTensorFileReader::CanReadFile(this->file("a.json").c_str()), 0);
  EXPECT_EQ(vtkTensorFileReader::CanReadFile(nullptr), 0);
}

TEST_F(TensorFileReader, PrintsItself)
{
  this->reader->AddFileName("x.pt");
  std::ostringstream text;
  this->reader->Print(text);
  EXPECT_TRUE(contains(text.str(), "FileName: x.pt"));
}
