#ifndef pqRunFollower_h
#define pqRunFollower_h

#include <QObject>
#include <QTimer>

/**
 * Lets ParaView's time slider grow with recorded runs that are followed. ParaView's own live
 * sources bring new data; the list of time steps it fetches only after an Apply.
 */
class pqRunFollower : public QObject
{
  Q_OBJECT

public:
  explicit pqRunFollower(QObject* parent = nullptr);

private:
  Q_DISABLE_COPY(pqRunFollower)
  void fetchSteps();
  QTimer Timer;
};

#endif
