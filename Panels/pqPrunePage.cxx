#include "pqPrunePage.h"
#include "ui_PrunePage.h"

#include "FilterIds.h"
#include "PruneText.h"
#include "TrainingText.h"
#include "pqAutoPruneSection.h"
#include "pqFilterGroups.h"
#include "pqFilterSelection.h"
#include "pqPipelineSource.h"
#include "pqPruneCommands.h"
#include "pqPruneStatus.h"
#include "pqPruneTable.h"
#include "pqServerState.h"
#include "pqTrainerStatus.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"

#include <QAbstractItemView>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QPointer>
#include <QSignalBlocker>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <optional>

namespace
{

constexpr int groupDelay = 100;    ///< ms from a move of the slider to the groups
constexpr int groupInterval = 500; ///< ms to the second look at the groups; longer to the next ones
constexpr int mostLooks = 10;      ///< at the groups of a step; their errors may come late
constexpr int groupShare = 5;      ///< a look of n ms makes the next one wait 5 n ms
constexpr double sliderUnit = 0.01;

/// How filters are chosen, as the widget `way` lists it.
enum class Way
{
  Groups,
  Ranked,
  Selection
};

QString asText(const std::string& text)
{
  return QString::fromStdString(text);
}

QString sentence(const QString& text)
{
  return asText(tensorview::sentence(text.toStdString()));
}

} // namespace

//-----------------------------------------------------------------------------
class pqPrunePage::pqInternals
{
public:
  explicit pqInternals(pqPrunePage* page)
    : Page(page)
  {
    auto* body = new QWidget(page);
    this->Ui.setupUi(body);
    page->setWidget(body);
    this->Ui.busy->hide();
    this->Ui.automaticFrame->setVisible(this->Ui.automaticExpander->checked());
    QObject::connect(this->Ui.automaticExpander, &pqExpanderButton::toggled,
      this->Ui.automaticFrame, &QWidget::setVisible);
    this->Ui.table->setModel(&this->Table);
    this->Ui.table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    this->Ui.table->horizontalHeader()->setSectionResizeMode(
      pqPruneTable::Goes, QHeaderView::Stretch);
    this->Ui.table->verticalHeader()->setDefaultSectionSize(
      this->Ui.table->fontMetrics().height() + 6);
    auto* header = this->Ui.history->header();
    header->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    header->setSectionResizeMode(1, QHeaderView::Stretch);
    header->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    header->setStretchLastSection(false);
    this->Ui.history->setProperty("edits", 0); // GUI tests wait for such numbers
    this->connectChoices();
    this->connectTable();
    this->connectCommands();
    this->Regroup.setSingleShot(true);
    this->Regroup.setInterval(groupDelay);
    QObject::connect(&this->Regroup, &QTimer::timeout, page, [this]() { this->showGroups(); });
    this->updateEnabled();
  }

  void setTrainer(pqPipelineSource* trainer)
  {
    this->Trainer = trainer;
    this->Finder.setTrainer(trainer);
    this->Edits = {};
    this->Status = {};
    this->KnownEdits = -1;
    this->KnownPreviews = -1;
    this->Given = 0;
    this->showLayers({});
    this->showHistory({});
    this->Ui.result->clear();
    this->forgetPreview();
    this->showTolerance();
    this->updateEnabled();
  }

  void poll(const pqTrainerStatus& status)
  {
    auto* trainer = this->proxy();
    if (!trainer || !this->Page->isVisible())
    {
      return;
    }
    const bool back = status.step < this->Status.step;
    const bool fresh = back || status.state != this->Status.state || status.step == 0;
    this->Status = status;
    this->Edits = pqPruneStatus::pull(trainer);
    if (fresh || this->Edits.editCount != this->KnownEdits)
    {
      this->showLayers(pqPruneStatus::pullLayers(trainer));
      this->showHistory(pqPruneStatus::pullEdits(trainer));
    }
    this->showPreview();
    if (back || this->Edits.editCount != this->KnownEdits)
    {
      this->KnownEdits = this->Edits.editCount;
      this->forgetPreview(); // it was of another network
    }
    this->showOutcome();
    this->showTolerance();
    if (this->GroupsStep != status.step)
    {
      this->Looks = 0;
    }
    if (this->Looks < mostLooks &&
        (!this->SinceGroups.isValid() || this->SinceGroups.elapsed() > this->GroupsPause))
    {
      this->showGroups();
    }
    this->updateEnabled();
  }

