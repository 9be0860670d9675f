#ifndef TENSORVIEW_SATELLITE_NOTICE_H
#define TENSORVIEW_SATELLITE_NOTICE_H

#include "vtkTensorViewDataModelModule.h"

class vtkMultiProcessController;
class vtkObject;

/// Tells the satellite ranks of a data server that an object which lives on all ranks is modified:
/// ParaView asks only the root whether a live source needs an update, yet all ranks must execute
/// together. Objects with a notice must be made in the same order on all ranks, as ParaView's
/// server-side objects are: the running number of the notice says which object is meant.
class VTKTENSORVIEWDATAMODEL_EXPORT SatelliteNotice
{
public:
  SatelliteNotice(vtkMultiProcessController* controller, vtkObject* object);
  ~SatelliteNotice();
  SatelliteNotice(const SatelliteNotice&) = delete;
  SatelliteNotice& operator=(const SatelliteNotice&) = delete;

  /// On the root: calls Modified() of the object on every satellite. Nothing with one process.
  void send();

private:
  static void receive(void* self, void* argument, int length, int remoteProcess);

  vtkMultiProcessController* controller_;
  vtkObject* object_;
  int number_;
  unsigned long callback_ = 0;
};

#endif
