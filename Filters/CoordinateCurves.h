#ifndef CoordinateCurves_h
#define CoordinateCurves_h

#include "../Readers/Core/TensorTypes.h"
#include "TrajectoryLines.h"

#include "vtkType.h"

#include <map>
#include <string>
#include <vector>

class vtkModelProvider;
struct LayerShape;
struct LayerTensor;

/// Curves of chosen triples of a layer's weights.
namespace CoordinateCurves
{

/// Triples of coordinates, one behind the other, and the number of each.
struct Triples
{
  std::vector<std::int64_t> coordinates;
  std::vector<int> numbers;
};

/// Those of `coordinates` that a layer with `weights` weights has.
/// @param note tells which are left out
/// @throws std::runtime_error if they are no triples, or the layer has none of them
Triples Choose(const std::vector<vtkIdType>& coordinates, const std::string& layer,
  std::int64_t weights, std::string& note);

/// Which weights the axes are: "weights 0 1 2, 3 4 5, ... (8 curves)"; the first few triples.
std::string NameAxes(const Triples& triples);

/// The history of all triples, or of one where some have a point for every step and others not.
struct Piece
{
  tensorview::CoordinateHistory history;
  std::size_t firstTriple = 0;
  std::size_t triples = 0;
};

/// Asks a source for the history of steps [first, last]. Empty if it keeps none.
/// @throws std::runtime_error if its answer contradicts itself
std::vector<Piece> Read(vtkModelProvider* provider, const std::string& layer,
  const Triples& triples, std::int64_t first, std::int64_t last);

/// Has one of the pieces no steps?
bool HasEmpty(const std::vector<Piece>& pieces);

/// Gives the pieces without steps those of `all`, a history of all triples.
void FillEmpty(std::vector<Piece>& pieces, const Piece& all);

std::vector<TrajectoryCurve> Make(
  const std::vector<Piece>& pieces, const LayerShape& shape, const Triples& triples);

/// What was shown of a source that keeps no history.
class Seen
{
public:
  /// Adds the weights of a step, on all ranks together; those of other coordinates are forgotten.
  void add(const LayerTensor& tensor, const std::vector<std::int64_t>& coordinates);

  /// Steps [first, last] of what was added. Forgets everything if it was another layer or triple.
  Piece history(
    const std::string& layer, const Triples& triples, std::int64_t first, std::int64_t last);

private:
  void forgetOthers(const std::string& layer, const std::vector<std::int64_t>& coordinates);

  std::string layer_;
  std::vector<std::int64_t> coordinates_;
  std::map<std::int64_t, std::vector<float>> values_; ///< by step
};

}

#endif
