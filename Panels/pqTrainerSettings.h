#ifndef pqTrainerSettings_h
#define pqTrainerSettings_h

#include "pqPropertyLinks.h"

#include <QList>
#include <QObject>

class QWidget;
class vtkSMProxy;

/**
 * Connects the setting widgets below a widget with the properties of a `Trainer` proxy, in both
 * directions, at once and traced. Widget and property belong together by name: `learningRate` and
 * `LearningRate`.
 */
class pqTrainerSettings : public QObject
{
  Q_OBJECT

public:
  /// Finds the widgets among the children of `panel`.
  explicit pqTrainerSettings(QWidget* panel);

  /// Shows and changes this trainer from now on; nullptr: none.
  void setTrainer(vtkSMProxy* trainer);

  /// Greys out what acts from the next start only while a training goes on, and everything when
  /// there is no trainer; and what the other settings make meaningless. Tool tips say why.
  void updateEnabled(bool hasTrainer, bool inTraining);

private:
  Q_DISABLE_COPY(pqTrainerSettings)
  QWidget* Panel;
  pqPropertyLinks Links;
};

#endif
