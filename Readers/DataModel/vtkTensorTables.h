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

/// Column `edit`: one line of JSON per edit.
VTKTENSORVIEWDATAMODEL_EXPORT void FillEdits(
  vtkTable* table, const std::vector<std::string>& edits);

}

#endif
