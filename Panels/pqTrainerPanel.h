#ifndef pqTrainerPanel_h
#define pqTrainerPanel_h

#include <QDockWidget>
#include <QScopedPointer>

/**
 * The dock "TensorView": steers a `Trainer` and shows how far it is.
 *
 * It shows the trainer that is selected in the Pipeline Browser, else the newest. Everything in it
 * is a property or a command of that proxy, so that it works against a remote server and that
 * ParaView's Python trace of what is done in it is a working script. It never waits for training:
 * a timer pulls the trainer's state.
 */
class pqTrainerPanel : public QDockWidget
{
  Q_OBJECT
  using Superclass = QDockWidget;

public:
  explicit pqTrainerPanel(QWidget* parent = nullptr);
  pqTrainerPanel(const QString& title, QWidget* parent = nullptr, Qt::WindowFlags flags = {});
  ~pqTrainerPanel() override;

private:
  Q_DISABLE_COPY(pqTrainerPanel)
  class pqInternals;
  QScopedPointer<pqInternals> Internals;
};

#endif