  void chooseSelection()
  {
    this->Ui.way->setCurrentIndex(static_cast<int>(Way::Selection));
    this->showSelection();
  }

  void wake()
  {
    this->Looks = 0;
    this->Regroup.start();
  }

private:
  vtkSMProxy* proxy() const { return this->Trainer ? this->Trainer->getProxy() : nullptr; }
  Way way() const { return static_cast<Way>(this->Ui.way->currentIndex()); }

  //--- Choices

  void connectChoices()
  {
    QObject::connect(this->Ui.layer, QOverload<int>::of(&QComboBox::currentIndexChanged),
      this->Page, [this]() { this->changeLayer(); });
    QObject::connect(this->Ui.way, QOverload<int>::of(&QComboBox::currentIndexChanged), this->Page,
      [this](int index)
      {
        this->Ui.ways->setCurrentIndex(index);
        this->Table.setRows({});
        this->showRows();
      });
    QObject::connect(this->Ui.threshold, &QSlider::valueChanged, this->Page,
      [this](int value) { this->Ui.thresholdValue->setValue(sliderUnit * value); });
    QObject::connect(this->Ui.thresholdValue, QOverload<double>::of(&QDoubleSpinBox::valueChanged),
      this->Page,
      [this](double value)
      {
        const QSignalBlocker blocker(this->Ui.threshold);
        this->Ui.threshold->setValue(static_cast<int>(std::lround(value / sliderUnit)));
        this->wake();
      });
    QObject::connect(
      this->Ui.allPairs, &QCheckBox::toggled, this->Page, [this]() { this->wake(); });
    QObject::connect(this->Ui.remaining, QOverload<int>::of(&QSpinBox::valueChanged), this->Page,
      [this]() { this->takeRanked(); });
    QObject::connect(this->Ui.pruneChoice, &pqChoiceBox::choiceChanged, this->Page,
      [this]() { this->forgetPreview(); });
    QObject::connect(this->Ui.tolerance, QOverload<double>::of(&QDoubleSpinBox::valueChanged),
      this->Page,
      [this](double points)
      {
        if (auto* trainer = this->proxy())
        {
          pqPruneCommands::setTolerance(
            trainer, "AccuracyTolerance", points < 0.0 ? -1.0 : points / 100.0);
        }
      });
    QObject::connect(&pqFilterSelection::instance(), &pqFilterSelection::changed, this->Page,
      [this]()
      {
        this->showSelection();
        this->updateEnabled();
      });
  }

  const tensorview::PrunableLayer* layer() const
  {
    const int index = this->Ui.layer->currentIndex();
    return index >= 0 && index < static_cast<int>(this->Layers.size())
             ? &this->Layers[static_cast<std::size_t>(index)]
             : nullptr;
  }

  QString layerName() const { return this->layer() ? asText(this->layer()->name) : QString(); }

  /// The list of layers; the same one stays chosen.
  void showLayers(const QStringList& texts)
  {
    if (texts == this->LayerTexts)
    {
      return;
    }
    this->LayerTexts = texts;
    QString chosen = this->layerName();
    if (chosen.isEmpty() && this->proxy())
    {
      chosen = QString::fromUtf8(vtkSMPropertyHelper(this->proxy(), "EditLayer").GetAsString());
    }
    const QString before = this->layerName();
    this->Layers.clear();
    const QSignalBlocker blocker(this->Ui.layer);
    this->Ui.layer->clear();
    for (const QString& text : texts)
    {
      if (const auto known = tensorview::parsePrunableLayer(text.toStdString()))
      {
        this->Layers.push_back(*known);
        this->Ui.layer->addItem(
          asText(known->name + ", " + tensorview::countText(known->filters, "filter")),
          asText(known->name));
      }
    }
    this->Ui.layer->setCurrentIndex(std::max(0, this->Ui.layer->findData(chosen)));
    this->Ui.layer->setProperty("filters", static_cast<int>(this->filters()));
    this->limitRemaining();
    if (this->layerName() != before)
    {
      this->changeLayer();
    }
  }

  qint64 filters() const { return this->layer() ? this->layer()->filters : 0; }

  void changeLayer()
  {
    this->Ui.layer->setProperty("filters", static_cast<int>(this->filters()));
    this->limitRemaining();
    this->forgetPreview();
  }

