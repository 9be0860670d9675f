#include "pqWaitEventPlayer.h"

#include "pqEventDispatcher.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QVariant>
#include <QtDebug>

namespace
{

constexpr int glance = 20; ///< ms between two looks

} // namespace

//-----------------------------------------------------------------------------
pqWaitEventPlayer::pqWaitEventPlayer(QObject* parentObject)
  : pqWidgetEventPlayer(parentObject)
{
}

//-----------------------------------------------------------------------------
bool pqWaitEventPlayer::playEvent(
  QObject* object, const QString& command, const QString& arguments, bool& error)
{
  if (command != "wait_for")
  {
    return false;
  }
  const QByteArray property = arguments.section('=', 0, 0).toUtf8();
  const QString wanted = arguments.section('=', 1);
  const QPointer<QObject> watched = object;
  const auto found = [&]()
  { return watched ? watched->property(property.constData()).toString() : QString(); };

  QElapsedTimer clock;
  clock.start();
  while (watched && found() != wanted && clock.elapsed() < patience * 1000)
  {
    pqEventDispatcher::processEventsAndWait(glance);
  }
  if (!watched || found() != wanted)
  {
    qCritical().noquote() << QString("Waited in vain for %1; it is \"%2\"%3.")
                               .arg(arguments, found(), watched ? "" : " (the object is gone)");
    error = true;
  }
  return true;
}
