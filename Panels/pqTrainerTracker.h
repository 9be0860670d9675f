#ifndef pqTrainerTracker_h
#define pqTrainerTracker_h

#include <QList>
#include <QObject>
#include <QPointer>
#include <QTimer>

class pqPipelineSource;

/**
 * Knows the `Trainer` sources of all connected servers and which of them is the current one: the
 * one that was chosen last, be it in the Pipeline Browser (a filter of a trainer counts as the
 * trainer), by setCurrent(), or by being made. A `TensorRunReader` counts as a trainer from when
 * another program, which records that run, is found to take commands.
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

  /// Is it a `Trainer`, a training of ParaView's own?
  static bool isOurs(pqPipelineSource* source);
  /// That, or a training of another program.
  bool isTrainer(pqPipelineSource* source) const;
  /// `source` itself or the first trainer upstream of it, nullptr if there is none.
  pqPipelineSource* trainerOf(pqPipelineSource* source) const;

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
  void findOutsideTrainings();

private:
  Q_DISABLE_COPY(pqTrainerTracker)
  void add(pqPipelineSource* trainer);
  QTimer Search;
  QList<QPointer<pqPipelineSource>> Trainers;
  QPointer<pqPipelineSource> Current;
};

#endif