  void limitRemaining()
  {
    const QSignalBlocker blocker(this->Ui.remaining);
    const int most = std::max(1, static_cast<int>(this->filters()) - 1);
    const bool untouched = this->Ui.remaining->value() == this->Ui.remaining->maximum();
    this->Ui.remaining->setMaximum(most);
    if (untouched)
    {
      this->Ui.remaining->setValue(most);
    }
  }

  void showTolerance()
  {
    auto* trainer = this->proxy();
    if (trainer && !this->Ui.tolerance->hasFocus())
    {
      const QSignalBlocker blocker(this->Ui.tolerance);
      const double tolerance = vtkSMPropertyHelper(trainer, "AccuracyTolerance").GetAsDouble();
      this->Ui.tolerance->setValue(
        tolerance < 0.0 ? this->Ui.tolerance->minimum() : 100.0 * tolerance);
    }
  }

  //--- The table

  void connectTable()
  {
    QObject::connect(&this->Table, &pqPruneTable::ticked, this->Page,
      [this]()
      {
        this->ByHand = true;
        this->updateEnabled();
      });
    QObject::connect(this->Ui.table, &QAbstractItemView::clicked, this->Page,
      [this](const QModelIndex& place) { this->lightRow(place.row()); });
  }

  /// What the chosen way offers.
  void showRows()
  {
    this->ByHand = false;
    switch (this->way())
    {
      case Way::Groups:
        this->wake();
        break;
      case Way::Ranked:
        this->showRanking();
        break;
      default:
        this->showSelection();
        break;
    }
    this->updateEnabled();
  }

  /// Finds the groups anew, if they are looked at.
  void showGroups()
  {
    if (this->way() != Way::Groups || !this->Page->isVisible() || !this->layer() ||
        !this->Trainer || !pqServerState::answers(this->Trainer->getServer()))
    {
      return;
    }
    QElapsedTimer clock;
    clock.start();
    const auto found = this->Finder.find(this->layerName(), this->Ui.thresholdValue->value(),
      this->Ui.allPairs->isChecked(), ++this->Looks);
    std::vector<pqPruneRow> rows;
    for (const tensorview::FilterGroup& group : found.groups)
    {
      pqPruneRow row;
      row.goes.assign(group.members.begin() + 1, group.members.end());
      row.stays = group.members.front();
      row.similarity = group.similarity;
      row.error = group.predictedError;
      rows.push_back(row);
    }
    this->Table.setRows(std::move(rows));
    this->Ui.table->setProperty("groups", this->Table.rowCount());
    this->GroupsNote = found.note;
    this->GroupsStep = this->Status.step;
    // While training stands still, what is not known yet is about to be computed.
    this->GroupsPause = std::max<qint64>(
      (found.complete ? 1 : this->Looks) * groupInterval, groupShare * clock.elapsed());
    this->Looks = found.complete ? mostLooks : this->Looks;
    this->SinceGroups.start();
    this->updateEnabled();
  }

  void showRanking()
  {
    if (this->way() != Way::Ranked || this->ByHand)
    {
      return;
    }
    std::vector<pqPruneRow> rows;
    if (this->Preview)
    {
      for (const tensorview::PrunePreview::Ranked& ranked : this->Preview->ranking)
      {
        pqPruneRow row;
        row.goes = { ranked.slot };
        row.stays = ranked.survivor;
        row.error = ranked.predictedError;
        if (this->Ui.pruneChoice->choice() == "correlated")
        {
          row.similarity = ranked.score;
        }
        rows.push_back(row);
      }
    }
    this->Table.setRows(std::move(rows));
    this->takeRanked();
  }

  void takeRanked()
  {
    if (this->way() == Way::Ranked)
    {
      this->ByHand = false;
      this->Table.takeFirst(static_cast<int>(this->filters()) - this->Ui.remaining->value());
      this->updateEnabled();
    }
  }

  /// The selected filters of this trainer.
  std::set<FilterIds::Id> selectedIds() const
  {
    const auto& selection = pqFilterSelection::instance();
    return this->Trainer && selection.producer() == this->Trainer ? selection.ids()
                                                                  : std::set<FilterIds::Id>();
  }

  std::vector<int> selectedSlots() const
  {
    std::vector<int> list;
    for (const auto id : this->selectedIds())
    {
      if (this->layer() && FilterIds::layerOf(id) == this->layer()->id)
      {
        list.push_back(static_cast<int>(FilterIds::slotOf(id)));
      }
    }
    return list;
  }

