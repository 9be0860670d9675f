#include "pqTrainerPanel.h"
#include "ui_TrainerPanel.h"

#include "pqActiveObjects.h"
#include "pqColorRangeGrower.h"
#include "pqFocusImages.h"
#include "pqGridDisplays.h"
#include "pqLiveViews.h"
#include "pqOutsideTraining.h"
#include "pqPipelineSource.h"
#include "pqRunFollower.h"
#include "pqSceneViews.h"
#include "pqSelectionSection.h"
#include "pqServer.h"
#include "pqServerFiles.h"
#include "pqServerState.h"
#include "pqTensorViewSettings.h"
#include "pqTrainerCommands.h"
#include "pqTrainerSettings.h"
#include "pqTrainerStatus.h"
#include "pqTrainerStatusView.h"
#include "pqTrainerTracker.h"

#include "vtkNetworkAccessManager.h"
#include "vtkProcessModule.h"
#include "vtkSMProxy.h"
#include "vtkSMSession.h"

#include <QAbstractItemView>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTimer>

namespace
{

constexpr int pollInterval = 250;  ///< ms
constexpr int commandDelay = 50;   ///< ms from a command to the next look at the trainer
constexpr int growInterval = 1000; ///< ms between two looks at the colour ranges
constexpr int patience = 4;        ///< ticks in which a server does not answer
constexpr int pollShare = 5;       ///< a pull of n ms makes the next one wait 5 n ms

} // namespace

//-----------------------------------------------------------------------------
class pqTrainerPanel::pqInternals
{
public:
  pqInternals(pqTrainerPanel* panel)
    : Panel(panel)
  {
    auto* body = new QWidget(panel);
    this->Ui.setupUi(body);
    body->setObjectName("body");
    panel->setWidget(body);
    this->Settings = new pqTrainerSettings(body);
    this->StatusView.reset(new pqTrainerStatusView(this->Ui));
    this->Outside = new pqOutsideTraining(this->Ui.learningRate, this->Ui.learningRateLabel);

    this->connectCommands();
    this->connectSections();
    this->connectFileButtons();
    this->connectTrainers();
    this->connectPages();
    this->Poll.setInterval(pollInterval);
    QObject::connect(&this->Poll, &QTimer::timeout, panel, [this]() { this->poll(); });
    this->Poll.start();
    QObject::connect(&this->Grow, &QTimer::timeout, panel, [this]() { this->growColors(); });
    this->Grow.start(growInterval);
    this->showTrainers();
    this->showTrainer(this->Tracker.current());
  }

private:
  vtkSMProxy* proxy() const
  {
    auto* trainer = this->Tracker.current();
    return trainer ? trainer->getProxy() : nullptr;
  }

  void connectCommands()
  {
    const auto onClick = [this](QPushButton* button, auto action)
    {
      QObject::connect(button, &QPushButton::clicked, this->Panel,
        [this, action]()
        {
          if (auto* trainer = this->proxy())
          {
            action(trainer);
            QTimer::singleShot(commandDelay, this->Panel, [this]() { this->poll(); });
          }
        });
    };
    onClick(this->Ui.start, [](vtkSMProxy* t) { pqTrainerCommands::invoke(t, "Start"); });
    onClick(this->Ui.stop, [](vtkSMProxy* t) { pqTrainerCommands::invoke(t, "Stop"); });
    onClick(this->Ui.pause,
      [this](vtkSMProxy* t)
      {
        pqTrainerCommands::invoke(
          t, "Pause", QString("paused by hand after step %1").arg(this->Status.step));
      });
    onClick(this->Ui.step,
      [this](vtkSMProxy* t) { pqTrainerCommands::advance(t, this->Ui.advanceSteps->value()); });
    QObject::connect(this->Ui.createViews, &QPushButton::clicked, this->Panel,
      [this]()
      {
        if (auto* producer = this->sceneProducer())
        {
          pqSceneViews::create(producer);
        }
      });
    QObject::connect(this->Ui.newTrainer, &QPushButton::clicked, this->Panel,
      []()
      {
        if (auto* server = pqActiveObjects::instance().activeServer())
        {
          pqTrainerCommands::create(server);
        }
      });
  }

