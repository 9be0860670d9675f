#include "pqServerFiles.h"

#include "pqFileDialog.h"

namespace
{

QString choose(pqFileDialog::FileMode mode, pqServer* server, QWidget* parent, const QString& title,
  const QString& filter)
{
  pqFileDialog dialog(server, parent, title, QString(), filter, /*groupFiles=*/false);
  dialog.setObjectName("TensorViewFileDialog"); // GUI tests address it by this name
  dialog.setFileMode(mode);
  if (dialog.exec() != QDialog::Accepted)
  {
    return {};
  }
  return dialog.getSelectedFiles().value(0);
}

} // namespace

namespace pqServerFiles
{

//-----------------------------------------------------------------------------
QString chooseDirectory(pqServer* server, QWidget* parent, const QString& title)
{
  return choose(pqFileDialog::Directory, server, parent, title, {});
}

//-----------------------------------------------------------------------------
QString chooseExisting(
  pqServer* server, QWidget* parent, const QString& title, const QString& filter)
{
  return choose(pqFileDialog::ExistingFile, server, parent, title, filter);
}

//-----------------------------------------------------------------------------
QString chooseNew(pqServer* server, QWidget* parent, const QString& title, const QString& filter)
{
  return choose(pqFileDialog::AnyFile, server, parent, title, filter);
}

} // namespace pqServerFiles
