#include "pqPruneTable.h"

#include "FilterIds.h"
#include "PruneText.h"

#include <algorithm>

namespace
{

QString slotText(const std::vector<int>& list)
{
  return QString::fromStdString(FilterIds::slotText({ list.begin(), list.end() }, 0));
}

bool sameFilters(const pqPruneRow& a, const pqPruneRow& b)
{
  return a.goes == b.goes && a.stays == b.stays;
}

} // namespace

//-----------------------------------------------------------------------------
pqPruneTable::pqPruneTable(QObject* parentObject)
  : QAbstractTableModel(parentObject)
{
}

//-----------------------------------------------------------------------------
void pqPruneTable::setRows(std::vector<pqPruneRow> fresh)
{
  for (pqPruneRow& row : fresh)
  {
    const auto old = std::find_if(this->Rows.begin(), this->Rows.end(),
      [&row](const pqPruneRow& candidate) { return sameFilters(candidate, row); });
    row.taken = old != this->Rows.end() ? old->taken : row.taken;
  }
  // What is selected in the table stays so as long as it is of the same filters.
  const bool same = fresh.size() == this->Rows.size() &&
                    std::equal(fresh.begin(), fresh.end(), this->Rows.begin(), sameFilters);
  if (same && !fresh.empty())
  {
    this->Rows = std::move(fresh);
    Q_EMIT this->dataChanged(this->index(0, 0), this->index(this->rowCount() - 1, ColumnCount - 1));
    return;
  }
  this->beginResetModel();
  this->Rows = std::move(fresh);
  this->endResetModel();
}

//-----------------------------------------------------------------------------
void pqPruneTable::takeFirst(int count)
{
  for (int row = 0; row < this->rowCount(); ++row)
  {
    this->Rows[static_cast<std::size_t>(row)].taken = row < count;
  }
  if (!this->Rows.empty())
  {
    Q_EMIT this->dataChanged(this->index(0, Goes), this->index(this->rowCount() - 1, Goes));
  }
}

//-----------------------------------------------------------------------------
std::vector<int> pqPruneTable::slotsThatGo() const
{
  std::vector<int> list;
  for (const pqPruneRow& row : this->Rows)
  {
    if (row.taken)
    {
      list.insert(list.end(), row.goes.begin(), row.goes.end());
    }
  }
  return list;
}

//-----------------------------------------------------------------------------
std::vector<int> pqPruneTable::survivors() const
{
  std::vector<int> list;
  for (const pqPruneRow& row : this->Rows)
  {
    if (row.taken)
    {
      list.insert(list.end(), row.goes.size(), row.stays);
    }
  }
  return list;
}

//-----------------------------------------------------------------------------
int pqPruneTable::rowCount(const QModelIndex& parentIndex) const
{
  return parentIndex.isValid() ? 0 : static_cast<int>(this->Rows.size());
}

//-----------------------------------------------------------------------------
int pqPruneTable::columnCount(const QModelIndex& parentIndex) const
{
  return parentIndex.isValid() ? 0 : ColumnCount;
}

//-----------------------------------------------------------------------------
QVariant pqPruneTable::data(const QModelIndex& place, int role) const
{
  if (!place.isValid() || place.row() >= this->rowCount())
  {
    return {};
  }
  const pqPruneRow& row = this->Rows[static_cast<std::size_t>(place.row())];
  if (role == Qt::CheckStateRole && place.column() == Goes)
  {
    return row.taken ? Qt::Checked : Qt::Unchecked;
  }
  if (role == Qt::TextAlignmentRole && place.column() >= Similarity)
  {
    return int{ Qt::AlignRight | Qt::AlignVCenter };
  }
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
  {
    return {};
  }
  switch (place.column())
  {
    case Goes:
      return slotText(row.goes);
    case Stays:
      return row.stays < 0 ? QString("-") : QString::number(row.stays);
    case Similarity:
      return QString::fromStdString(tensorview::numberText(row.similarity));
    default:
      return QString::fromStdString(tensorview::numberText(row.error));
  }
}

//-----------------------------------------------------------------------------
bool pqPruneTable::setData(const QModelIndex& place, const QVariant& value, int role)
{
  if (!place.isValid() || place.row() >= this->rowCount() || place.column() != Goes ||
      role != Qt::CheckStateRole)
  {
    return false;
  }
  this->Rows[static_cast<std::size_t>(place.row())].taken = value.toInt() == Qt::Checked;
  Q_EMIT this->dataChanged(place, place);
  Q_EMIT this->ticked();
  return true;
}

//-----------------------------------------------------------------------------
QVariant pqPruneTable::headerData(int section, Qt::Orientation orientation, int role) const
{
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
  {
    return {};
  }
  const char* const names[] = { "Goes", "Stays", "Similarity", "Error" };
  const char* const tips[] = { "Filters that are removed, where this is ticked",
    "The filter that takes over their work; -: none in particular",
    "Smallest correlation of the group's pairs",
    "Predicted relative change of what the next layers get (0.05 is little, 0.5 is half of it); of "
    "a ranking: with all rows above" };
  return role == Qt::DisplayRole   ? QVariant(tr(names[section]))
         : role == Qt::ToolTipRole ? QVariant(tr(tips[section]))
                                   : QVariant();
}

//-----------------------------------------------------------------------------
Qt::ItemFlags pqPruneTable::flags(const QModelIndex& place) const
{
  const auto usual = QAbstractTableModel::flags(place);
  return place.column() == Goes ? usual | Qt::ItemIsUserCheckable : usual;
}
