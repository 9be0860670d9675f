#include "pqTrainerSettings.h"

#include "pqChoiceBox.h"
#include "pqLineEdit.h"

#include "vtkSMProperty.h"
#include "vtkSMProxy.h"
#include "vtkSMStringListDomain.h"

#include <QHash>
#include <QWidget>

#include <initializer_list>

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
  { "batchSize", "BatchSize", count, true },
  { "epochs", "Epochs", count },
  { "optimizer", "Optimizer", choice, true },
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
  { "learningRateSchedule", "LearningRateSchedule", choice, true },
  { "scheduleStepEpochs", "ScheduleStepEpochs", count, true },
  { "scheduleFactor", "ScheduleFactor", text, true },
  { "adamBeta1", "AdamBeta1", text, true },
  { "adamBeta2", "AdamBeta2", text, true },
  { "adamEpsilon", "AdamEpsilon", text, true },
  { "threads", "Threads", count },
  { "microBatchSize", "MicroBatchSize", count, true },
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
  { "autoPrune", "AutoPrune", text, true },
  { "autoPruneCorrelation", "AutoPruneCorrelation", text, true },
  { "autoPruneMethod", "AutoPruneMethod", choice, true },
  { "pauseStep", "PauseStep", count, true },
  { "checkpointFile", "CheckpointFile", text, true },
};

/// Enables a widget, or greys it out and says why behind its tool tip.
void enable(QWidget* widget, const QString& obstacle)
{
  const char* const help = "help"; // the tool tip that the widget was made with
  if (!widget->property(help).isValid())
  {
    widget->setProperty(help, widget->toolTip());
  }
  QString tip = widget->property(help).toString();
  tip += (tip.isEmpty() || obstacle.isEmpty() ? QString() : QString("\n")) + obstacle;
  if (widget->toolTip() != tip)
  {
    widget->setToolTip(tip);
  }
  widget->setProperty("obstacle", obstacle); // GUI tests ask for it
  widget->setEnabled(obstacle.isEmpty());
}

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
  const auto chosen = [this](const char* name)
  { return this->Panel->findChild<pqChoiceBox*>(name)->choice(); };
  const auto written = [this](const char* name)
  { return !this->Panel->findChild<pqLineEdit*>(name)->text().isEmpty(); };

  // Why a setting means nothing beside the others, whatever the training does.
  QHash<QString, QString> meaningless;
  const auto needs = [&meaningless](std::initializer_list<const char*> names, bool given, auto why)
  {
    for (const char* name : names)
    {
      if (!given && !meaningless.contains(name))
      {
        meaningless[name] = why;
      }
    }
  };
  needs({ "epochs", "optimizer", "learningRate", "momentum", "weightDecay", "learningRateSchedule",
          "scheduleStepEpochs", "scheduleFactor", "adamBeta1", "adamBeta2", "adamEpsilon" },
    chosen("mode") != "predict", tr("Nothing is trained in the mode predict."));
  needs({ "dataDirectory" }, chosen("dataset") != "digits", tr("The data set digits needs none."));
  needs({ "loadModelSkip" }, written("loadModel") || written("loadModelSkip"),
    tr("Needs a file of weights."));
  needs({ "momentum" }, chosen("optimizer") == "sgd", tr("The optimizer sgd has it."));
  needs({ "adamBeta1", "adamBeta2", "adamEpsilon" }, chosen("optimizer") != "sgd",
    tr("The optimizers adam and adamw have it."));
  needs({ "scheduleStepEpochs", "scheduleFactor" }, chosen("learningRateSchedule") == "step",
    tr("The schedule step has it."));

  for (const Setting& setting : settings)
  {
    const QString obstacle = !hasTrainer ? tr("There is no trainer yet.")
                             : inTraining && !setting.actsAtOnce
                               ? tr("Acts from the next start: Stop ends this training.")
                               : meaningless.value(setting.widget);
    for (const char* suffix : { "", "Browse", "Label" })
    {
      if (auto* widget = this->Panel->findChild<QWidget*>(QString(setting.widget) + suffix))
      {
        enable(widget, obstacle);
      }
    }
  }
}
