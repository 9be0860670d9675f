#ifndef pqWaitEventPlayer_h
#define pqWaitEventPlayer_h

#include "pqWidgetEventPlayer.h"

/**
 * Plays the event `wait_for` of GUI event scripts, so that a test waits for a state and not for a
 * time:
 *
 *     <pqevent object="pqClientMainWindow/..." command="wait_for" arguments="property=value"/>
 *
 * ParaView's window runs on until the property of the object, as a text, is the value. The script
 * stops with a message if it is not within `patience`. A property that the object does not have
 * yet is waited for, too.
 */
class pqWaitEventPlayer : public pqWidgetEventPlayer
{
  Q_OBJECT

public:
  static constexpr int patience = 100; ///< s; far longer than anything takes

  explicit pqWaitEventPlayer(QObject* parent = nullptr);

  using pqWidgetEventPlayer::playEvent;
  bool playEvent(
    QObject* object, const QString& command, const QString& arguments, bool& error) override;

private:
  Q_DISABLE_COPY(pqWaitEventPlayer)
};

#endif
