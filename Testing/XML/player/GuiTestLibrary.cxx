// What dock_test.py, in ParaView's Python shell, needs of Qt: Python cannot reach it otherwise.

#include "pqWaitEventPlayer.h"

#include "pqApplicationCore.h"
#include "pqEventDispatcher.h"
#include "pqEventPlayer.h"
#include "pqTestUtility.h"

/// From now on event scripts may use `wait_for`.
extern "C" Q_DECL_EXPORT void tensorview_add_wait_event()
{
  pqApplicationCore::instance()->testUtility()->eventPlayer()->addWidgetEventPlayer(
    new pqWaitEventPlayer);
}

/// Lets ParaView's window run for that time, without playing the script's next event.
extern "C" Q_DECL_EXPORT void tensorview_run_window(int milliseconds)
{
  pqEventDispatcher::processEventsAndWait(milliseconds);
}
