#ifndef pqColorRangeGrower_h
#define pqColorRangeGrower_h

#include <QSet>

#include "vtkType.h" // for vtkTypeUInt32

class pqDataRepresentation;

/**
 * Widens colour maps when live values leave their range; ParaView leaves them alone on a live
 * refresh. Only representations of trainers and recorded runs, never maps whose range the user has
 * locked, never categorical ones. The first time a map is met it is fitted; later it only grows.
 */
class pqColorRangeGrower
{
public:
  /// Looks at all visible representations in all views; renders the views whose maps changed.
  void grow();
  /// A new training begins: fit the maps again.
  void forget() { this->Fitted.clear(); }

private:
  bool growOne(pqDataRepresentation* representation);
  QSet<vtkTypeUInt32> Fitted; ///< global ids of colour maps
};

#endif
