#ifndef pqAutoPruneSection_h
#define pqAutoPruneSection_h

#include "vtkWeakPointer.h"

#include <QScopedPointer>
#include <QWidget>

class vtkSMProxy;

namespace Ui
{
class AutoPruneSection;
}

/// A section of the page Prune: merging similar filters at the ends of epochs without being asked.
/// All but the tolerance is linked by pqTrainerSettings.
class pqAutoPruneSection : public QWidget
{
  Q_OBJECT

public:
  explicit pqAutoPruneSection(QWidget* parent = nullptr);
  ~pqAutoPruneSection() override;

  /// Shows the settings of a trainer (nullptr: none), and the layer that can be added to the list
  /// (empty: none) with the number of filters that it has.
  void show(vtkSMProxy* trainer, const QString& layer, int filters);

private:
  Q_DISABLE_COPY(pqAutoPruneSection)
  void setTolerance(double points);
  void addLayer();

  QScopedPointer<Ui::AutoPruneSection> Ui;
  vtkWeakPointer<vtkSMProxy> Trainer; ///< as of the last show()
  QString Layer;
};

#endif