  /// Sections that fold, and the choices that are settings of the program.
  void connectSections()
  {
    const auto fold = [this](pqExpanderButton* button, QWidget* frame)
    {
      frame->setVisible(button->checked());
      QObject::connect(button, &pqExpanderButton::toggled, this->Panel,
        [this, frame](bool shown)
        {
          frame->setVisible(shown);
          this->fitWidth();
        });
    };
    fold(this->Ui.trainingExpander, this->Ui.trainingFrame);
    fold(this->Ui.pretrainedExpander, this->Ui.pretrainedFrame);
    fold(this->Ui.recordingExpander, this->Ui.recordingFrame);
    fold(this->Ui.runningExpander, this->Ui.runningFrame);
    fold(this->Ui.viewsExpander, this->Ui.viewsFrame);
    fold(this->Ui.advancedExpander, this->Ui.advancedFrame);

    QObject::connect(this->Ui.weightsAs, QOverload<int>::of(&QComboBox::activated), this->Panel,
      [this](int index)
      {
        pqGridDisplays::showWeights(this->sceneProducer(),
          index == 0 ? pqGridDisplays::Weights::Blocks : pqGridDisplays::Weights::FlatImage);
      });
    QObject::connect(this->Ui.showNames, &QCheckBox::clicked, this->Panel,
      [this](bool shown) { pqGridDisplays::showNames(this->sceneProducer(), shown); });

    auto* selection = new pqSelectionSection(this->Ui.viewsFrame);
    selection->setObjectName("selection");
    this->Ui.viewsLayout->addRow(selection);
    QObject::connect(selection, &pqSelectionSection::pruneRequested, this->Panel,
      [this]()
      {
        this->Ui.pages->setCurrentWidget(this->Ui.prune);
        this->Ui.prune->chooseSelection();
      });

    this->fitWidth();
    this->Ui.growColorRanges->setChecked(pqTensorViewSettings::growColorRanges());
    this->Ui.createViewsForRuns->setChecked(pqTensorViewSettings::createViewsForRuns());
    QObject::connect(
      this->Ui.growColorRanges, &QCheckBox::toggled, pqTensorViewSettings::setGrowColorRanges);
    QObject::connect(this->Ui.createViewsForRuns, &QCheckBox::toggled,
      pqTensorViewSettings::setCreateViewsForRuns);
  }

  /// The page does not scroll sideways: it is as wide as what is unfolded.
  void fitWidth()
  {
    this->Ui.settingsLayout->activate();
    this->Ui.settings->setMinimumWidth(this->Ui.settingsBody->minimumSizeHint().width() +
                                       this->Ui.settings->verticalScrollBar()->sizeHint().width());
  }

  void connectFileButtons()
  {
    const auto browse = [this](QToolButton* button, pqLineEdit* line, auto choose)
    {
      QObject::connect(button, &QToolButton::clicked, this->Panel,
        [this, line, choose]()
        {
          const QString path = choose(this->server());
          if (!path.isEmpty())
          {
            line->setText(path);
            Q_EMIT line->textChangedAndEditingFinished();
          }
        });
    };
    const QString runs = "TensorView runs (*.tvr)";
    browse(this->Ui.dataDirectoryBrowse, this->Ui.dataDirectory,
      [this](pqServer* server) {
        return pqServerFiles::chooseDirectory(server, this->Panel, tr("Folder of the data set"));
      });
    browse(this->Ui.recordFileBrowse, this->Ui.recordFile,
      [this, runs](pqServer* server)
      { return pqServerFiles::chooseNew(server, this->Panel, tr("Record to"), runs); });
    browse(this->Ui.resumeBrowse, this->Ui.resume,
      [this, runs](pqServer* server)
      { return pqServerFiles::chooseExisting(server, this->Panel, tr("Resume from"), runs); });
    browse(this->Ui.loadModelBrowse, this->Ui.loadModel,
      [this](pqServer* server)
      {
        return pqServerFiles::chooseExisting(
          server, this->Panel, tr("Weights"), "Weights (*.safetensors *.pt *.pth)");
      });
    QObject::connect(this->Ui.networkBrowse, &QToolButton::clicked, this->Panel,
      [this]()
      {
        const QString path = pqServerFiles::chooseExisting(
          this->server(), this->Panel, tr("Network"), "Network descriptions (*.json)");
        if (!path.isEmpty())
        {
          this->Ui.network->setChoice(path);
        }
      });
  }

