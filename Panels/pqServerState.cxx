#include "pqServerState.h"

#include "pqServer.h"

#include "vtkSMSession.h"

bool pqServerState::answers(pqServer* server)
{
  return server && server->session() && server->session()->GetIsAlive() &&
         !server->session()->GetPendingProgress() && !server->isProcessingPending();
}
