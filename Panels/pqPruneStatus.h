#ifndef pqPruneStatus_h
#define pqPruneStatus_h

#include <QString>
#include <QStringList>

class vtkSMProxy;

/// What a trainer says about edits at one moment; read from the information properties of a
/// `Trainer` proxy, which may live on a remote server.
struct pqPruneStatus
{
  int commandId = 0;
  QString commandState;  ///< of that command: requested, running, done, failed
  QString commandReason; ///< why it failed, or what was done
  int undoCount = 0;
  int redoCount = 0;
  qint64 undoStep = -1;
  qint64 redoStep = -1;
  int editCount = 0;
  int previewCount = 0;

  /// Pulls all of that but the long ones, one short round trip each.
  static pqPruneStatus pull(vtkSMProxy* trainer);

  static int pullCommandId(vtkSMProxy* trainer);
  static QString pullPreview(vtkSMProxy* trainer);    ///< a line of JSON, empty before the first
  static QStringList pullEdits(vtkSMProxy* trainer);  ///< lines of JSON
  static QStringList pullLayers(vtkSMProxy* trainer); ///< "id filters name" each
};

#endif
