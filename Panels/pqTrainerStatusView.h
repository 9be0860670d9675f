#ifndef pqTrainerStatusView_h
#define pqTrainerStatusView_h

namespace Ui
{
class TrainerPanel;
}
struct pqTrainerStatus;

/// Writes a trainer's state into the panel's progress bar, readouts and message.
class pqTrainerStatusView
{
public:
  explicit pqTrainerStatusView(Ui::TrainerPanel& ui)
    : Ui(ui)
  {
  }

  void show(const pqTrainerStatus& status, bool hasTrainer);
  void setTrainerCount(int count);

private:
  void showProgress(const pqTrainerStatus& status, bool hasTrainer);
  void showReadouts(const pqTrainerStatus& status, bool hasTrainer);
  void showRecording(const pqTrainerStatus& status);

  Ui::TrainerPanel& Ui;
};

#endif
