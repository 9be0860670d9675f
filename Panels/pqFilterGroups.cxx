#include "pqFilterGroups.h"

#include "pqPipelineSource.h"
#include "pqServer.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMSessionProxyManager.h"
#include "vtkSMSourceProxy.h"

#include <algorithm>
#include <cmath>

namespace
{

constexpr unsigned int listPort = 3;
constexpr double patienceOfALook = 0.001; ///< s; that it changes makes the grouping look again

} // namespace

//-----------------------------------------------------------------------------
void pqFilterGroups::setTrainer(pqPipelineSource* trainer)
{
  this->List = nullptr;
  this->Grouping = nullptr;
  if (!trainer)
  {
    return;
  }
  auto* proxies = trainer->getServer()->proxyManager();
  this->Grouping.TakeReference(
    vtkSMSourceProxy::SafeDownCast(proxies->NewProxy("filters", "PCCGrouping")));
  this->List.TakeReference(
    vtkSMSourceProxy::SafeDownCast(proxies->NewProxy("filters", "PassThrough")));
  if (!this->Grouping || !this->List)
  {
    return;
  }
  vtkSMPropertyHelper(this->Grouping, "Input").Set(trainer->getProxy(), 0);
  vtkSMPropertyHelper(this->Grouping, "MaximumPixels").Set(0); // the matrix is not looked at
  this->Grouping->UpdateVTKObjects();
  vtkSMPropertyHelper(this->List, "Input").Set(this->Grouping, listPort);
  this->List->UpdateVTKObjects();
}

//-----------------------------------------------------------------------------
pqFilterGroups::Found pqFilterGroups::find(const QString& layer, double threshold, int look)
{
  Found found;
  if (!this->Grouping || !this->List)
  {
    return found;
  }
  vtkSMPropertyHelper(this->Grouping, "Layer").Set(layer.toUtf8().constData());
  vtkSMPropertyHelper(this->Grouping, "Threshold").Set(threshold);
  vtkSMPropertyHelper(this->Grouping, "Patience").Set(patienceOfALook * look);
  this->Grouping->UpdateVTKObjects();
  this->List->UpdatePipeline();
  for (const char* name : { "GroupMembers", "GroupFacts", "Note" })
  {
    this->Grouping->UpdatePropertyInformation(this->Grouping->GetProperty(name));
  }
  const vtkSMPropertyHelper members(this->Grouping, "GroupMembers");
  const vtkSMPropertyHelper facts(this->Grouping, "GroupFacts");
  for (unsigned int i = 0; i < members.GetNumberOfElements(); ++i)
  {
    const std::string known = i < facts.GetNumberOfElements() ? facts.GetAsString(i) : "";
    auto group = tensorview::parseGroup(members.GetAsString(i), known);
    if (group.members.size() > 1)
    {
      found.groups.push_back(std::move(group));
    }
  }
  found.complete =
    !found.groups.empty() && std::none_of(found.groups.begin(), found.groups.end(),
                               [](const auto& group) { return std::isnan(group.predictedError); });
  found.note = QString::fromUtf8(vtkSMPropertyHelper(this->Grouping, "Note").GetAsString());
  return found;
}
