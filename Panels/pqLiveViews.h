#ifndef pqLiveViews_h
#define pqLiveViews_h

#include <QObject>
#include <QTimer>

/**
 * Keeps the views of a live trainer's filters moving. ParaView's own live sources mark everything
 * behind a source as out of date when it has something new, but render only the views that show the
 * source itself; this renders those that show something behind a trainer or a recorded run.
 */
class pqLiveViews : public QObject
{
  Q_OBJECT

public:
  explicit pqLiveViews(QObject* parent = nullptr);

private:
  Q_DISABLE_COPY(pqLiveViews)
  void renderOutdated();
  QTimer Timer;
};

#endif