  void connectPages()
  {
    const auto lookSoon = [this]()
    { QTimer::singleShot(commandDelay, this->Panel, [this]() { this->poll(); }); };
    QObject::connect(this->Ui.prune, &pqPrunePage::commandGiven, this->Panel, lookSoon);
    QObject::connect(this->Ui.running, &pqRunningSection::commandGiven, this->Panel, lookSoon);
  }

  void connectTrainers()
  {
    QObject::connect(&this->Tracker, &pqTrainerTracker::trainersChanged, this->Panel,
      [this]() { this->showTrainers(); });
    QObject::connect(&this->Tracker, &pqTrainerTracker::currentChanged, this->Panel,
      [this](pqPipelineSource* trainer) { this->showTrainer(trainer); });
    QObject::connect(this->Ui.trainer, QOverload<int>::of(&QComboBox::activated), this->Panel,
      [this](int index)
      {
        if (auto* trainer = this->Tracker.trainers().value(index))
        {
          pqActiveObjects::instance().setActiveSource(trainer);
          this->Tracker.setCurrent(trainer);
        }
      });
    QObject::connect(&pqActiveObjects::instance(), &pqActiveObjects::sourceChanged, this->Panel,
      [this]() { this->updateEnabled(); });
    QObject::connect(&pqActiveObjects::instance(), &pqActiveObjects::serverChanged, this->Panel,
      [this]() { this->updateEnabled(); });
    for (auto* line : { this->Ui.loadModel, this->Ui.loadModelSkip })
    {
      QObject::connect(
        line, &pqLineEdit::textChanged, this->Panel, [this]() { this->updateEnabled(); });
    }
    for (auto* box :
      { this->Ui.dataset, this->Ui.optimizer, this->Ui.learningRateSchedule, this->Ui.mode })
    {
      QObject::connect(
        box, &pqChoiceBox::choiceChanged, this->Panel, [this]() { this->updateEnabled(); });
    }
  }

  pqServer* server() const
  {
    auto* trainer = this->Tracker.current();
    return trainer ? trainer->getServer() : pqActiveObjects::instance().activeServer();
  }

  /// A recorded run that is selected, else the trainer shown.
  pqPipelineSource* sceneProducer() const
  {
    auto* selected = pqSceneViews::producerOf(pqActiveObjects::instance().activeSource());
    return selected ? selected : this->Tracker.current();
  }

  /// The list of trainers.
  void showTrainers()
  {
    const QSignalBlocker blocker(this->Ui.trainer);
    this->Ui.trainer->clear();
    const auto trainers = this->Tracker.trainers();
    for (auto* trainer : trainers)
    {
      this->Ui.trainer->addItem(trainer->getSMName());
    }
    this->Ui.trainer->setCurrentIndex(trainers.indexOf(this->Tracker.current()));
    this->StatusView->setTrainerCount(trainers.size());
    this->updateEnabled();
  }

  /// Another trainer, or none.
  void showTrainer(pqPipelineSource* trainer)
  {
    this->Ui.trainer->setCurrentIndex(this->Tracker.trainers().indexOf(trainer));
    // Of a training of another program everything but its own controls is greyed out.
    const bool outside = pqOutsideTraining::isRunReader(trainer);
    auto* ours = outside ? nullptr : trainer;
    this->Outside->setReader(outside ? trainer : nullptr);
    this->Settings->setTrainer(ours ? ours->getProxy() : nullptr);
    this->Ui.running->setTrainer(ours);
    this->Ui.prune->setTrainer(ours);
    this->Status = {};
    this->Status.outside = outside;
    this->StatusView->show(this->Status, trainer != nullptr);
    this->updateEnabled();
    this->poll();
  }

  /// Something came from a server that nobody waits for: its end, most likely. Reading it makes
  /// ParaView find out and ask what to save; a request to a server that is gone would end the
  /// program. Nothing else is to be asked meanwhile.
  void readWhatCame(pqServer* from)
  {
    if (from && from->isProcessingPending() && !from->session()->GetPendingProgress())
    {
      this->Poll.stop();
      this->Grow.stop();
      vtkProcessModule::GetProcessModule()->GetNetworkAccessManager()->ProcessEvents(1);
      this->Poll.start();
      this->Grow.start();
    }
  }

