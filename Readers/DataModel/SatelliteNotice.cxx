#include "SatelliteNotice.h"

#include "vtkMultiProcessController.h"

#include <cstring>

namespace
{

constexpr int noticeTag = 0x74760001;

int nextNumber()
{
  static int made = 0;
  return made++;
}

}

SatelliteNotice::SatelliteNotice(vtkMultiProcessController* controller, vtkObject* object)
  : controller_(controller && controller->GetNumberOfProcesses() > 1 ? controller : nullptr)
  , object_(object)
  , number_(nextNumber())
{
  if (this->controller_ && this->controller_->GetLocalProcessId() != 0)
  {
    this->callback_ = this->controller_->AddRMICallback(&SatelliteNotice::receive, this, noticeTag);
  }
}

SatelliteNotice::~SatelliteNotice()
{
  // The controller may be gone when a process ends.
  if (this->callback_ != 0 && vtkMultiProcessController::GetGlobalController() == this->controller_)
  {
    this->controller_->RemoveRMICallback(this->callback_);
  }
}

void SatelliteNotice::send()
{
  if (this->controller_ && this->controller_->GetLocalProcessId() == 0)
  {
    this->controller_->TriggerRMIOnAllChildren(&this->number_, sizeof(this->number_), noticeTag);
  }
}

void SatelliteNotice::receive(void* self, void* argument, int length, int)
{
  auto* notice = static_cast<SatelliteNotice*>(self);
  int number = -1;
  if (length == static_cast<int>(sizeof(number)))
  {
    std::memcpy(&number, argument, sizeof(number));
  }
  if (number == notice->number_)
  {
    notice->object_->Modified();
  }
}
