#ifndef pqPulledValues_h
#define pqPulledValues_h

#include <QString>
#include <QStringList>

#include <limits>

class vtkSMProxy;

/// Information properties of a proxy, asked from the server now. What the proxy has no property for
/// is empty, or `unknown`.
namespace pqPulledValues
{
QString text(vtkSMProxy* proxy, const char* name);
QStringList texts(vtkSMProxy* proxy, const char* name);
double number(
  vtkSMProxy* proxy, const char* name, double unknown = std::numeric_limits<double>::quiet_NaN());
qint64 count(vtkSMProxy* proxy, const char* name);
}

#endif