  void poll()
  {
    auto* trainer = this->Tracker.current();
    if (!trainer || !this->Panel->isVisible())
    {
      return;
    }
    if (!pqServerState::answers(trainer->getServer()))
    {
      if (++this->TicksInVain >= patience)
      {
        this->TicksInVain = 0;
        this->readWhatCame(trainer->getServer());
      }
      return;
    }
    this->TicksInVain = 0;
    QElapsedTimer clock;
    clock.start();
    const auto status = pqTrainerStatus::pull(trainer->getProxy());
    if (status.step < this->Status.step)
    {
      this->Colors.forget(); // a fresh training
    }
    this->Status = status;
    this->StatusView->show(status, true);
    this->updateEnabled();
    this->Ui.running->show(status);
    this->Ui.prune->poll(status);
    this->Poll.setInterval(std::max<int>(pollInterval, pollShare * clock.elapsed()));
  }

  void growColors()
  {
    if (this->Ui.growColorRanges->isChecked() && pqServerState::answers(this->server()))
    {
      this->Colors.grow();
    }
  }

  void updateEnabled()
  {
    auto* current = this->Tracker.current();
    const bool hasTrainer = current && !pqOutsideTraining::isRunReader(current);
    const bool inTraining = this->Status.inTraining();
    const auto offers = [&](const char* command)
    { return current && this->Status.offersCommand(command); };
    this->Ui.trainer->setEnabled(current != nullptr);
    this->Ui.newTrainer->setEnabled(pqActiveObjects::instance().activeServer() != nullptr);
    this->Ui.start->setEnabled(offers("Start") && !this->Status.busy());
    this->Ui.pause->setEnabled(offers("Pause") && this->Status.busy());
    this->Ui.step->setEnabled(hasTrainer && !this->Status.busy());
    this->Ui.advanceSteps->setEnabled(hasTrainer);
    this->Ui.stop->setEnabled(offers("Stop") && inTraining);
    this->Ui.createViews->setEnabled(this->sceneProducer() != nullptr);
    this->showGridDisplays();
    this->Settings->updateEnabled(hasTrainer, inTraining);
    this->Outside->show(this->Status);
  }

  /// What the grids show, whoever changed it.
  void showGridDisplays()
  {
    auto* producer = this->sceneProducer();
    const auto weights = pqGridDisplays::weightsOf(producer);
    this->Ui.weightsAs->setEnabled(weights != pqGridDisplays::Weights::None);
    if (!this->Ui.weightsAs->view()->isVisible())
    {
      this->Ui.weightsAs->setCurrentIndex(weights == pqGridDisplays::Weights::FlatImage ? 1 : 0);
    }
    this->Ui.showNames->setEnabled(producer != nullptr);
    this->Ui.showNames->setChecked(pqGridDisplays::namesOf(producer));
  }

  pqTrainerPanel* Panel;
  Ui::TrainerPanel Ui;
  pqTrainerTracker Tracker;
  pqTrainerSettings* Settings = nullptr;
  pqOutsideTraining* Outside = nullptr;
  QScopedPointer<pqTrainerStatusView> StatusView;
  pqTrainerStatus Status;
  pqColorRangeGrower Colors;
  pqFocusImages FocusImages;
  pqLiveViews LiveViews;
  pqRunFollower RunFollower;
  QTimer Poll;
  QTimer Grow;
  int TicksInVain = 0;
};

//-----------------------------------------------------------------------------
pqTrainerPanel::pqTrainerPanel(QWidget* parentWidget)
  : pqTrainerPanel(tr("TensorView"), parentWidget)
{
}

//-----------------------------------------------------------------------------
pqTrainerPanel::pqTrainerPanel(
  const QString& title, QWidget* parentWidget, Qt::WindowFlags windowFlags)
  : Superclass(title, parentWidget, windowFlags)
  , Internals(new pqInternals(this))
{
}

//-----------------------------------------------------------------------------
pqTrainerPanel::~pqTrainerPanel() = default;
