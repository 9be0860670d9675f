#include "vtkTensorTables.h"

#include "../Core/EditMarks.h"

#include "vtkDoubleArray.h"
#include "vtkFloatArray.h"
#include "vtkNew.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <nlohmann/json.hpp>

#include <limits>

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

using Json = nlohmann::json;

/// Lines come from files of others: what is no object is an empty one.
Json parse(const std::string& line)
{
  Json json = Json::parse(line, nullptr, false);
  return json.is_object() ? json : Json::object();
}

const Json& member(const Json& object, const char* key)
{
  static const Json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

double number(const Json& object, const char* key)
{
  const Json& value = member(object, key);
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string textOf(const Json& object, const char* key)
{
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// "3 9"
std::string listOf(const Json& values)
{
  std::string result;
  for (const Json& value : values)
  {
    if (value.is_number_integer())
    {
      result += (result.empty() ? "" : " ") + std::to_string(value.get<std::int64_t>());
    }
  }
  return result;
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
  const std::size_t rows = edits.size();
  const auto time = addColumn<vtkDoubleArray>(table, "Time", rows);
  const auto edit = addColumn<vtkStringArray>(table, "edit", rows);
  const auto layer = addColumn<vtkStringArray>(table, "layer", rows);
  const auto before = addColumn<vtkDoubleArray>(table, "filters_before", rows);
  const auto after = addColumn<vtkDoubleArray>(table, "filters_after", rows);
  const auto slots = addColumn<vtkStringArray>(table, "slots", rows);
  const auto choice = addColumn<vtkStringArray>(table, "choice", rows);
  const auto method = addColumn<vtkStringArray>(table, "method", rows);
  const auto error = addColumn<vtkDoubleArray>(table, "predicted_error", rows);
  const auto accuracyBefore = addColumn<vtkDoubleArray>(table, "accuracy_before", rows);
  const auto accuracyAfter = addColumn<vtkDoubleArray>(table, "accuracy_after", rows);
  const auto left = addColumn<vtkDoubleArray>(table, "left_step", rows);
  const auto why = addColumn<vtkStringArray>(table, "why", rows);
  const auto mark = addColumn<vtkStringArray>(table, "mark", rows);
  const auto lines = addColumn<vtkStringArray>(table, "line", rows);
  const std::vector<tensorview::EditMark> marks = tensorview::editMarks(edits);
  for (std::size_t i = 0; i < rows; ++i)
  {
    const auto row = static_cast<vtkIdType>(i);
    const Json json = parse(edits[i]);
    const Json& layers = member(json, "layers");
    const Json first = layers.is_array() && !layers.empty() ? layers[0] : Json();
    time->SetValue(row, number(json, "step"));
    edit->SetValue(row, textOf(json, "edit"));
    layer->SetValue(row, textOf(first, "layer"));
    before->SetValue(row, number(first, "filters_before"));
    after->SetValue(row, number(first, "filters_after"));
    slots->SetValue(row, listOf(member(first, "slots")));
    choice->SetValue(row, textOf(json, "choice"));
    method->SetValue(row, textOf(json, "method"));
    error->SetValue(row, number(json, "predicted_error"));
    accuracyBefore->SetValue(row, number(json, "accuracy_before"));
    accuracyAfter->SetValue(row, number(json, "accuracy_after"));
    left->SetValue(row, number(json, "left_step"));
    why->SetValue(row, textOf(json, "why"));
    mark->SetValue(row, marks[i].text);
    lines->SetValue(row, edits[i]);
  }
}
