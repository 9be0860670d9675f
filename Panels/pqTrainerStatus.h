#ifndef pqTrainerStatus_h
#define pqTrainerStatus_h

#include <QString>
#include <QStringList>

class vtkSMProxy;

/// What a trainer says of itself at one moment; read from the information properties of a `Trainer`
/// proxy, which may live on a remote server.
struct pqTrainerStatus
{
  /// idle, preparing, ready, running, paused, finished, failed; of another program's training none,
  /// lost, running, paused, stopping
  QString state;
  bool outside = false; ///< another program trains, a reader of its run is the remote control
  QStringList offers;   ///< of that program: commands and settings
  QString message;
  QString warning;       ///< a setting that was refused while the training goes on
  QString recordMessage; ///< expected size, or why recording stopped
  QString recordingTo;
  QString deviceInUse;
  qint64 step = 0;
  qint64 totalSteps = 0; ///< 0 = not known
  qint64 droppedRows = 0;
  qint64 droppedSnapshots = 0;
  double stepsPerSecond = 0.0;
  double secondsLeft = -1.0;       ///< -1 = not known
  double loss = 0.0;               ///< not a number = none yet, as the next ones
  double accuracy = 0.0;           ///< fraction
  double validationAccuracy = 0.0; ///< fraction
  double testAccuracy = 0.0;       ///< fraction
  double learningRate = 0.0;       ///< in force
  QString commandState;            ///< of the last command: requested, running, done, failed
  QString commandReason;           ///< why it failed

  /// Between Start and the end of the training, a pause included: settings other than those that
  /// act at once wait for the next start.
  bool inTraining() const;
  /// The worker is busy: data are being read or steps are being done.
  bool busy() const;
  /// Can this command be given to it, or this setting be changed, at all?
  bool offersCommand(const char* name) const;

  /// Pulls the information properties from the server, one short round trip each.
  static pqTrainerStatus pull(vtkSMProxy* trainer);
  /// What the program offers that records the run of a `TensorRunReader`; nothing of a `Trainer`.
  static QStringList offersOf(vtkSMProxy* trainer);
};

#endif
