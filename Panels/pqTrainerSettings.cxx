#include "pqTrainerSettings.h"

#include "pqChoiceBox.h"
#include "pqLineEdit.h"

#include "vtkSMProperty.h"
#include "vtkSMProxy.h"
#include "vtkSMStringListDomain.h"

#include <QWidget>

namespace
{

/// How a kind of widget shows its value.
struct Kind
{
  const char* property;
  const char* signal;
};
const Kind choice = { "choice", SIGNAL(choiceChanged(QString)) };
const Kind count = { "value", SIGNAL(valueChanged(int)) };
const Kind text = { "text2", SIGNAL(textChangedAndEditingFinished()) };
const Kind flag = { "checked", SIGNAL(toggled(bool)) };

struct Setting
{
  const char* widget;
  const char* property;
  const Kind& kind;
  bool actsAtOnce = false;
};

const Setting settings[] = {
  { "network", "Network", choice },
  { "dataset", "Dataset", choice },
  { "dataDirectory", "DataDirectory", text },
  { "device", "Device", choice },
  { "seed", "Seed", count },
  { "batchSize", "BatchSize", count },
  { "epochs", "Epochs", count },
  { "optimizer", "Optimizer", choice },
  { "learningRate", "LearningRate", text, true },
  { "momentum", "Momentum", text, true },
  { "weightDecay", "WeightDecay", text, true },
  { "mode", "Mode", choice },
  { "loadModel", "LoadModel", text },
  { "loadModelSkip", "LoadModelSkip", text },
  { "classes", "Classes", count },
  { "imageSize", "ImageSize", count },
  { "normalization", "Normalization", choice },
  { "recordFile", "RecordFile", text },
  { "overwrite", "Overwrite", flag },
  { "resume", "Resume", text },
  { "learningRateSchedule", "LearningRateSchedule", choice },
  { "scheduleStepEpochs", "ScheduleStepEpochs", count },
  { "scheduleFactor", "ScheduleFactor", text },
  { "threads", "Threads", count },
  { "microBatchSize", "MicroBatchSize", count },
  { "snapshotInterval", "SnapshotInterval", count },
  { "evaluationInterval", "EvaluationInterval", count },
  { "checkpointInterval", "CheckpointInterval", count },
  { "accumulateBatches", "AccumulateBatches", count },
  { "trackedWeights", "TrackedWeights", text },
  { "recordGradients", "RecordGradients", flag },
  { "pruneChoice", "PruneChoice", choice, true },
  { "pruneMethod", "PruneMethod", choice, true },
  { "editMeasure", "EditMeasure", flag, true },
  { "editReason", "EditReason", text, true },
};

QStringList choicesOf(vtkSMProxy* trainer, vtkSMProperty* property)
{
  if (vtkSMProperty* names = trainer->GetProperty("NetworkChoices"))
  {
    trainer->UpdatePropertyInformation(names);
  }
  QStringList texts;
  if (auto* domain = property->FindDomain<vtkSMStringListDomain>())
  {
    for (unsigned int index = 0; index < domain->GetNumberOfStrings(); ++index)
    {
      texts.append(QString::fromUtf8(domain->GetString(index)));
    }
  }
  return texts;
}

} // namespace

//-----------------------------------------------------------------------------
pqTrainerSettings::pqTrainerSettings(QWidget* panel)
  : QObject(panel)
  , Panel(panel)
{
  this->Links.setAutoUpdateVTKObjects(true);
}

//-----------------------------------------------------------------------------
void pqTrainerSettings::setTrainer(vtkSMProxy* trainer)
{
  this->Links.clear();
  for (const Setting& setting : settings)
  {
    auto* widget = this->Panel->findChild<QWidget*>(setting.widget);
    auto* property = trainer ? trainer->GetProperty(setting.property) : nullptr;
    if (!widget || !property)
    {
      continue;
    }
    if (auto* box = qobject_cast<pqChoiceBox*>(widget))
    {
      box->setChoices(choicesOf(trainer, property));
    }
    this->Links.addTraceablePropertyLink(
      widget, setting.kind.property, setting.kind.signal, trainer, property);
  }
}

//-----------------------------------------------------------------------------
void pqTrainerSettings::updateEnabled(bool hasTrainer, bool inTraining)
{
  const auto enable = [this](const QString& name, bool enabled)
  {
    for (const char* suffix : { "", "Browse", "Label" })
    {
      if (auto* widget = this->Panel->findChild<QWidget*>(name + suffix))
      {
        widget->setEnabled(enabled);
      }
    }
  };
  const auto chosen = [this](const char* name)
  { return this->Panel->findChild<pqChoiceBox*>(name)->choice(); };
  const auto written = [this](const char* name)
  { return !this->Panel->findChild<pqLineEdit*>(name)->text().isEmpty(); };

  for (const Setting& setting : settings)
  {
    enable(setting.widget, hasTrainer && (setting.actsAtOnce || !inTraining));
  }
  const bool settable = hasTrainer && !inTraining;
  const bool trains = chosen("mode") != "predict";
  const bool inSteps = settable && trains && chosen("learningRateSchedule") == "step";
  enable("dataDirectory", settable && chosen("dataset") != "digits");
  enable("loadModelSkip", settable && (written("loadModel") || written("loadModelSkip")));
  enable("epochs", settable && trains);
  enable("optimizer", settable && trains);
  enable("learningRate", hasTrainer && trains);
  enable("momentum", hasTrainer && trains && chosen("optimizer") == "sgd");
  enable("weightDecay", hasTrainer && trains);
  enable("learningRateSchedule", settable && trains);
  enable("scheduleStepEpochs", inSteps);
  enable("scheduleFactor", inSteps);
}
