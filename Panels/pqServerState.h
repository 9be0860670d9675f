#ifndef pqServerState_h
#define pqServerState_h

class pqServer;

/// For what happens by a timer.
namespace pqServerState
{

/// False for a server that is busy, gone or null: it is left alone.
bool answers(pqServer* server);

} // namespace pqServerState

#endif
