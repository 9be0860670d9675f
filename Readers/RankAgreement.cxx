#include "RankAgreement.h"

#include "vtkCommunicator.h"
#include "vtkInformation.h"
#include "vtkInformationIntegerKey.h"
#include "vtkMultiProcessController.h"
#include "vtkStreamingDemandDrivenPipeline.h"

#include <algorithm>

namespace RankAgreement
{

vtkMultiProcessController* Controller()
{
  vtkMultiProcessController* controller = vtkMultiProcessController::GetGlobalController();
  return controller && controller->GetNumberOfProcesses() > 1 ? controller : nullptr;
}

bool OnAllRanks(bool here)
{
  int all = here ? 1 : 0;
  if (vtkMultiProcessController* controller = Controller())
  {
    const int mine = all;
    controller->AllReduce(&mine, &all, 1, vtkCommunicator::MIN_OP);
  }
  return all != 0;
}

std::pair<int, int> PieceAskedFor(vtkInformation* outputInformation)
{
  using Pipeline = vtkStreamingDemandDrivenPipeline;
  if (!outputInformation->Has(Pipeline::UPDATE_NUMBER_OF_PIECES()))
  {
    return { 0, 1 };
  }
  return { outputInformation->Get(Pipeline::UPDATE_PIECE_NUMBER()),
    std::max(1, outputInformation->Get(Pipeline::UPDATE_NUMBER_OF_PIECES())) };
}

}
