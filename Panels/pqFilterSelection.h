#ifndef pqFilterSelection_h
#define pqFilterSelection_h

#include "FilterIds.h"

#include <QObject>
#include <QPointer>

#include <set>

class pqOutputPort;
class pqPipelineSource;

/**
 * The selected filters of a network, the same in all its views: whatever is selected in ParaView in
 * an output of TensorView (a rubber band, Find Data, rows of a spreadsheet) selects those filters
 * as a whole there and in all other outputs behind the same `Trainer` or `TensorRunReader`.
 *
 * Selections travel as global ids, which every cell, point and row of a filter carries.
 */
class pqFilterSelection : public QObject
{
  Q_OBJECT

public:
  explicit pqFilterSelection(QObject* parent = nullptr);

  /// The one of this ParaView.
  static pqFilterSelection& instance();

  const std::set<FilterIds::Id>& ids() const { return this->Ids; }
  /// The trainer or run whose filters are selected; nullptr without a selection.
  pqPipelineSource* producer() const;

  /// Names of the producer's layers by their ids.
  std::map<std::int64_t, std::string> layerNames() const;

public Q_SLOTS:
  /// Selects these filters in all outputs behind the producer.
  void select(pqPipelineSource* producer, const std::set<FilterIds::Id>& ids);
  void clear();
  /// Adds all members of the groups (of any PCCGrouping behind the producer) that a selected filter
  /// belongs to.
  void selectGroups();

Q_SIGNALS:
  void changed();

private Q_SLOTS:
  void onSelectionChanged(pqOutputPort* port);

private:
  Q_DISABLE_COPY(pqFilterSelection)
  void light();

  std::set<FilterIds::Id> Ids;
  QPointer<pqPipelineSource> Producer;
  bool Lighting = false; ///< selections that change now are our own
};

#endif
