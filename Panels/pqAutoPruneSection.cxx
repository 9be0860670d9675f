#include "pqAutoPruneSection.h"
#include "ui_AutoPruneSection.h"

#include "PruneText.h"
#include "pqPruneCommands.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"

#include <QSignalBlocker>

#include <algorithm>

//-----------------------------------------------------------------------------
pqAutoPruneSection::pqAutoPruneSection(QWidget* parentWidget)
  : QWidget(parentWidget)
  , Ui(new Ui::AutoPruneSection)
{
  this->Ui->setupUi(this);
  QObject::connect(this->Ui->autoPruneLoss, QOverload<double>::of(&QDoubleSpinBox::valueChanged),
    this, &pqAutoPruneSection::setTolerance);
  QObject::connect(this->Ui->addLayer, &QPushButton::clicked, this, &pqAutoPruneSection::addLayer);
}

//-----------------------------------------------------------------------------
pqAutoPruneSection::~pqAutoPruneSection() = default;

//-----------------------------------------------------------------------------
void pqAutoPruneSection::show(vtkSMProxy* trainer, const QString& layer, int filters)
{
  this->Trainer = trainer;
  if (layer != this->Layer)
  {
    this->Ui->floor->setMaximum(std::max(1, filters - 1));
    this->Ui->floor->setValue(std::max(1, 3 * filters / 4));
  }
  this->Layer = layer;
  this->Ui->addLayer->setText(layer.isEmpty() ? tr("Add a layer") : tr("Add %1").arg(layer));
  this->Ui->addLayer->setEnabled(trainer && !layer.isEmpty());
  this->Ui->floor->setEnabled(trainer && !layer.isEmpty());
  this->Ui->autoPruneLoss->setEnabled(trainer != nullptr);
  if (trainer && !this->Ui->autoPruneLoss->hasFocus())
  {
    const QSignalBlocker blocker(this->Ui->autoPruneLoss);
    const double tolerance = vtkSMPropertyHelper(trainer, "AutoPruneTolerance").GetAsDouble();
    this->Ui->autoPruneLoss->setValue(
      tolerance < 0.0 ? this->Ui->autoPruneLoss->minimum() : 100.0 * tolerance);
  }
}

//-----------------------------------------------------------------------------
void pqAutoPruneSection::setTolerance(double points)
{
  if (this->Trainer)
  {
    pqPruneCommands::setTolerance(
      this->Trainer, "AutoPruneTolerance", points < 0.0 ? -1.0 : points / 100.0);
  }
}

//-----------------------------------------------------------------------------
void pqAutoPruneSection::addLayer()
{
  this->Ui->autoPrune->setText(
    QString::fromStdString(tensorview::withFloor(this->Ui->autoPrune->text().toStdString(),
      this->Layer.toStdString(), this->Ui->floor->value())));
  Q_EMIT this->Ui->autoPrune->textChangedAndEditingFinished();
}
