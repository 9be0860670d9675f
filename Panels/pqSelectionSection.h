#ifndef pqSelectionSection_h
#define pqSelectionSection_h

#include <QScopedPointer>
#include <QWidget>

namespace Ui
{
class SelectionSection;
}

/// A section of the dock: which filters are selected, and what can be done with them in the views.
class pqSelectionSection : public QWidget
{
  Q_OBJECT

public:
  explicit pqSelectionSection(QWidget* parent = nullptr);
  ~pqSelectionSection() override;

Q_SIGNALS:
  /// The selected filters shall be offered for pruning.
  void pruneRequested();

private Q_SLOTS:
  void showSelection();
  void focusOnSelection();
  void focusOnView();
  void focusOnNothing();

private:
  Q_DISABLE_COPY(pqSelectionSection)
  QScopedPointer<Ui::SelectionSection> Ui;
};

#endif
