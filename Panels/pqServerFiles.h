#ifndef pqServerFiles_h
#define pqServerFiles_h

#include <QString>

class QWidget;
class pqServer;

/// Dialogs that choose paths of the data server. Each returns an empty text when it is cancelled.
namespace pqServerFiles
{

QString chooseDirectory(pqServer* server, QWidget* parent, const QString& title);
/// `filter` as of pqFileDialog: "TensorView runs (*.tvr)".
QString chooseExisting(
  pqServer* server, QWidget* parent, const QString& title, const QString& filter);
QString chooseNew(pqServer* server, QWidget* parent, const QString& title, const QString& filter);

} // namespace pqServerFiles

#endif
