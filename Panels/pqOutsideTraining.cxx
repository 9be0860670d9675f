#include "pqOutsideTraining.h"

#include "pqDoubleLineEdit.h"
#include "pqPipelineSource.h"
#include "pqTrainerCommands.h"
#include "pqTrainerStatus.h"

#include "vtkSMProxy.h"

#include <QSignalBlocker>

#include <cmath>

//-----------------------------------------------------------------------------
pqOutsideTraining::pqOutsideTraining(pqDoubleLineEdit* line, QWidget* label)
  : QObject(line)
  , Line(line)
  , Label(label)
{
  QObject::connect(
    line, &pqLineEdit::textChangedAndEditingFinished, this, &pqOutsideTraining::send);
}

//-----------------------------------------------------------------------------
bool pqOutsideTraining::isRunReader(pqPipelineSource* source)
{
  vtkSMProxy* proxy = source ? source->getProxy() : nullptr;
  return proxy && QString(proxy->GetXMLName()) == "TensorRunReader";
}

//-----------------------------------------------------------------------------
bool pqOutsideTraining::takesCommands(pqPipelineSource* reader)
{
  return !pqTrainerStatus::offersOf(reader->getProxy()).isEmpty();
}

//-----------------------------------------------------------------------------
void pqOutsideTraining::setReader(pqPipelineSource* reader)
{
  this->Reader = reader;
}

//-----------------------------------------------------------------------------
void pqOutsideTraining::show(const pqTrainerStatus& status)
{
  if (!this->Reader)
  {
    return;
  }
  const bool offered = status.offersCommand("LearningRate");
  this->Line->setEnabled(offered);
  this->Label->setEnabled(offered);
  if (!this->Line->hasFocus() && std::isfinite(status.learningRate))
  {
    const QSignalBlocker blocker(this->Line);
    this->Line->setText(QString::number(status.learningRate, 'g', 12));
  }
}

//-----------------------------------------------------------------------------
void pqOutsideTraining::send()
{
  bool isNumber = false;
  const double rate = this->Line->text().toDouble(&isNumber);
  if (this->Reader && this->Line->isEnabled() && isNumber && rate > 0.0)
  {
    pqTrainerCommands::setLearningRate(this->Reader->getProxy(), rate);
  }
}
