#include "pqPulledValues.h"

#include "vtkSMProperty.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"

namespace
{

vtkSMProperty* pulled(vtkSMProxy* proxy, const char* name)
{
  vtkSMProperty* property = proxy->GetProperty(name);
  if (property)
  {
    proxy->UpdatePropertyInformation(property);
  }
  return property;
}

} // namespace

//-----------------------------------------------------------------------------
QString pqPulledValues::text(vtkSMProxy* proxy, const char* name)
{
  vtkSMProperty* property = pulled(proxy, name);
  return property ? QString::fromUtf8(vtkSMPropertyHelper(property, true).GetAsString())
                  : QString();
}

//-----------------------------------------------------------------------------
QStringList pqPulledValues::texts(vtkSMProxy* proxy, const char* name)
{
  QStringList list;
  if (vtkSMProperty* property = pulled(proxy, name))
  {
    const vtkSMPropertyHelper helper(property, true);
    for (unsigned int i = 0; i < helper.GetNumberOfElements(); ++i)
    {
      list.append(QString::fromUtf8(helper.GetAsString(i)));
    }
  }
  return list;
}

//-----------------------------------------------------------------------------
double pqPulledValues::number(vtkSMProxy* proxy, const char* name, double unknown)
{
  vtkSMProperty* property = pulled(proxy, name);
  return property ? vtkSMPropertyHelper(property, true).GetAsDouble() : unknown;
}

//-----------------------------------------------------------------------------
qint64 pqPulledValues::count(vtkSMProxy* proxy, const char* name)
{
  return static_cast<qint64>(number(proxy, name, 0.0));
}
