#ifndef pqSceneViews_h
#define pqSceneViews_h

#include <QList>

class pqPipelineSource;

/// The scene of views (weight grid, image grid, trajectories, loss and accuracy) of a `Trainer` or
/// `TensorRunReader`, made by the Python module tensorview_scene that scripts use, too.
namespace pqSceneViews
{

/// True if `source` is one that a scene can be made of.
bool canCreate(pqPipelineSource* source);

/// `source` itself or the first source upstream of it that a scene can be made of, or nullptr.
pqPipelineSource* producerOf(pqPipelineSource* source);

/// The producer and everything behind it, in the order of the server's items.
QList<pqPipelineSource*> sourcesOf(pqPipelineSource* producer);

/// Makes the views; traced as a call of tensorview_scene.build(). False if that failed; what went
/// wrong then stands in the output window.
bool create(pqPipelineSource* producer);

} // namespace pqSceneViews

#endif