  void showSelection()
  {
    const auto ids = this->selectedIds();
    const QString none = tr("Select filters in a view of this network.");
    this->Ui.selected->setText(
      ids.empty() ? none
                  : asText(FilterIds::describe(ids, pqFilterSelection::instance().layerNames())));
    if (this->way() != Way::Selection)
    {
      return;
    }
    if (this->selectedSlots().empty())
    {
      this->chooseLayerOf(ids);
    }
    std::vector<pqPruneRow> rows;
    for (const int slot : this->selectedSlots())
    {
      pqPruneRow row;
      row.goes = { slot };
      if (this->Preview)
      {
        const auto& ranking = this->Preview->ranking;
        const auto ranked = std::find_if(ranking.begin(), ranking.end(),
          [slot](const auto& candidate) { return candidate.slot == slot; });
        row.error = ranked != ranking.end() ? ranked->predictedError : std::nan("");
      }
      rows.push_back(row);
    }
    this->Table.setRows(std::move(rows));
    this->updateEnabled();
  }

  /// Of these filters the first that can be pruned decides.
  void chooseLayerOf(const std::set<FilterIds::Id>& ids)
  {
    for (const auto id : ids)
    {
      for (std::size_t i = 0; i < this->Layers.size(); ++i)
      {
        if (this->Layers[i].id == FilterIds::layerOf(id))
        {
          const QSignalBlocker blocker(this->Ui.layer);
          this->Ui.layer->setCurrentIndex(static_cast<int>(i));
          this->Ui.layer->setProperty("filters", static_cast<int>(this->filters()));
          this->limitRemaining();
          this->Preview.reset();
          return;
        }
      }
    }
  }

  /// Lights the filters of a row in all views.
  void lightRow(int row)
  {
    if (this->way() == Way::Selection || !this->layer() || row < 0 || row >= this->Table.rowCount())
    {
      return;
    }
    const pqPruneRow& chosen = this->Table.rows()[static_cast<std::size_t>(row)];
    const auto first = this->layer()->id * FilterIds::slotsPerLayer;
    std::set<FilterIds::Id> ids;
    for (const int slot : chosen.goes)
    {
      ids.insert(first + slot);
    }
    if (chosen.stays >= 0 && this->way() == Way::Groups)
    {
      ids.insert(first + chosen.stays);
    }
    pqFilterSelection::instance().select(this->Trainer, ids);
  }

  //--- Commands

  void connectCommands()
  {
    const auto onClick = [this](QPushButton* button, const QString& doing, auto action)
    {
      QObject::connect(button, &QPushButton::clicked, this->Page,
        [this, button, doing, action]()
        {
          if (auto* trainer = this->proxy())
          {
            action(trainer);
            this->Given = pqPruneStatus::pullCommandId(trainer);
            this->Applying = button == this->Ui.apply;
            this->Ui.result->setText(doing);
            this->setBusy(true);
            this->updateEnabled();
            Q_EMIT this->Page->commandGiven();
          }
        });
    };
    onClick(this->Ui.preview, tr("Looking what this would cost, beside the training ..."),
      [this](vtkSMProxy* trainer) {
        pqPruneCommands::preview(trainer, this->wish(this->way() != Way::Ranked || this->ByHand));
      });
    onClick(this->Ui.apply, tr("Preparing the edit, beside the training ..."),
      [this](vtkSMProxy* trainer)
      { pqPruneCommands::apply(trainer, this->wish(this->Table.rowCount() > 0)); });
    onClick(this->Ui.undo, tr("Going back ..."),
      [this](vtkSMProxy* trainer)
      { pqPruneCommands::undo(trainer, QString("given after step %1").arg(this->Status.step)); });
    onClick(this->Ui.redo, tr("Going forth ..."),
      [](vtkSMProxy* trainer) { pqPruneCommands::redo(trainer); });
    onClick(this->Ui.freeze, tr("Freezing ..."),
      [this](vtkSMProxy* trainer)
      { pqPruneCommands::freeze(trainer, this->layerName(), this->selectedSlots(), true); });
    onClick(this->Ui.unfreeze, tr("Unfreezing ..."),
      [this](vtkSMProxy* trainer)
      { pqPruneCommands::freeze(trainer, this->layerName(), this->selectedSlots(), false); });
  }

