#ifndef pqGridDisplays_h
#define pqGridDisplays_h

class pqPipelineSource;

/// Which outputs of the grids behind a `Trainer` or `TensorRunReader` are shown, in all render
/// views that show these grids. Traced as what ParaView's own eyes do.
namespace pqGridDisplays
{

enum class Weights
{
  None, ///< no weight grid is shown
  Blocks,
  FlatImage
};

/// How the weights behind the producer are shown; nullptr: None.
Weights weightsOf(pqPipelineSource* producer);

/// Shows weights in that way wherever they are shown in the other. None changes nothing.
void showWeights(pqPipelineSource* producer, Weights how);

/// True if the names of some grid behind the producer are shown.
bool namesOf(pqPipelineSource* producer);

/// Shows or hides outlines and names of layers and, at selected filters, their numbers, wherever a
/// grid behind the producer is shown.
void showNames(pqPipelineSource* producer, bool shown);

/// Shows a grid's filters in focus on top of its flat image, wherever that is shown; hides them
/// where there is no focus: ParaView has a message for an empty image.
void showFocusImage(pqPipelineSource* grid);

} // namespace pqGridDisplays

#endif
