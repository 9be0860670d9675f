#ifndef pqGridFocus_h
#define pqGridFocus_h

class pqFilterSelection;
class pqView;

/// Sets the property `Focus` of grids: the filters that are drawn exactly however large a layer is.
/// Each change is traced, can be undone, and renders the views.
namespace pqGridFocus
{

/// Of all grids behind the network of the selection that show a layer with selected filters.
void onSelection(const pqFilterSelection& selection);

/// Of the grids that are visible in the view: the filters that its camera sees.
void onView(pqView* view);

/// Back to whole layers, in all grids that are visible in the view.
void onNothing(pqView* view);

} // namespace pqGridFocus

#endif