  /// @param named the filters that are ticked in the table; else the trainer chooses
  pqPruneCommands::Wish wish(bool named) const
  {
    pqPruneCommands::Wish wish;
    wish.layer = this->layerName();
    if (named)
    {
      wish.removed = this->Table.slotsThatGo();
      if (this->way() == Way::Groups)
      {
        wish.survivors = this->Table.survivors();
      }
    }
    else
    {
      wish.remaining = this->Ui.remaining->value();
      wish.choice = this->Ui.pruneChoice->choice();
    }
    return wish;
  }

  /// How many filters would go.
  qint64 goers() const
  {
    return this->way() == Way::Ranked && !this->ByHand
             ? this->filters() - this->Ui.remaining->value()
             : static_cast<qint64>(this->Table.slotsThatGo().size());
  }

  //--- What the trainer says

  void forgetPreview()
  {
    this->Preview.reset();
    this->ByHand = false;
    this->Table.setRows({});
    this->showRows();
  }

  void showPreview()
  {
    if (this->Edits.previewCount == this->KnownPreviews)
    {
      return;
    }
    const bool first = this->KnownPreviews < 0;
    this->KnownPreviews = this->Edits.previewCount;
    if (first || this->Edits.previewCount == 0)
    {
      return; // of before this page looked
    }
    auto preview =
      tensorview::parsePreview(pqPruneStatus::pullPreview(this->proxy()).toStdString());
    if (!preview || asText(preview->layer) != this->layerName())
    {
      return;
    }
    this->Preview = std::move(preview);
    this->Ui.table->setProperty("previews", this->Edits.previewCount);
    this->showRanking();
    this->showSelection();
  }

  void setBusy(bool busy)
  {
    this->Ui.busy->setVisible(busy);
    this->Ui.result->setProperty("busy", busy);
  }

  /// What became of the last command of this page.
  void showOutcome()
  {
    if (this->Given == 0)
    {
      return;
    }
    const bool mine = this->Edits.commandId == this->Given;
    const QString state = mine ? this->Edits.commandState : QString("done");
    if (state == "requested" || state == "running")
    {
      return;
    }
    this->Given = 0;
    this->setBusy(false);
    if (this->Applying && state == "done" && this->way() == Way::Selection)
    {
      pqFilterSelection::instance().clear(); // those filters are no more
    }
    this->Ui.result->setProperty("outcome", state);
    const bool previewed = this->Preview && mine && state == "done";
    this->Ui.result->setText(previewed ? asText(tensorview::previewText(*this->Preview))
                             : mine    ? sentence(this->Edits.commandReason)
                                       : QString());
  }

  void showHistory(const QStringList& lines)
  {
    if (lines == this->HistoryLines)
    {
      return;
    }
    this->HistoryLines = lines;
    this->Ui.history->clear();
    for (const QString& line : lines)
    {
      if (const auto row = tensorview::parseEdit(line.toStdString()))
      {
        auto* item = new QTreeWidgetItem(
          { asText(std::to_string(row->step)), asText(row->what), asText(row->accuracy) });
        for (int column = 0; column < this->Ui.history->columnCount(); ++column)
        {
          item->setToolTip(column, asText(row->details));
        }
        this->Ui.history->insertTopLevelItem(0, item);
      }
    }
    this->Ui.history->setProperty("edits", this->Ui.history->topLevelItemCount());
  }

  /// Why there is nothing to preview or apply; empty if there is.
  QString obstacle() const
  {
    const QString& state = this->Status.state;
    if (!this->Trainer)
    {
      return tr("There is no trainer yet.");
    }
    if (state == "finished" || state == "failed")
    {
      return tr("The training has ended. Start begins a fresh one.");
    }
    if (!this->layer())
    {
      return tr("The network is not ready yet.");
    }
    if (this->goers() >= this->filters())
    {
      return tr("One filter at least must stay.");
    }
    if (this->goers() > 0)
    {
      return {};
    }
    switch (this->way())
    {
      case Way::Groups:
        return this->Table.rowCount() > 0
                 ? tr("Tick the groups that shall be merged.")
                 : tr("No filters are that similar. Lower the similarity.");
      case Way::Ranked:
        return tr("Tick the filters that shall go.");
      default:
        return this->Table.rowCount() > 0
                 ? tr("Tick the filters that shall go.")
                 : tr("No filter of a layer that can be pruned is selected.");
    }
  }

