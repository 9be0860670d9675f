#include "vtkLiveTensors.h"

#include "NetworkSource.h"
#include "vtkTensorCollection.h"

#include "vtkDoubleArray.h"
#include "vtkFloatArray.h"
#include "vtkImageData.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"
#include "vtkSmartPointer.h"
#include "vtkStringArray.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace
{

using Numbers = std::map<std::string, std::vector<double>>;

/// What a Recorder pushes: conv/weight of 2 x 1 x 1 x 3 values 0 ... 5, conv/bias without values.
struct Push
{
  Numbers numbers = { { "layer_id", { 7, 7 } }, { "filters", { 2, 2 } }, { "channels", { 1, 1 } },
    { "rows", { 1, 1 } }, { "columns", { 3, 1 } }, { "step", { 20, 20 } },
    { "epoch", { 0.5, 0.5 } } };
  int values = 6;

  vtkSmartPointer<vtkPartitionedDataSetCollection> build() const
  {
    vtkNew<vtkPolyData> description;
    vtkNew<vtkPoints> points;
    points->SetNumberOfPoints(2);
    description->SetPoints(points);
    const std::map<std::string, std::vector<std::string>> texts = { { "layer", { "conv", "conv" } },
      { "type", { "convolution", "convolution" } }, { "kind", { "weight", "bias" } } };
    for (const auto& [name, row] : texts)
    {
      vtkNew<vtkStringArray> array;
      array->SetName(name.c_str());
      for (const std::string& text : row)
      {
        array->InsertNextValue(text);
      }
      description->GetPointData()->AddArray(array);
    }
    for (const auto& [name, row] : this->numbers)
    {
      vtkNew<vtkDoubleArray> array;
      array->SetName(name.c_str());
      for (const double number : row)
      {
        array->InsertNextValue(number);
      }
      description->GetPointData()->AddArray(array);
    }
    vtkNew<vtkImageData> image;
    image->SetDimensions(this->values, 1, 1);
    vtkNew<vtkFloatArray> value;
    value->SetName("value");
    for (int i = 0; i < this->values; ++i)
    {
      value->InsertNextValue(static_cast<float>(i));
    }
    image->GetPointData()->SetScalars(value);

    auto collection = vtkSmartPointer<vtkPartitionedDataSetCollection>::New();
    collection->SetNumberOfPartitionedDataSets(3);
    collection->SetPartition(0, 0, description);
    collection->SetPartition(1, 0, image);
    return collection;
  }
};

/// What the filter makes of it, and what it says.
struct Made
{
  explicit Made(vtkPartitionedDataSetCollection* input)
  {
    this->filter->SetInputDataObject(input);
    this->errors = UpdateAndListen(this->filter);
    this->entries = vtkTensorCollection::List(
      vtkPartitionedDataSetCollection::SafeDownCast(this->filter->GetOutputDataObject(0)));
  }
  vtkNew<vtkLiveTensors> filter;
  std::string errors;
  std::vector<vtkTensorCollection::Entry> entries;
};

} // namespace

TEST(LiveTensors, MakesANetwork)
{
  const Made made(Push().build());
  EXPECT_EQ(made.errors, "");
  ASSERT_EQ(made.entries.size(), 2U);
  const vtkTensorCollection::Entry& weight = made.entries[0];
  EXPECT_EQ(weight.layer, "conv");
  EXPECT_EQ(weight.kind, "weight");
  EXPECT_EQ(weight.layerId, 7);
  EXPECT_EQ(weight.step, 20.0);
  EXPECT_EQ(weight.epoch, 0.5);
  EXPECT_EQ(weight.shape, (tensorview::TensorShape{ 2, 1, 1, 3 }));
  ASSERT_EQ(weight.parts.size(), 1U);
  vtkTensorCollection::Part part;
  ASSERT_TRUE(vtkTensorCollection::Read(weight.parts[0], part));
  EXPECT_EQ(part.values.slot, (std::vector<std::int32_t>{ 0, 1 }));
  EXPECT_EQ(part.values.channelSlot, (std::vector<std::int32_t>{ 0 }));
  EXPECT_EQ(part.values.data.get()[5], 5.0F);
  EXPECT_EQ(part.values.range.max, 5.0F);
  EXPECT_EQ(made.entries[1].kind, "bias");
  EXPECT_TRUE(made.entries[1].parts.empty()); // nothing was pushed of it
}

TEST(LiveTensors, EmptyInput)
{
  vtkNew<vtkPartitionedDataSetCollection> nothing;
  const Made made(nothing);
  EXPECT_EQ(made.errors, "");
  EXPECT_TRUE(made.entries.empty());
}

TEST(LiveTensors, InputOfStrangers)
{
  vtkNew<vtkPartitionedDataSetCollection> image;
  vtkNew<vtkImageData> item;
  item->SetDimensions(2, 2, 2);
  image->SetPartition(0, 0, item);
  const Made other(image);
  EXPECT_NE(other.errors.find("Recorder"), std::string::npos);
  EXPECT_TRUE(other.entries.empty());

  for (const char* missing : { "rows", "layer_id", "step" })
  {
    Push push;
    push.numbers.erase(missing);
    const Made made(push.build());
    EXPECT_NE(made.errors.find(missing), std::string::npos);
    EXPECT_TRUE(made.entries.empty());
  }
  Push shorter;
  shorter.numbers["rows"].pop_back();
  EXPECT_NE(Made(shorter.build()).errors.find("rows"), std::string::npos);
  for (const double extent : { 0.0, -1.0, 1e300, std::numeric_limits<double>::quiet_NaN() })
  {
    Push push;
    push.numbers["filters"][0] = extent;
    const Made made(push.build());
    EXPECT_NE(made.errors, "") << extent;
    EXPECT_TRUE(made.entries.empty());
  }
}

TEST(LiveTensors, ValuesThatDoNotFitTheirShapeAreLeftOut)
{
  for (const int values : { 1, 5, 7 })
  {
    Push push;
    push.values = values;
    const Made made(push.build());
    ASSERT_EQ(made.entries.size(), 2U);
    EXPECT_TRUE(made.entries[0].parts.empty()) << values;
  }
  // Extents whose product is no count.
  Push push;
  for (const char* extent : { "filters", "channels", "rows", "columns" })
  {
    push.numbers[extent][0] = 1 << 30;
  }
  const Made made(push.build());
  ASSERT_EQ(made.entries.size(), 2U);
  EXPECT_TRUE(made.entries[0].parts.empty());
}
