#ifndef pqPrunePage_h
#define pqPrunePage_h

#include <QScopedPointer>
#include <QScrollArea>

class pqPipelineSource;
struct pqTrainerStatus;

/**
 * The page "Prune" of the dock: chooses filters of a network in training, says what removing them
 * would cost, removes them, and takes that back.
 *
 * Filters are chosen as groups of similar ones (found by a PCCGrouping of its own), from the
 * trainer's ranking (of a preview), or by the selection in any view. Everything it does is a
 * property or a command of the `Trainer` proxy, and traced; nothing waits for the trainer.
 */
class pqPrunePage : public QScrollArea
{
  Q_OBJECT
  using Superclass = QScrollArea;

public:
  explicit pqPrunePage(QWidget* parent = nullptr);
  ~pqPrunePage() override;

  /// Shows and steers this one from now on; nullptr: none. To be called before a trainer goes.
  void setTrainer(pqPipelineSource* trainer);

  /// Pulls what the trainer says about edits, and shows it.
  void poll(const pqTrainerStatus& status);

  /// Offers what is selected in the views for pruning.
  void chooseSelection();

Q_SIGNALS:
  /// It is time to look at the trainer.
  void commandGiven();

protected:
  void showEvent(QShowEvent* event) override;

private:
  Q_DISABLE_COPY(pqPrunePage)
  class pqInternals;
  QScopedPointer<pqInternals> Internals;
};

#endif
