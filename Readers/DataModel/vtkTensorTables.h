#ifndef vtkTensorTables_h
#define vtkTensorTables_h

#include "vtkTensorViewDataModelModule.h"

#include "../Core/TensorTypes.h" // plain types

#include <string> // for lines
#include <vector> // for lists

class vtkTable;

/// The tables of ports 1 to 3, the same on live trainers and recorded runs. Free functions; each
/// replaces what the table held. Without rows a table still has its columns, so that charts keep
/// their series. The first column is called `Time` (the step): ParaView's charts take it as x axis.
namespace vtkTensorTables
{

/// Columns `Time`, `epoch`, then those of `metrics`; a row per step.
VTKTENSORVIEWDATAMODEL_EXPORT void FillMetrics(
  vtkTable* table, const tensorview::StepTable& metrics);

/// Columns `Time`, `validation_loss`, `validation_accuracy`; a row per evaluation.
VTKTENSORVIEWDATAMODEL_EXPORT void FillEvaluations(
  vtkTable* table, const std::vector<tensorview::Evaluation>& evaluations);

/// A row per edit: `Time` (its step), `edit` (what), `layer` (the first of those that changed) with
/// `filters_before`, `filters_after` and `slots`, `choice`, `method`, `predicted_error`,
/// `accuracy_before`, `accuracy_after`, `left_step`, `why`, `mark`, how views show it (empty: not
/// at all, see tensorview::editMarks()), and `line`, all of it as JSON. Numbers that a line does
/// not have are NaN, texts empty. @param edits lines of JSON (docs/run-format.md)
VTKTENSORVIEWDATAMODEL_EXPORT void FillEdits(
  vtkTable* table, const std::vector<std::string>& edits);

}

#endif
