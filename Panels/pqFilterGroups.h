#ifndef pqFilterGroups_h
#define pqFilterGroups_h

#include "PruneText.h"

#include "pqPipelineSource.h" // for QPointer

#include "vtkSmartPointer.h"

#include <QPointer>
#include <QString>

#include <vector>

class vtkSMSourceProxy;

/// Finds the groups of correlated filters of a trainer's layer, with a PCCGrouping of its own that
/// stands in no view and not in the Pipeline Browser.
class pqFilterGroups
{
public:
  /// nullptr: none. To be called before the trainer goes: the grouping holds it.
  void setTrainer(pqPipelineSource* trainer);

  struct Found
  {
    std::vector<tensorview::FilterGroup> groups;
    QString note;          ///< what the grouping has to say
    bool complete = false; ///< there are groups, and all of their errors are known
  };
  /// Groups the layer as it is now. The call takes as long as the correlation; it waits for nothing
  /// that the trainer has yet to compute, but makes it do so.
  /// @param threshold in (0, 1]
  /// @param allPairs every pair of a group reaches it (complete linkage), else each filter with one
  /// other (single linkage)
  /// @param look a number that grows with each new look at the same step: only then what the
  /// trainer has computed since is taken in
  Found find(const QString& layer, double threshold, bool allPairs, int look);

private:
  /// Makes the grouping with the first look. False: there is no trainer.
  bool prepare();

  QPointer<pqPipelineSource> Trainer;
  vtkSmartPointer<vtkSMSourceProxy> Grouping;
  vtkSmartPointer<vtkSMSourceProxy> List; ///< asks for its list of groups, and for nothing else
};

#endif
