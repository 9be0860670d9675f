#include "NetworkContents.h"

#include "Core/NetworkTensors.h"

#include "vtkNew.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

namespace
{

constexpr std::array<const char*, 8> columns = { "Tensor", "Layer", "Kind", "FileShape", "Axes",
  "Type", "Shape", "LeftOut" };

/// That a summary names.
constexpr std::size_t mostReasons = 4;

std::string Product(const std::vector<std::int64_t>& extents)
{
  std::string text;
  for (const std::int64_t extent : extents)
  {
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  }
  return text.empty() ? "1" : text;
}

std::vector<vtkNew<vtkStringArray>> AddColumns(vtkTable* table)
{
  table->Initialize();
  std::vector<vtkNew<vtkStringArray>> added(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
  {
    added[i]->SetName(columns[i]);
    table->AddColumn(added[i]);
  }
  return added;
}

std::string Count(std::size_t number, const char* what)
{
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}

namespace NetworkContents
{

void FillNothing(vtkTable* table)
{
  AddColumns(table);
}

void Fill(vtkTable* table, const tensorview::NetworkTensors& network)
{
  const auto added = AddColumns(table);
  const auto addRow = [&](const std::array<std::string, columns.size()>& cells)
  {
    for (std::size_t i = 0; i < cells.size(); ++i)
    {
      added[i]->InsertNextValue(cells[i]);
    }
  };
  for (std::size_t i = 0; i < network.model.tensors.size(); ++i)
  {
    const tensorview::TensorDescription& tensor = network.model.tensors[i];
    const tensorview::TensorEntry& entry = network.catalogue.tensors[i];
    const tensorview::TensorShape& s = tensor.shape;
    addRow({ entry.name, tensor.layer, tensor.kind, Product(network.fileShapes[i]), network.axes[i],
      tensorview::elementName(entry.type), Product({ s.filters, s.channels, s.rows, s.columns }),
      "" });
  }
  for (const auto& tensor : network.leftOut)
  {
    addRow({ tensor.name, "", "", Product(tensor.fileShape), "", tensor.type, "", tensor.reason });
  }
}

std::string Summary(const tensorview::NetworkTensors& network)
{
  std::string text = network.catalogue.format + ": " +
                     Count(network.model.tensors.size(), "tensor") + " in " +
                     Count(network.model.layers.size(), "layer") + ".";
  std::set<std::string> orders;
  for (std::size_t i = 0; i < network.axes.size(); ++i)
  {
    if (network.model.tensors[i].kind == tensorview::kinds::weight && network.axes[i].size() > 1)
    {
      orders.insert(network.axes[i]);
    }
  }
  for (const std::string& order : orders)
  {
    text += (order == *orders.begin() ? " Axes of weights: " : ", ") + order;
  }
  text += orders.empty() ? "" : ".";
  std::map<std::string, std::size_t> reasons;
  for (const auto& tensor : network.leftOut)
  {
    ++reasons[tensor.reason];
  }
  std::size_t told = 0;
  for (const auto& [reason, count] : reasons)
  {
    if (++told > mostReasons)
    {
      text += " Others are left out for other reasons: see Contents.";
      break;
    }
    text += " Left out: " + Count(count, "tensor") + " (" + reason + ").";
  }
  for (const std::string& note : network.notes)
  {
    text += " " + note;
  }
  return text;
}

}