  QString foundText() const
  {
    const auto would = tensorview::countText(this->goers(), "filter") + " of " +
                       std::to_string(this->filters()) + " would go.";
    const auto groups = this->way() == Way::Groups
                          ? tensorview::countText(this->Table.rowCount(), "group") + ", "
                          : std::string();
    const QString hint = this->way() == Way::Ranked && this->Table.rowCount() == 0
                           ? tr(" Preview shows which.")
                           : QString();
    return asText(groups + would) + hint;
  }

  void updateEnabled()
  {
    const QString obstacle = this->obstacle();
    this->Ui.found->setText(obstacle.isEmpty() ? this->foundText() : obstacle);
    this->Ui.found->setToolTip(this->way() == Way::Groups ? this->GroupsNote : QString());
    this->Ui.found->setProperty("goers", static_cast<int>(this->goers()));
    const bool alive = this->layer() && this->Status.state != "finished" &&
                       this->Status.state != "failed" && !this->Status.state.isEmpty();
    const bool free = alive && this->Given == 0;
    for (QWidget* widget : std::initializer_list<QWidget*>{
           this->Ui.layer, this->Ui.way, this->Ui.ways, this->Ui.table, this->Ui.tolerance })
    {
      widget->setEnabled(alive);
    }
    this->Ui.preview->setEnabled(free && obstacle.isEmpty());
    this->Ui.apply->setEnabled(free && obstacle.isEmpty());
    this->Ui.undo->setEnabled(free && this->Edits.undoCount > 0);
    this->Ui.redo->setEnabled(free && this->Edits.redoCount > 0);
    this->Ui.redo->setToolTip(
      this->Edits.redoCount > 0
        ? tr("Go to step %1, where the newest Undo was given.").arg(this->Edits.redoStep)
        : tr("Nothing was undone."));
    this->Ui.automatic->show(
      alive ? this->proxy() : nullptr, this->layerName(), static_cast<int>(this->filters()));
    this->Ui.freeze->setEnabled(free);
    this->Ui.unfreeze->setEnabled(free);
    this->Ui.undoNote->setText(asText(tensorview::undoText(
      alive ? this->Edits.undoStep : -1, this->Status.step, !this->Status.recordingTo.isEmpty())));
  }

  pqPrunePage* Page;
  Ui::PrunePage Ui;
  QPointer<pqPipelineSource> Trainer;
  pqFilterGroups Finder;
  pqPruneTable Table;
  pqTrainerStatus Status;
  pqPruneStatus Edits;
  QStringList HistoryLines;
  QStringList LayerTexts; ///< as the trainer lists its layers
  std::vector<tensorview::PrunableLayer> Layers;
  std::optional<tensorview::PrunePreview> Preview; ///< of this layer and way of choosing
  bool ByHand = false;                             ///< check boxes of the table were clicked
  int Given = 0;                                   ///< id of the command that is waited for
  bool Applying = false;                           ///< that command is ApplyEdit
  int KnownEdits = -1;
  int KnownPreviews = -1;
  QTimer Regroup;
  QElapsedTimer SinceGroups;
  qint64 GroupsPause = groupInterval;
  qint64 GroupsStep = -1; ///< that the groups are of
  int Looks = 0;          ///< at the groups of that step
  QString GroupsNote;
};

//-----------------------------------------------------------------------------
pqPrunePage::pqPrunePage(QWidget* parentWidget)
  : Superclass(parentWidget)
{
  this->setFrameShape(QFrame::NoFrame);
  this->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  this->setWidgetResizable(true);
  this->setFocusPolicy(Qt::NoFocus);
  this->Internals.reset(new pqInternals(this));
}

//-----------------------------------------------------------------------------
pqPrunePage::~pqPrunePage() = default;

//-----------------------------------------------------------------------------
void pqPrunePage::setTrainer(pqPipelineSource* trainer)
{
  this->Internals->setTrainer(trainer);
}

//-----------------------------------------------------------------------------
void pqPrunePage::poll(const pqTrainerStatus& status)
{
  this->Internals->poll(status);
}

//-----------------------------------------------------------------------------
void pqPrunePage::chooseSelection()
{
  this->Internals->chooseSelection();
}

//-----------------------------------------------------------------------------
void pqPrunePage::showEvent(QShowEvent* event)
{
  Superclass::showEvent(event);
  this->Internals->wake();
  Q_EMIT this->commandGiven();
}
