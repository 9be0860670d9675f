#ifndef pqRunOpenedBehavior_h
#define pqRunOpenedBehavior_h

#include <QMetaObject>
#include <QObject>

class pqPipelineSource;

/**
 * Makes the scene of views when the user opens a recorded run or a file of tensors: on the first
 * Apply after File > Open (or `paraview run.tvr`). What is opened by a script or a state file is
 * left alone. See pqTensorViewSettings::createViewsForRuns().
 */
class pqRunOpenedBehavior : public QObject
{
  Q_OBJECT

public:
  explicit pqRunOpenedBehavior(QObject* parent = nullptr);

  /// Called by ParaView when the plugin has been loaded and before the program ends.
  void startup();
  void shutdown();

private:
  Q_DISABLE_COPY(pqRunOpenedBehavior)
  void onReaderCreated(pqPipelineSource* reader);
  QMetaObject::Connection Opened;
};

#endif
