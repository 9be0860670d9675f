#include "pqRunningSection.h"
#include "ui_RunningSection.h"

#include "TrainingText.h"
#include "pqPipelineSource.h"
#include "pqPruneCommands.h"
#include "pqPruneStatus.h"
#include "pqServerFiles.h"
#include "pqTrainerCommands.h"
#include "pqTrainerStatus.h"

#include <QPointer>

namespace
{

const char* const checkpoints = "Checkpoints (*.pt)";
const char* const runs = "TensorView runs (*.tvr)";

} // namespace

//-----------------------------------------------------------------------------
class pqRunningSection::pqInternals
{
public:
  explicit pqInternals(pqRunningSection* section)
    : Section(section)
  {
    this->Ui.setupUi(section);
    this->Ui.note->hide();
    this->connectCommands();
    this->connectFileButtons();
    for (auto* line : { this->Ui.checkpointFile, this->Ui.branchFrom, this->Ui.branchInto })
    {
      QObject::connect(
        line, &pqLineEdit::textChanged, section, [this]() { this->updateEnabled(); });
    }
    QObject::connect(this->Ui.pauseStep, QOverload<int>::of(&QSpinBox::valueChanged), section,
      [this]() { this->updateEnabled(); });
  }

  void setTrainer(pqPipelineSource* trainer)
  {
    this->Trainer = trainer;
    this->Status = {};
    this->tell({});
    this->updateEnabled();
  }

  void show(const pqTrainerStatus& status)
  {
    this->Status = status;
    this->showOutcome();
    this->updateEnabled();
  }

private:
  vtkSMProxy* proxy() const { return this->Trainer ? this->Trainer->getProxy() : nullptr; }

  void connectCommands()
  {
    const auto onClick = [this](QPushButton* button, const QString& done, auto give)
    {
      QObject::connect(button, &QPushButton::clicked, this->Section,
        [this, done, give]()
        {
          if (auto* trainer = this->proxy())
          {
            give(trainer);
            this->Given = pqPruneStatus::pullCommandId(trainer);
            this->Done = done;
            this->Ui.note->setProperty("outcome", "");
            this->tell({});
            Q_EMIT this->Section->commandGiven();
          }
        });
    };
    onClick(this->Ui.pauseAt, {},
      [](vtkSMProxy* trainer) { pqTrainerCommands::invoke(trainer, "PauseAt"); });
    onClick(this->Ui.evaluate, tr("Evaluated."), pqPruneCommands::evaluate);
    onClick(this->Ui.saveCheckpoint, tr("Saved."), pqPruneCommands::saveCheckpoint);
    onClick(this->Ui.loadCheckpoint, tr("Loaded."), pqPruneCommands::loadCheckpoint);
    QObject::connect(this->Ui.branch, &QPushButton::clicked, this->Section,
      [this]()
      {
        if (this->Trainer)
        {
          pqTrainerCommands::createBranch(this->Trainer->getServer(),
            this->Ui.branchFrom->text().trimmed(), this->Ui.branchInto->text().trimmed());
        }
      });
  }

  void connectFileButtons()
  {
    const auto browse = [this](QToolButton* button, pqLineEdit* line, auto choose)
    {
      QObject::connect(button, &QToolButton::clicked, this->Section,
        [this, line, choose]()
        {
          const QString path =
            this->Trainer ? choose(this->Trainer->getServer(), this->Section) : QString();
          if (!path.isEmpty())
          {
            line->setText(path);
            Q_EMIT line->textChangedAndEditingFinished();
          }
        });
    };
    browse(this->Ui.checkpointFileBrowse, this->Ui.checkpointFile,
      [](pqServer* server, QWidget* parent)
      { return pqServerFiles::chooseNew(server, parent, tr("Checkpoint"), checkpoints); });
    browse(this->Ui.branchFromBrowse, this->Ui.branchFrom,
      [](pqServer* server, QWidget* parent)
      { return pqServerFiles::chooseExisting(server, parent, tr("Branch from"), checkpoints); });
    browse(this->Ui.branchIntoBrowse, this->Ui.branchInto,
      [](pqServer* server, QWidget* parent)
      { return pqServerFiles::chooseNew(server, parent, tr("Record the branch to"), runs); });
  }

  void tell(const QString& text)
  {
    this->Ui.note->setText(text);
    this->Ui.note->setVisible(!text.isEmpty());
  }

  /// What became of the last command of this section.
  void showOutcome()
  {
    const QString& state = this->Status.commandState;
    if (this->Given == 0 || !this->Trainer || state == "requested" || state == "running")
    {
      return;
    }
    const bool mine = pqPruneStatus::pullCommandId(this->proxy()) == this->Given;
    const QString& reason = this->Status.commandReason;
    this->Given = 0;
    this->Ui.note->setProperty("outcome", mine ? state : QString());
    this->tell(
      mine ? (reason.isEmpty() ? this->Done
                               : QString::fromStdString(tensorview::sentence(reason.toStdString())))
           : QString());
  }

  void updateEnabled()
  {
    const bool has = this->Trainer && this->Status.inTraining();
    const bool named = !this->Ui.checkpointFile->text().trimmed().isEmpty();
    this->Ui.pauseAt->setEnabled(has && this->Ui.pauseStep->value() > this->Status.step);
    this->Ui.evaluate->setEnabled(has);
    this->Ui.saveCheckpoint->setEnabled(has && named);
    this->Ui.loadCheckpoint->setEnabled(has && named);
    this->Ui.branch->setEnabled(this->Trainer && !this->Ui.branchFrom->text().trimmed().isEmpty() &&
                                !this->Ui.branchInto->text().trimmed().isEmpty());
  }

  pqRunningSection* Section;
  Ui::RunningSection Ui;
  QPointer<pqPipelineSource> Trainer;
  pqTrainerStatus Status;
  int Given = 0; ///< id of the command that is waited for
  QString Done;  ///< what to say when it is done, if the trainer says nothing
};

//-----------------------------------------------------------------------------
pqRunningSection::pqRunningSection(QWidget* parentWidget)
  : QWidget(parentWidget)
  , Internals(new pqInternals(this))
{
}

//-----------------------------------------------------------------------------
pqRunningSection::~pqRunningSection() = default;

//-----------------------------------------------------------------------------
void pqRunningSection::setTrainer(pqPipelineSource* trainer)
{
  this->Internals->setTrainer(trainer);
}

//-----------------------------------------------------------------------------
void pqRunningSection::show(const pqTrainerStatus& status)
{
  this->Internals->show(status);
}
