#include "pqScriptedStartBehavior.h"

#include "pqApplicationCore.h"
#include "pqCoreConfiguration.h"
#include "pqCoreUtilities.h"
#include "pqSettings.h"

#include <QApplication>
#include <QDialog>
#include <QEvent>
#include <QTimer>

//-----------------------------------------------------------------------------
pqScriptedStartBehavior::pqScriptedStartBehavior(QObject* parentObject)
  : QObject(parentObject)
{
}

//-----------------------------------------------------------------------------
void pqScriptedStartBehavior::startup()
{
  if (!pqCoreConfiguration::instance()->pythonScript().empty())
  {
    qApp->installEventFilter(this);
    QTimer::singleShot(0, this, &pqScriptedStartBehavior::fillScreenAtFirst);
  }
}

//-----------------------------------------------------------------------------
void pqScriptedStartBehavior::shutdown()
{
  qApp->removeEventFilter(this);
}

//-----------------------------------------------------------------------------
void pqScriptedStartBehavior::fillScreenAtFirst()
{
  // Where pqPersistentMainWindowStateBehavior keeps the window's size.
  if (!pqApplicationCore::instance()->settings()->contains("MainWindow/Size"))
  {
    pqCoreUtilities::mainWidget()->showMaximized();
  }
}

//-----------------------------------------------------------------------------
bool pqScriptedStartBehavior::eventFilter(QObject* object, QEvent* event)
{
  // Polish comes before a widget is shown for the first time.
  if (event->type() == QEvent::Polish && object->inherits("pqWelcomeDialog"))
  {
    auto* welcome = qobject_cast<QDialog*>(object);
    welcome->setAttribute(Qt::WA_DontShowOnScreen);
    QMetaObject::invokeMethod(welcome, &QDialog::reject, Qt::QueuedConnection);
    qApp->removeEventFilter(this); // it opens once
  }
  return QObject::eventFilter(object, event);
}
