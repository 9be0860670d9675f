#ifndef TENSORVIEW_RANK_AGREEMENT_H
#define TENSORVIEW_RANK_AGREEMENT_H

#include <exception>
#include <string>
#include <utility>

class vtkInformation;
class vtkMultiProcessController;

/// How the ranks of a data server stay together when something happens to one of them.
namespace RankAgreement
{

/// Null with one process.
vtkMultiProcessController* Controller();

/// Collective: is it true on every rank?
bool OnAllRanks(bool here);

/// The part of the data that a rank is asked for: piece, number of pieces.
std::pair<int, int> PieceAskedFor(vtkInformation* outputInformation);

/// What went wrong with `action` on this rank, in words; empty if it went well. The other ranks
/// take part in what follows whatever happens here, so nothing is thrown.
template <typename Action>
std::string ProblemOf(Action&& action)
{
  try
  {
    action();
    return {};
  }
  catch (const std::exception& problem)
  {
    return problem.what();
  }
}

}

#endif
