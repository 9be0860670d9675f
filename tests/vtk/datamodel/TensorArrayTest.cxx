#include "vtkTensorArray.h"

#include "vtkNew.h"
#include "vtkSmartPointer.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <vector>

namespace
{
constexpr float infinity = std::numeric_limits<float>::infinity();

std::shared_ptr<const float> Shared(const std::vector<float>& values)
{
  auto owner = std::make_shared<std::vector<float>>(values);
  return std::shared_ptr<const float>(owner, owner->data());
}

tensorview::ValueRange Range(float min, float max, float finiteMin, float finiteMax)
{
  tensorview::ValueRange range;
  range.min = min;
  range.max = max;
  range.finiteMin = finiteMin;
  range.finiteMax = finiteMax;
  return range;
}
}

TEST(TensorArray, SharesTheMemoryAndKeepsItAlive)
{
  auto values = Shared({ 1.0F, -2.0F, 3.0F });
  const std::weak_ptr<const float> watch = values;
  const float* address = values.get();
  auto array = vtkSmartPointer<vtkTensorArray>::New();
  array->ShareValues(std::move(values), 3);
  EXPECT_EQ(array->GetPointer(0), address);
  EXPECT_EQ(array->GetNumberOfTuples(), 3);
  EXPECT_EQ(array->GetValue(1), -2.0F);
  EXPECT_FALSE(watch.expired());
  array = nullptr;
  EXPECT_TRUE(watch.expired());
}

TEST(TensorArray, AnswersWithTheKnownRangeWithoutLooking)
{
  vtkNew<vtkTensorArray> array;
  array->ShareValues(Shared({ 1.0F, 2.0F }), 2);
  array->SetKnownRange(Range(-infinity, 9.0F, -7.0F, 9.0F));
  double range[2];
  array->GetRange(range);
  EXPECT_EQ(range[0], -infinity);
  EXPECT_EQ(range[1], 9.0);
  array->GetFiniteRange(range);
  EXPECT_EQ(range[0], -7.0);
  EXPECT_EQ(range[1], 9.0);
}

TEST(TensorArray, ForgetsTheRangeWhenItIsModified)
{
  vtkNew<vtkTensorArray> array;
  array->ShareValues(Shared({ 1.0F, 2.0F }), 2);
  array->SetKnownRange(Range(-7.0F, 9.0F, -7.0F, 9.0F));
  array->Modified();
  double range[2];
  array->GetRange(range);
  EXPECT_EQ(range[0], 1.0);
  EXPECT_EQ(range[1], 2.0);
}

TEST(TensorArray, PromisesASymmetricRange)
{
  vtkNew<vtkTensorArray> array;
  array->ShareValues(Shared({ -3.0F, 2.0F }), 2);
  array->SetSymmetricRange(Range(-3.0F, infinity, -3.0F, 2.0F));
  double range[2];
  array->GetRange(range);
  EXPECT_EQ(range[0], -3.0);
  EXPECT_EQ(range[1], 3.0);
}

TEST(TensorArray, HasNoRangeToPromiseWithoutNumbers)
{
  vtkNew<vtkTensorArray> array;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  array->ShareValues(Shared({ nan, nan }), 2);
  array->SetKnownRange(tensorview::ValueRange());
  array->SetSymmetricRange(tensorview::ValueRange());
  double range[2];
  array->GetFiniteRange(range); // VTK's own answer
  EXPECT_GT(range[0], range[1]);
}

TEST(TensorArray, CopiesAreOrdinaryArrays)
{
  vtkNew<vtkTensorArray> array;
  array->ShareValues(Shared({ 1.0F, 2.0F }), 2);
  array->SetKnownRange(Range(-7.0F, 9.0F, -7.0F, 9.0F));
  vtkNew<vtkTensorArray> copy;
  copy->DeepCopy(array);
  EXPECT_NE(copy->GetPointer(0), array->GetPointer(0));
  copy->SetValue(0, 5.0F);
  EXPECT_EQ(array->GetValue(0), 1.0F);
}

TEST(TensorArray, PrintsItself)
{
  vtkNew<vtkTensorArray> array;
  array->ShareValues(Shared({ 1.0F }), 1);
  array->SetKnownRange(Range(-7.0F, 9.0F, -7.0F, 9.0F));
  std::ostringstream text;
  array->Print(text);
  EXPECT_NE(text.str().find("Shares memory: yes"), std::string::npos);
  EXPECT_NE(text.str().find("Known range: -7 to 9"), std::string::npos);
}
