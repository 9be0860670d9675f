#ifndef pqPruneTable_h
#define pqPruneTable_h

#include <QAbstractTableModel>

#include <limits>
#include <vector>

/// A decision: filters that would go, and the one that takes over their work.
struct pqPruneRow
{
  std::vector<int> goes;
  int stays = -1; ///< -1 = none in particular
  double similarity = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();
  bool taken = true; ///< ticked: the filters shall go
};

/// The table of the page "Prune": a row for each decision, with a check box to take or leave it.
class pqPruneTable : public QAbstractTableModel
{
  Q_OBJECT

public:
  enum Column
  {
    Goes,
    Stays,
    Similarity,
    Error,
    ColumnCount
  };

  explicit pqPruneTable(QObject* parent = nullptr);

  const std::vector<pqPruneRow>& rows() const { return this->Rows; }
  /// Where the same filters go as in an old row, its check box is kept.
  void setRows(std::vector<pqPruneRow> rows);
  /// Takes the first `count` rows and leaves the others.
  void takeFirst(int count);

  /// Of the rows that are taken. Survivors: one for each slot, -1 = none in particular.
  std::vector<int> slotsThatGo() const;
  std::vector<int> survivors() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
  /// By hand.
  void ticked();

private:
  Q_DISABLE_COPY(pqPruneTable)
  std::vector<pqPruneRow> Rows;
};

#endif
