#include "pqTrainerTracker.h"

#include "pqActiveObjects.h"
#include "pqApplicationCore.h"
#include "pqOutsideTraining.h"
#include "pqPipelineFilter.h"
#include "pqPipelineSource.h"
#include "pqServerManagerModel.h"
#include "pqServerState.h"

#include "vtkSMProxy.h"

namespace
{

constexpr int searchInterval = 1000; ///< ms between two looks for trainings of other programs

} // namespace

//-----------------------------------------------------------------------------
pqTrainerTracker::pqTrainerTracker(QObject* parentObject)
  : QObject(parentObject)
{
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  for (auto* source : model->findItems<pqPipelineSource*>())
  {
    this->onSourceAdded(source);
  }
  QObject::connect(
    model, &pqServerManagerModel::sourceAdded, this, &pqTrainerTracker::onSourceAdded);
  QObject::connect(
    model, &pqServerManagerModel::sourceRemoved, this, &pqTrainerTracker::onSourceRemoved);
  QObject::connect(
    model, &pqServerManagerModel::nameChanged, this, &pqTrainerTracker::trainersChanged);
  QObject::connect(&pqActiveObjects::instance(), &pqActiveObjects::sourceChanged, this,
    &pqTrainerTracker::onActiveSourceChanged);
  QObject::connect(&this->Search, &QTimer::timeout, this, &pqTrainerTracker::findOutsideTrainings);
  this->Search.start(searchInterval);
}

//-----------------------------------------------------------------------------
pqPipelineSource* pqTrainerTracker::current() const
{
  return this->Current;
}

//-----------------------------------------------------------------------------
QList<pqPipelineSource*> pqTrainerTracker::trainers() const
{
  QList<pqPipelineSource*> list;
  for (const auto& trainer : this->Trainers)
  {
    if (trainer)
    {
      list.append(trainer);
    }
  }
  return list;
}

//-----------------------------------------------------------------------------
bool pqTrainerTracker::isOurs(pqPipelineSource* source)
{
  vtkSMProxy* proxy = source ? source->getProxy() : nullptr;
  return proxy && QString(proxy->GetXMLName()) == "Trainer" &&
         QString(proxy->GetXMLGroup()) == "sources";
}

//-----------------------------------------------------------------------------
bool pqTrainerTracker::isTrainer(pqPipelineSource* source) const
{
  return this->Trainers.contains(source) || pqTrainerTracker::isOurs(source);
}

//-----------------------------------------------------------------------------
pqPipelineSource* pqTrainerTracker::trainerOf(pqPipelineSource* source) const
{
  if (this->isTrainer(source))
  {
    return source;
  }
  if (auto* filter = qobject_cast<pqPipelineFilter*>(source))
  {
    for (auto* input : filter->getAllInputs())
    {
      if (auto* trainer = this->trainerOf(input->getSource()))
      {
        return trainer;
      }
    }
  }
  return nullptr;
}

//-----------------------------------------------------------------------------
void pqTrainerTracker::setCurrent(pqPipelineSource* trainer)
{
  if (trainer != this->Current)
  {
    this->Current = trainer;
    Q_EMIT this->currentChanged(trainer);
  }
}

//-----------------------------------------------------------------------------
void pqTrainerTracker::onSourceAdded(pqPipelineSource* source)
{
  if (this->isTrainer(source))
  {
    this->add(source);
    this->setCurrent(source);
  }
}

//-----------------------------------------------------------------------------
void pqTrainerTracker::add(pqPipelineSource* trainer)
{
  this->Trainers.append(trainer);
  Q_EMIT this->trainersChanged();
}

//-----------------------------------------------------------------------------
void pqTrainerTracker::findOutsideTrainings()
{
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  for (auto* source : model->findItems<pqPipelineSource*>())
  {
    // One that waits for Apply has not been read yet.
    if (pqOutsideTraining::isRunReader(source) && !this->Trainers.contains(source) &&
        source->modifiedState() == pqProxy::UNMODIFIED &&
        pqServerState::answers(source->getServer()) && pqOutsideTraining::takesCommands(source))
    {
      this->add(source);
      auto* active = this->trainerOf(pqActiveObjects::instance().activeSource());
      if (!this->Current || active == source)
      {
        this->setCurrent(source);
      }
    }
  }
}

//-----------------------------------------------------------------------------
void pqTrainerTracker::onSourceRemoved(pqPipelineSource* source)
{
  if (this->Trainers.removeAll(source) > 0)
  {
    if (this->Current == source)
    {
      this->setCurrent(this->Trainers.isEmpty() ? nullptr : this->Trainers.last().data());
    }
    Q_EMIT this->trainersChanged();
  }
}

//-----------------------------------------------------------------------------
void pqTrainerTracker::onActiveSourceChanged(pqPipelineSource* source)
{
  if (auto* trainer = this->trainerOf(source))
  {
    this->setCurrent(trainer);
  }
}
