#include "vtkTensorTables.h"

#include "vtkNew.h"
#include "vtkTable.h"
#include "vtkVariant.h"

#include <gtest/gtest.h>

#include <cmath>

TEST(TensorTables, MetricsBeginWithTimeAndEpoch)
{
  tensorview::StepTable metrics;
  metrics.columns = { "loss", "conv1/weight_norm" };
  metrics.step = { 1, 2 };
  metrics.epoch = { 0.01, 0.02 };
  metrics.values = { 2.5F, 10.0F, 2.25F, 11.0F };
  vtkNew<vtkTable> table;
  vtkTensorTables::FillMetrics(table, metrics);
  ASSERT_EQ(table->GetNumberOfColumns(), 4);
  EXPECT_STREQ(table->GetColumnName(0), "Time");
  EXPECT_STREQ(table->GetColumnName(1), "epoch");
  ASSERT_EQ(table->GetNumberOfRows(), 2);
  EXPECT_EQ(table->GetValueByName(1, "Time").ToDouble(), 2.0);
  EXPECT_EQ(table->GetValueByName(1, "epoch").ToDouble(), 0.02);
  EXPECT_EQ(table->GetValueByName(1, "loss").ToFloat(), 2.25F);
  EXPECT_EQ(table->GetValueByName(0, "conv1/weight_norm").ToFloat(), 10.0F);
}

TEST(TensorTables, WithoutRowsThereAreColumns)
{
  vtkNew<vtkTable> table;
  vtkTensorTables::FillMetrics(table, {});
  EXPECT_EQ(table->GetNumberOfColumns(), 2);
  EXPECT_EQ(table->GetNumberOfRows(), 0);
  vtkTensorTables::FillEvaluations(table, {});
  EXPECT_EQ(table->GetNumberOfColumns(), 3);
  vtkTensorTables::FillEdits(table, {});
  EXPECT_EQ(table->GetNumberOfColumns(), 15);
}

TEST(TensorTables, EvaluationsAndEdits)
{
  tensorview::Evaluation unknown;
  unknown.step = 550;
  tensorview::Evaluation known;
  known.step = 1100;
  known.loss = 0.25F;
  known.accuracy = 0.75F;
  vtkNew<vtkTable> table;
  vtkTensorTables::FillEvaluations(table, { unknown, known });
  EXPECT_EQ(table->GetValueByName(0, "Time").ToDouble(), 550.0);
  EXPECT_TRUE(std::isnan(table->GetValueByName(0, "validation_loss").ToFloat()));
  EXPECT_EQ(table->GetValueByName(1, "validation_accuracy").ToFloat(), 0.75F);
  const std::string line =
    R"({"edit":"prune","step":3,"layers":[{"layer":"conv1","filters_before":16,"filters_after":14,)"
    R"("slots":[3,9]}],"method":"sum","accuracy_after":0.5,"why":"alike"})";
  vtkTensorTables::FillEdits(table, { line, "no JSON", R"({"step":"x","layers":[1]})" });
  ASSERT_EQ(table->GetNumberOfRows(), 3);
  EXPECT_EQ(table->GetValueByName(0, "Time").ToDouble(), 3.0);
  EXPECT_EQ(table->GetValueByName(0, "edit").ToString(), "prune");
  EXPECT_EQ(table->GetValueByName(0, "layer").ToString(), "conv1");
  EXPECT_EQ(table->GetValueByName(0, "filters_after").ToDouble(), 14.0);
  EXPECT_EQ(table->GetValueByName(0, "slots").ToString(), "3 9");
  EXPECT_EQ(table->GetValueByName(0, "accuracy_after").ToDouble(), 0.5);
  EXPECT_TRUE(std::isnan(table->GetValueByName(0, "accuracy_before").ToDouble()));
  EXPECT_EQ(table->GetValueByName(0, "mark").ToString(), "conv1 16 to 14");
  EXPECT_EQ(table->GetValueByName(0, "line").ToString(), line);
  for (vtkIdType row : { 1, 2 })
  {
    EXPECT_EQ(table->GetValueByName(row, "layer").ToString(), "");
    EXPECT_TRUE(std::isnan(table->GetValueByName(row, "Time").ToDouble()));
  }
}
