#ifndef pqFocusImages_h
#define pqFocusImages_h

#include <QHash>
#include <QObject>

class pqPipelineSource;

/**
 * Shows the filters in focus on top of the flat images of grids as soon as a grid has a focus,
 * wherever that was set, and hides them when it has none any more. What a user shows or hides by
 * hand stays until the focus changes.
 */
class pqFocusImages : public QObject
{
  Q_OBJECT

public:
  explicit pqFocusImages(QObject* parent = nullptr);

private Q_SLOTS:
  void onDataUpdated(pqPipelineSource* source);
  void forget(pqPipelineSource* source);

private:
  Q_DISABLE_COPY(pqFocusImages)
  QHash<pqPipelineSource*, QString> Focus; ///< of each grid, as it was handled last
};

#endif
