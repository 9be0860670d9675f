#include "pqFilterSelection.h"

#include "pqApplicationCore.h"
#include "pqOutputPort.h"
#include "pqPVApplicationCore.h"
#include "pqPipelineSource.h"
#include "pqSceneViews.h"
#include "pqSelectionManager.h"
#include "pqServer.h"

#include "vtkDataArray.h"
#include "vtkDataAssembly.h"
#include "vtkDataSetAttributes.h"
#include "vtkNew.h"
#include "vtkPVDataInformation.h"
#include "vtkPVDataSetAttributesInformation.h"
#include "vtkPVSelectionInformation.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"
#include "vtkSMSelectionHelper.h"
#include "vtkSMSessionProxyManager.h"
#include "vtkSMSourceProxy.h"
#include "vtkSelection.h"
#include "vtkSelectionNode.h"
#include "vtkSmartPointer.h"

#include <QScopedValueRollback>
#include <QSignalBlocker>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace
{

constexpr int notSelectable = -1;

/// vtkSelectionNode's field type of the elements that carry filter ids in a port's data, or
/// notSelectable.
int fieldOf(pqOutputPort* port)
{
  auto* information = port->getDataInformation();
  if (!information)
  {
    return notSelectable;
  }
  for (const auto& [association, field] :
    { std::pair{ vtkDataObject::FIELD_ASSOCIATION_CELLS, int{ vtkSelectionNode::CELL } },
      std::pair{ vtkDataObject::FIELD_ASSOCIATION_ROWS, int{ vtkSelectionNode::ROW } },
      std::pair{ vtkDataObject::FIELD_ASSOCIATION_POINTS, int{ vtkSelectionNode::POINT } } })
  {
    auto* attributes = information->GetAttributeInformation(association);
    if (attributes && attributes->GetAttributeInformation(vtkDataSetAttributes::GLOBALIDS))
    {
      return field;
    }
  }
  return notSelectable;
}

/// A selection of filters for one output port.
vtkSmartPointer<vtkSMSourceProxy> newSelection(
  vtkSMSessionProxyManager* proxies, const std::set<FilterIds::Id>& ids, int field)
{
  vtkSmartPointer<vtkSMProxy> source;
  source.TakeReference(proxies->NewProxy("sources", "GlobalIDSelectionSource"));
  const std::vector<vtkIdType> list(ids.begin(), ids.end());
  vtkSMPropertyHelper(source, "IDs").Set(list.data(), static_cast<unsigned int>(list.size()));
  vtkSMPropertyHelper(source, "FieldType").Set(field);
  source->UpdateVTKObjects();
  vtkSmartPointer<vtkSMSourceProxy> selection;
  selection.TakeReference(
    vtkSMSourceProxy::SafeDownCast(vtkSMSelectionHelper::NewAppendSelectionsFromSelectionSource(
      vtkSMSourceProxy::SafeDownCast(source))));
  return selection;
}

/// The filters that a port's selection, of whatever kind, touches. (What vtkSMSelectionHelper has
/// for this fails in ParaView 5.11 for all ports but the first.)
std::set<FilterIds::Id> selectedIn(pqOutputPort* port)
{
  std::set<FilterIds::Id> ids;
  auto* selection = port->getSelectionInput();
  if (!selection)
  {
    return ids;
  }
  vtkSmartPointer<vtkSMSourceProxy> convert;
  convert.TakeReference(vtkSMSourceProxy::SafeDownCast(
    port->getServer()->proxyManager()->NewProxy("filters", "ConvertSelection")));
  vtkSMPropertyHelper(convert, "Input").Set(selection);
  vtkSMPropertyHelper(convert, "DataInput").Set(port->getSourceProxy(), port->getPortNumber());
  vtkSMPropertyHelper(convert, "OutputType").Set(vtkSelectionNode::GLOBALIDS);
  vtkSMPropertyHelper(convert, "AllowMissingArray").Set(true);
  convert->UpdateVTKObjects();
  convert->UpdatePipeline();
  vtkNew<vtkPVSelectionInformation> found;
  convert->GatherInformation(found);
  for (unsigned int i = 0; i < found->GetSelection()->GetNumberOfNodes(); ++i)
  {
    auto* node = found->GetSelection()->GetNode(i);
    auto* list = vtkDataArray::SafeDownCast(node->GetSelectionList());
    if (list && node->GetContentType() == vtkSelectionNode::GLOBALIDS)
    {
      for (vtkIdType k = 0; k < list->GetNumberOfTuples(); ++k)
      {
        const auto id = static_cast<FilterIds::Id>(list->GetTuple1(k));
        if (id >= 0) // else it is no filter, but the outline of a layer
        {
          ids.insert(id);
        }
      }
    }
  }
  return ids;
}

/// The groups of filters that a PCCGrouping found.
std::vector<std::set<FilterIds::Id>> groupsOf(vtkSMProxy* grouping)
{
  std::vector<std::set<FilterIds::Id>> groups;
  auto* property = grouping->GetProperty("GroupMembers");
  if (!property)
  {
    return groups;
  }
  grouping->UpdatePropertyInformation(property);
  vtkSMPropertyHelper members(property);
  for (unsigned int i = 0; i < members.GetNumberOfElements(); ++i)
  {
    std::istringstream text(members.GetAsString(i));
    groups.emplace_back(
      std::istream_iterator<FilterIds::Id>(text), std::istream_iterator<FilterIds::Id>());
  }
  return groups;
}

template <typename Action>
void forEachPortBehind(pqPipelineSource* producer, const Action& action)
{
  for (auto* source : pqSceneViews::sourcesOf(producer))
  {
    for (auto* port : source->getOutputPorts())
    {
      const int field = fieldOf(port);
      if (field != notSelectable)
      {
        action(port, field);
      }
    }
  }
}

} // namespace

