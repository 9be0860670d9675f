#ifndef pqRunningSection_h
#define pqRunningSection_h

#include <QScopedPointer>
#include <QWidget>

class pqPipelineSource;
struct pqTrainerStatus;

/// A section of the dock: what is done with a training on its way. Pausing at a step, evaluating,
/// checkpoints, and branches that go on from them.
class pqRunningSection : public QWidget
{
  Q_OBJECT

public:
  explicit pqRunningSection(QWidget* parent = nullptr);
  ~pqRunningSection() override;

  /// nullptr: none.
  void setTrainer(pqPipelineSource* trainer);
  /// Shows what became of the commands and what is possible now.
  void show(const pqTrainerStatus& status);

Q_SIGNALS:
  /// The trainer is worth a look soon.
  void commandGiven();

private:
  Q_DISABLE_COPY(pqRunningSection)
  class pqInternals;
  QScopedPointer<pqInternals> Internals;
};

#endif
