#include "pqSelectionSection.h"
#include "ui_SelectionSection.h"

#include "pqActiveObjects.h"
#include "pqFilterSelection.h"
#include "pqGridFocus.h"
#include "pqPipelineSource.h"
#include "pqTrainerTracker.h"

//-----------------------------------------------------------------------------
pqSelectionSection::pqSelectionSection(QWidget* parentWidget)
  : QWidget(parentWidget)
  , Ui(new Ui::SelectionSection)
{
  this->Ui->setupUi(this);
  auto& selection = pqFilterSelection::instance();
  QObject::connect(
    &selection, &pqFilterSelection::changed, this, &pqSelectionSection::showSelection);
  QObject::connect(this->Ui->clear, &QPushButton::clicked, &selection, &pqFilterSelection::clear);
  QObject::connect(
    this->Ui->selectGroups, &QPushButton::clicked, &selection, &pqFilterSelection::selectGroups);
  QObject::connect(
    this->Ui->focusOnSelection, &QPushButton::clicked, this, &pqSelectionSection::focusOnSelection);
  QObject::connect(
    this->Ui->focusOnView, &QPushButton::clicked, this, &pqSelectionSection::focusOnView);
  QObject::connect(
    this->Ui->focusOnNothing, &QPushButton::clicked, this, &pqSelectionSection::focusOnNothing);
  QObject::connect(
    this->Ui->prune, &QPushButton::clicked, this, &pqSelectionSection::pruneRequested);
  this->showSelection();
}

//-----------------------------------------------------------------------------
pqSelectionSection::~pqSelectionSection() = default;

//-----------------------------------------------------------------------------
void pqSelectionSection::showSelection()
{
  const auto& selection = pqFilterSelection::instance();
  const bool any = !selection.ids().empty();
  this->Ui->selected->setText(
    any ? QString::fromStdString(FilterIds::describe(selection.ids(), selection.layerNames()))
        : tr("No filters selected"));
  this->Ui->clear->setEnabled(any);
  this->Ui->selectGroups->setEnabled(any);
  this->Ui->focusOnSelection->setEnabled(any);
  this->Ui->prune->setEnabled(pqTrainerTracker::isOurs(selection.producer()));
}

//-----------------------------------------------------------------------------
void pqSelectionSection::focusOnSelection()
{
  pqGridFocus::onSelection(pqFilterSelection::instance());
}

//-----------------------------------------------------------------------------
void pqSelectionSection::focusOnView()
{
  pqGridFocus::onView(pqActiveObjects::instance().activeView());
}

//-----------------------------------------------------------------------------
void pqSelectionSection::focusOnNothing()
{
  pqGridFocus::onNothing(pqActiveObjects::instance().activeView());
}
