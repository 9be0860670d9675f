#include "pqFilterGroups.h"

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
  this->Trainer = trainer;
}

//-----------------------------------------------------------------------------
bool pqFilterGroups::prepare()
{
  if (this->List || !this->Trainer)
  {
    return this->List != nullptr;
  }
  auto* proxies = this->Trainer->getServer()->proxyManager();
  this->Grouping.TakeReference(
    vtkSMSourceProxy::SafeDownCast(proxies->NewProxy("filters", "PCCGrouping")));
  vtkSmartPointer<vtkSMSourceProxy> list;
  list.TakeReference(vtkSMSourceProxy::SafeDownCast(proxies->NewProxy("filters", "PassThrough")));
  if (!this->Grouping || !list)
  {
    return false;
  }
  vtkSMPropertyHelper(this->Grouping, "Input").Set(this->Trainer->getProxy(), 0);
  vtkSMPropertyHelper(this->Grouping, "MaximumPixels").Set(0); // the matrix is not looked at
  this->Grouping->UpdateVTKObjects();
  vtkSMPropertyHelper(list, "Input").Set(this->Grouping, listPort);
  list->UpdateVTKObjects();
  this->List = list;
  return true;
}

//-----------------------------------------------------------------------------
pqFilterGroups::Found pqFilterGroups::find(
  const QString& layer, double threshold, bool allPairs, int look)
{
  Found found;
  if (!this->prepare())
  {
    return found;
  }
  // An update may show its progress, and with that let other things happen, such as the trainer's
  // end.
  const vtkSmartPointer<vtkSMSourceProxy> grouping = this->Grouping;
  const vtkSmartPointer<vtkSMSourceProxy> list = this->List;
  vtkSMPropertyHelper(grouping, "Layer").Set(layer.toUtf8().constData());
  vtkSMPropertyHelper(grouping, "Threshold").Set(threshold);
  vtkSMPropertyHelper(grouping, "Linkage").Set(allPairs ? 1 : 0);
  vtkSMPropertyHelper(grouping, "Patience").Set(patienceOfALook * look);
  grouping->UpdateVTKObjects();
  list->UpdatePipeline();
  for (const char* name : { "GroupMembers", "GroupFacts", "Note" })
  {
    grouping->UpdatePropertyInformation(grouping->GetProperty(name));
  }
  const vtkSMPropertyHelper members(grouping, "GroupMembers");
  const vtkSMPropertyHelper facts(grouping, "GroupFacts");
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
  found.note = QString::fromUtf8(vtkSMPropertyHelper(grouping, "Note").GetAsString());
  return found;
}
