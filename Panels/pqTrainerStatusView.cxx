#include "pqTrainerStatusView.h"
#include "ui_TrainerPanel.h"

#include "TrainingText.h"
#include "pqTrainerStatus.h"

#include <QStringList>

#include <limits>

namespace
{

QString asText(const std::string& text)
{
  return QString::fromStdString(text);
}

QString sentence(const QString& text)
{
  return asText(tensorview::sentence(text.toStdString()));
}

/// Everything there is to say: what the trainer does, what it warns of, why a command was refused.
QString messageText(const pqTrainerStatus& status)
{
  QStringList sentences;
  sentences << sentence(status.message.isEmpty() ? status.state : status.message);
  for (const QString& more :
    { status.warning, status.commandState == "failed" ? status.commandReason : QString() })
  {
    if (!more.isEmpty() && !sentences.contains(sentence(more)))
    {
      sentences << sentence(more);
    }
  }
  return sentences.join(" ");
}

} // namespace

//-----------------------------------------------------------------------------
void pqTrainerStatusView::show(const pqTrainerStatus& status, bool hasTrainer)
{
  this->Ui.status->setText(
    hasTrainer
      ? messageText(status)
      : QString("There is no trainer yet. \"New trainer\" makes one on the active server."));
  this->Ui.status->setToolTip(this->Ui.status->text());
  // What GUI tests ask for: exact texts, where the labels show numbers.
  this->Ui.status->setProperty("state", hasTrainer ? status.state : QString("none"));
  this->Ui.status->setProperty("stepped", status.step > 0);
  this->Ui.start->setText(status.state == "paused" ? "Resume" : "Start");
  this->showProgress(status, hasTrainer);
  this->showReadouts(status, hasTrainer);
  this->showRecording(status);
}

//-----------------------------------------------------------------------------
void pqTrainerStatusView::setTrainerCount(int count)
{
  this->Ui.status->setProperty("trainerCount", count);
}

//-----------------------------------------------------------------------------
void pqTrainerStatusView::showProgress(const pqTrainerStatus& status, bool hasTrainer)
{
  const bool known = hasTrainer && status.totalSteps > 0;
  this->Ui.progress->setValue(
    known ? static_cast<int>(this->Ui.progress->maximum() * status.step / status.totalSteps) : 0);
  this->Ui.progress->setFormat(
    hasTrainer ? asText(tensorview::progressText(status.step, status.totalSteps)) : QString());
}

//-----------------------------------------------------------------------------
void pqTrainerStatusView::showReadouts(const pqTrainerStatus& status, bool hasTrainer)
{
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  const bool running = hasTrainer && status.state == "running";
  const bool stepped = hasTrainer && status.step > 0;
  this->Ui.speed->setText(asText(tensorview::speedText(running ? status.stepsPerSecond : unknown)));
  this->Ui.timeLeft->setText(
    asText(tensorview::durationText(running ? status.secondsLeft : unknown)));
  this->Ui.loss->setText(asText(tensorview::lossText(stepped ? status.loss : unknown)));
  this->Ui.accuracy->setText(asText(tensorview::percentText(stepped ? status.accuracy : unknown)));
  this->Ui.validationAccuracy->setText(
    asText(tensorview::percentText(hasTrainer ? status.validationAccuracy : unknown)));
  this->Ui.testAccuracy->setText(
    asText(tensorview::percentText(hasTrainer ? status.testAccuracy : unknown)));
}

//-----------------------------------------------------------------------------
void pqTrainerStatusView::showRecording(const pqTrainerStatus& status)
{
  QStringList sentences;
  if (!status.recordMessage.isEmpty())
  {
    sentences << sentence(status.recordMessage);
  }
  if (!status.recordingTo.isEmpty())
  {
    sentences << QString("Recording to %1.").arg(status.recordingTo);
  }
  if (status.droppedRows > 0 || status.droppedSnapshots > 0)
  {
    sentences << QString("The disk was too slow: %1 rows and %2 snapshots are missing.")
                   .arg(status.droppedRows)
                   .arg(status.droppedSnapshots);
  }
  this->Ui.recordNote->setText(sentences.join(" "));
  this->Ui.recordNote->setVisible(!sentences.isEmpty());
}
