#ifndef pqScriptedStartBehavior_h
#define pqScriptedStartBehavior_h

#include <QObject>

/**
 * What makes a start with a script (`paraview --script=FILE`, which is what scripts/run does) show
 * its scene at once:
 * - ParaView's welcome window stays away: it would open in the middle of the script and hold it up
 *   until somebody closes it. The setting stays as it is; a start without a script greets as ever.
 * - The first window ever fills the screen. Later ParaView remembers the size that the user left.
 */
class pqScriptedStartBehavior : public QObject
{
  Q_OBJECT

public:
  explicit pqScriptedStartBehavior(QObject* parent = nullptr);

  /// Called by ParaView when the plugin has been loaded and before the program ends.
  void startup();
  void shutdown();

protected:
  bool eventFilter(QObject* object, QEvent* event) override;

private:
  Q_DISABLE_COPY(pqScriptedStartBehavior)
  void fillScreenAtFirst();
};

#endif