//-----------------------------------------------------------------------------
pqFilterSelection& pqFilterSelection::instance()
{
  static QPointer<pqFilterSelection> only;
  if (!only)
  {
    only = new pqFilterSelection(pqApplicationCore::instance());
  }
  return *only;
}

//-----------------------------------------------------------------------------
pqFilterSelection::pqFilterSelection(QObject* parentObject)
  : QObject(parentObject)
{
  if (auto* manager = pqPVApplicationCore::instance()->selectionManager())
  {
    QObject::connect(
      manager, &pqSelectionManager::selectionChanged, this, &pqFilterSelection::onSelectionChanged);
  }
}

//-----------------------------------------------------------------------------
pqPipelineSource* pqFilterSelection::producer() const
{
  return this->Producer;
}

//-----------------------------------------------------------------------------
std::map<std::int64_t, std::string> pqFilterSelection::layerNames() const
{
  std::map<std::int64_t, std::string> names;
  auto* port = this->Producer ? this->Producer->getOutputPort(0) : nullptr;
  auto* information = port ? port->getDataInformation() : nullptr;
  auto* assembly = information ? information->GetDataAssembly() : nullptr;
  if (assembly)
  {
    for (const int node : assembly->GetChildNodes(assembly->GetRootNode(), true))
    {
      const int layer = assembly->GetAttributeOrDefault(node, "layer_id", -1);
      if (layer >= 0)
      {
        names[layer] = assembly->GetAttributeOrDefault(node, "label", assembly->GetNodeName(node));
      }
    }
  }
  return names;
}

//-----------------------------------------------------------------------------
void pqFilterSelection::onSelectionChanged(pqOutputPort* port)
{
  if (this->Lighting)
  {
    return;
  }
  auto* producer = port ? pqSceneViews::producerOf(port->getSource()) : nullptr;
  if (!producer || fieldOf(port) == notSelectable)
  {
    this->clear();
    return;
  }
  this->select(producer, selectedIn(port));
}

//-----------------------------------------------------------------------------
void pqFilterSelection::select(pqPipelineSource* producer, const std::set<FilterIds::Id>& ids)
{
  if (this->Producer && this->Producer != producer)
  {
    this->clear();
  }
  this->Producer = producer;
  this->Ids = ids;
  this->light();
  if (ids.empty())
  {
    this->Producer = nullptr;
  }
  Q_EMIT this->changed();
}

//-----------------------------------------------------------------------------
void pqFilterSelection::clear()
{
  if (this->Producer)
  {
    this->select(this->Producer, {});
  }
}

//-----------------------------------------------------------------------------
void pqFilterSelection::selectGroups()
{
  if (!this->Producer)
  {
    return;
  }
  auto ids = this->Ids;
  for (auto* source : pqSceneViews::sourcesOf(this->Producer))
  {
    for (const auto& group : groupsOf(source->getProxy()))
    {
      const bool touched = std::any_of(
        group.begin(), group.end(), [this](auto id) { return this->Ids.count(id) > 0; });
      if (touched)
      {
        ids.insert(group.begin(), group.end());
      }
    }
  }
  this->select(this->Producer, ids);
}

//-----------------------------------------------------------------------------
void pqFilterSelection::light()
{
  const QScopedValueRollback<bool> lighting(this->Lighting, true);
  auto* proxies = this->Producer->proxyManager();
  forEachPortBehind(this->Producer,
    [&](pqOutputPort* port, int field)
    {
      // ParaView's selection manager knows one selected port and would clear the others.
      const QSignalBlocker quiet(port->getSource());
      if (this->Ids.empty())
      {
        port->getSourceProxy()->CleanSelectionInputs(port->getPortNumber());
      }
      else
      {
        port->setSelectionInput(newSelection(proxies, this->Ids, field), 0);
      }
      port->renderAllViews(false);
    });
}
