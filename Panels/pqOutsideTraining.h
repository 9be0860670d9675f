#ifndef pqOutsideTraining_h
#define pqOutsideTraining_h

#include <QObject>
#include <QPointer>

class QWidget;
class pqDoubleLineEdit;
class pqPipelineSource;
struct pqTrainerStatus;

/**
 * The panel as the remote control of a training that another program runs: a `TensorRunReader` of
 * the run that it records takes the place of a `Trainer`. What it has in common with one goes by the
 * same names and needs nothing of this class: commands, state, loss. Its one setting is the learning
 * rate, which the program, too, may change at any time: the line shows the rate in force, and a new
 * number in it is sent.
 */
class pqOutsideTraining : public QObject
{
  Q_OBJECT

public:
  /// `line` is the panel's learning rate.
  pqOutsideTraining(pqDoubleLineEdit* line, QWidget* label);

  static bool isRunReader(pqPipelineSource* source);
  /// Is the reader's program known to take commands? Asks the server.
  static bool takesCommands(pqPipelineSource* reader);

  /// The reader whose program is controlled; nullptr: none.
  void setReader(pqPipelineSource* reader);
  /// Shows the learning rate in force, and whether it can be changed.
  void show(const pqTrainerStatus& status);

private Q_SLOTS:
  void send();

private:
  Q_DISABLE_COPY(pqOutsideTraining)
  pqDoubleLineEdit* Line;
  QWidget* Label;
  QPointer<pqPipelineSource> Reader;
};

#endif
