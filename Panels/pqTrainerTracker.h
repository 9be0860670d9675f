#ifndef pqTrainerTracker_h
#define pqTrainerTracker_h

#include <QList>
#include <QObject>
#include <QPointer>

class pqPipelineSource;

/**
 * Knows the `Trainer` sources of all connected servers and which of them is the current one: the
 * one that was chosen last, be it in the Pipeline Browser (a filter of a trainer counts as the
 * trainer), by setCurrent(), or by being made.
 */
class pqTrainerTracker : public QObject
{
  Q_OBJECT

public:
  explicit pqTrainerTracker(QObject* parent = nullptr);

  /// nullptr when there is no trainer.
  pqPipelineSource* current() const;
  /// In the order in which they were made.
  QList<pqPipelineSource*> trainers() const;

  static bool isTrainer(pqPipelineSource* source);
  /// `source` itself or the first trainer upstream of it, nullptr if there is none.
  static pqPipelineSource* trainerOf(pqPipelineSource* source);

public Q_SLOTS:
  void setCurrent(pqPipelineSource* trainer);

Q_SIGNALS:
  /// One was added, removed or renamed.
  void trainersChanged();
  void currentChanged(pqPipelineSource* trainer);

private Q_SLOTS:
  void onSourceAdded(pqPipelineSource* source);
  void onSourceRemoved(pqPipelineSource* source);
  void onActiveSourceChanged(pqPipelineSource* source);

private:
  Q_DISABLE_COPY(pqTrainerTracker)
  QList<QPointer<pqPipelineSource>> Trainers;
  QPointer<pqPipelineSource> Current;
};

#endif
