#include "vtkTensorTables.h"

#include "vtkDoubleArray.h"
#include "vtkFloatArray.h"
#include "vtkNew.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

namespace
{

template <typename ArrayT>
vtkNew<ArrayT> addColumn(vtkTable* table, const std::string& name, std::size_t rows)
{
  vtkNew<ArrayT> column;
  column->SetName(name.c_str());
  column->SetNumberOfValues(static_cast<vtkIdType>(rows));
  table->AddColumn(column);
  return column;
}

}

void vtkTensorTables::FillMetrics(vtkTable* table, const tensorview::StepTable& metrics)
{
  table->Initialize();
  const std::size_t rows = metrics.step.size();
  const std::size_t width = metrics.columns.size();
  const auto time = addColumn<vtkDoubleArray>(table, "Time", rows);
  const auto epoch = addColumn<vtkDoubleArray>(table, "epoch", rows);
  for (std::size_t row = 0; row < rows; ++row)
  {
    time->SetValue(static_cast<vtkIdType>(row), static_cast<double>(metrics.step[row]));
    epoch->SetValue(static_cast<vtkIdType>(row), metrics.epoch[row]);
  }
  for (std::size_t column = 0; column < width; ++column)
  {
    const auto values = addColumn<vtkFloatArray>(table, metrics.columns[column], rows);
    for (std::size_t row = 0; row < rows; ++row)
    {
      values->SetValue(static_cast<vtkIdType>(row), metrics.values[row * width + column]);
    }
  }
}

void vtkTensorTables::FillEvaluations(
  vtkTable* table, const std::vector<tensorview::Evaluation>& evaluations)
{
  table->Initialize();
  const auto time = addColumn<vtkDoubleArray>(table, "Time", evaluations.size());
  const auto loss = addColumn<vtkFloatArray>(table, "validation_loss", evaluations.size());
  const auto accuracy = addColumn<vtkFloatArray>(table, "validation_accuracy", evaluations.size());
  vtkIdType row = 0;
  for (const tensorview::Evaluation& evaluation : evaluations)
  {
    time->SetValue(row, static_cast<double>(evaluation.step));
    loss->SetValue(row, evaluation.loss);
    accuracy->SetValue(row, evaluation.accuracy);
    ++row;
  }
}

void vtkTensorTables::FillEdits(vtkTable* table, const std::vector<std::string>& edits)
{
  table->Initialize();
  const auto lines = addColumn<vtkStringArray>(table, "edit", edits.size());
  vtkIdType row = 0;
  for (const std::string& edit : edits)
  {
    lines->SetValue(row++, edit);
  }
}
