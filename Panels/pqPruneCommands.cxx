#include "pqPruneCommands.h"

#include "pqTrainerCommands.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"
#include "vtkSMTrace.h"

namespace
{

/// While it lives, commands of edits return at once.
class Unattended
{
public:
  explicit Unattended(vtkSMProxy* trainer)
    : Trainer(trainer)
    , Before(vtkSMPropertyHelper(trainer, "EditWait").GetAsInt())
  {
    this->set(0);
  }
  ~Unattended() { this->set(this->Before); }
  Unattended(const Unattended&) = delete;
  Unattended& operator=(const Unattended&) = delete;

private:
  void set(int wait)
  {
    vtkSMPropertyHelper(this->Trainer, "EditWait").Set(wait);
    this->Trainer->UpdateVTKObjects();
  }

  vtkSMProxy* Trainer;
  int Before;
};

void setList(vtkSMProxy* trainer, const char* name, const std::vector<int>& values)
{
  vtkSMPropertyHelper property(trainer, name);
  property.SetNumberOfElements(static_cast<unsigned int>(values.size()));
  if (!values.empty())
  {
    property.Set(values.data(), static_cast<unsigned int>(values.size()));
  }
}

void setWish(vtkSMProxy* trainer, const pqPruneCommands::Wish& wish)
{
  SM_SCOPED_TRACE(PropertiesModified).arg("proxy", trainer);
  vtkSMPropertyHelper(trainer, "EditLayer").Set(wish.layer.toUtf8().constData());
  setList(trainer, "EditSlots", wish.removed);
  setList(trainer, "EditSurvivors", wish.survivors);
  if (wish.removed.empty())
  {
    vtkSMPropertyHelper(trainer, "PruneTo").Set(wish.remaining);
  }
  if (!wish.choice.isEmpty())
  {
    vtkSMPropertyHelper(trainer, "PruneChoice").Set(wish.choice.toUtf8().constData());
  }
  trainer->UpdateVTKObjects();
}

} // namespace

namespace pqPruneCommands
{

//-----------------------------------------------------------------------------
void preview(vtkSMProxy* trainer, const Wish& wish)
{
  setWish(trainer, wish);
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "Preview");
}

//-----------------------------------------------------------------------------
void apply(vtkSMProxy* trainer, const Wish& wish)
{
  setWish(trainer, wish);
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "ApplyEdit");
}

//-----------------------------------------------------------------------------
void freeze(vtkSMProxy* trainer, const QString& layer, const std::vector<int>& filters, bool frozen)
{
  {
    SM_SCOPED_TRACE(PropertiesModified).arg("proxy", trainer);
    vtkSMPropertyHelper(trainer, "EditLayer").Set(layer.toUtf8().constData());
    setList(trainer, "EditSlots", filters);
    trainer->UpdateVTKObjects();
  }
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, frozen ? "Freeze" : "Unfreeze");
}

//-----------------------------------------------------------------------------
void undo(vtkSMProxy* trainer, const QString& comment)
{
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "Undo", comment);
}

//-----------------------------------------------------------------------------
void redo(vtkSMProxy* trainer)
{
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "Redo");
}

//-----------------------------------------------------------------------------
void setTolerance(vtkSMProxy* trainer, const char* property, double tolerance)
{
  SM_SCOPED_TRACE(PropertiesModified).arg("proxy", trainer);
  vtkSMPropertyHelper(trainer, property).Set(tolerance);
  trainer->UpdateVTKObjects();
}

//-----------------------------------------------------------------------------
void evaluate(vtkSMProxy* trainer)
{
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "Evaluate");
}

//-----------------------------------------------------------------------------
void saveCheckpoint(vtkSMProxy* trainer)
{
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "SaveCheckpoint");
}

//-----------------------------------------------------------------------------
void loadCheckpoint(vtkSMProxy* trainer)
{
  const Unattended unattended(trainer);
  pqTrainerCommands::invoke(trainer, "LoadCheckpoint");
}

} // namespace pqPruneCommands
