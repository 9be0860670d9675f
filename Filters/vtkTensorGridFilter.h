#ifndef vtkTensorGridFilter_h
#define vtkTensorGridFilter_h

#include "vtkTensorFilter.h"

#include <memory> // for std::unique_ptr
#include <vector> // for std::vector

struct GridLayer;
struct LayerShape;
struct LayerTensor;
class vtkPolyData;
namespace tensorview
{
class SlotSet;
struct GridFrame;
struct GridLayout;
}

/**
 * @class vtkTensorGridFilter
 * @brief What the grids share: a window for every filter, at the same place in every grid.
 *
 * The filter at place p has the unit square [c, c + 1] x [r, r + 1] of the plane as its cell, with
 * c = p modulo columns, r = p / columns; its place is its slot unless Order says otherwise. A
 * filter's content lies in the middle of its cell with equal scale in x and y, its channels as a
 * near-square block with channel 0 at the lower left; inside a window row 0 is on top, as in an
 * image.
 *
 * Layer "*" shows all layers that have the kind: their grids, each scaled to a unit square, stand
 * in a near-square block in network order, the first layer at the lower left.
 *
 * The last port, `Removed` (vtkPolyData, rank 0), has a rectangle in the place of every filter that
 * is removed at this step: cell data `Slot`, `LayerId` with several layers, and global ids, point
 * data `Label` (text at its first corner). The port before, `Labels` (vtkPolyData, rank 0), has
 * what names things: a point for every filter (at the lower left of its cell) and one for every
 * layer (above its upper left, Slot -1) with point data `Slot`, `Label` (text: the slot, the name
 * of the layer) and global ids, and a closed polyline around each layer.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkTensorGridFilter : public vtkTensorFilter
{
public:
  vtkTypeMacro(vtkTensorGridFilter, vtkTensorFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Filters side by side; 0 = the smallest power of two >= the square root of the number of
  /// filters that the layer began with. Default 0.
  vtkSetClampMacro(Columns, int, 0, 1 << 24);
  vtkGetMacro(Columns, int);
  ///@}

  ///@{
  /// Space between neighbouring filters as a part of a filter's width, 0 to 10; at least one value
  /// wide. Default 0.1.
  vtkSetClampMacro(Gap, double, 0.0, 10.0);
  vtkGetMacro(Gap, double);
  ///@}

  ///@{
  /// Space between the windows of a filter as a part of a window's width, 0 to 10; at least one
  /// value wide. Default 0.
  vtkSetClampMacro(WindowGap, double, 0.0, 10.0);
  vtkGetMacro(WindowGap, double);
  ///@}

  enum FilterOrder
  {
    ORDER_SLOT = 0,
    ORDER_NORM = 1, ///< the largest L2 norm of a filter's weights first
    ORDER_GROUP = 2 ///< group by group, behind a vtkPCCGrouping
  };
  ///@{
  /// In which order filters fill the grid; filters that were removed come last unless it is that of
  /// slots. Default ORDER_SLOT.
  vtkSetClampMacro(Order, int, ORDER_SLOT, ORDER_GROUP);
  vtkGetMacro(Order, int);
  ///@}

  ///@{
  /// The values are summed over this many snapshots, the current one and those before it: recorded
  /// ones of a run, of a live source those that this filter has seen. Default 1.
  vtkSetClampMacro(AccumulateSnapshots, int, 1, VTK_INT_MAX);
  vtkGetMacro(AccumulateSnapshots, int);
  ///@}

  ///@{
  /// Slots that are drawn exactly while others may stay aggregated: numbers and ranges such as
  /// "0 3 8-15". Of one layer only. Default empty.
  vtkSetStdStringFromCharMacro(Focus);
  const char* GetFocus() const { return this->Focus.c_str(); }
  ///@}

  ///@{
  /// Leaves out the filters that are not in focus, if there is a focus. Default off.
  vtkSetMacro(FocusOnly, bool);
  vtkGetMacro(FocusOnly, bool);
  vtkBooleanMacro(FocusOnly, bool);
  ///@}

  ///@{
  /// Layers with more values than this are read from a recorded run in pieces of an eighth of it,
  /// if what is kept of them is little, so that they are never in memory as a whole. Default 2^26.
  vtkSetClampMacro(ValuesReadTogether, vtkIdType, 0, VTK_ID_MAX);
  vtkGetMacro(ValuesReadTogether, vtkIdType);
  ///@}

  /// One of the six planes of a view's frustum, a x + b y + c z + d >= 0 inside, in the order of
  /// vtkCamera::GetFrustumPlanes(). Asks for GetSlotsInView() and changes nothing else.
  void SetViewFrustum(int plane, double a, double b, double c, double d);
  /// Slots whose cells that view sees, in the form of Focus; of the layer that was drawn last,
  /// empty with several.
  const char* GetSlotsInView();

protected:
  explicit vtkTensorGridFilter(const char* defaultKind);
  ~vtkTensorGridFilter() override;

  /// Asks for the tensors to draw, and for those that the order needs.
  int RequestUpdateExtent(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  /// Gathers the layers, calls Look() for all their values and Draw() once.
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) final;

  bool ShowsAllLayers() const override { return true; }
  /// Is what Look() keeps of a layer so little that its values need not be in memory together?
  virtual bool KeepsLittle(const LayerShape& shape) const = 0;
  /// Looks at the values of layer.tensor.parts (some filters of the layer), adds to layer.kept and
  /// layer.summary. The parts do not stay.
  /// @param shapes of all layers that are drawn together
  virtual void Look(GridLayer& layer, const std::vector<LayerShape>& shapes) = 0;
  /// Fills the outputs but the labels. Not called without layers.
  virtual void Draw(const std::vector<GridLayer>& layers, vtkInformationVector* outputVector) = 0;

  tensorview::GridLayout GetLayout(const LayerShape& shape) const;
  std::vector<tensorview::GridFrame> GetFrames(const std::vector<LayerShape>& shapes) const;
  /// The slots in focus; empty with several layers.
  /// @throws std::invalid_argument if Focus is no list of slots
  tensorview::SlotSet GetFocusSlots(std::size_t layers) const;

  int Columns = 0;
  double Gap = 0.1;
  double WindowGap = 0.0;
  int Order = ORDER_SLOT;
  int AccumulateSnapshots = 1;
  bool FocusOnly = false;
  vtkIdType ValuesReadTogether = vtkIdType{ 1 } << 26;

private:
  vtkTensorGridFilter(const vtkTensorGridFilter&) = delete;
  void operator=(const vtkTensorGridFilter&) = delete;

  bool ReadsBeside(vtkInformation* inputInformation, const std::vector<LayerShape>& shapes) const;
  void LookAt(
    vtkInformationVector** inputVector, GridLayer& layer, const std::vector<LayerShape>& shapes);
  void LookBeside(vtkInformation* inputInformation, GridLayer& layer);
  void FindKeys(vtkInformationVector** inputVector, GridLayer& layer);
  void FindPlaces(GridLayer& layer);
  void Accumulate(vtkInformation* inputInformation, LayerTensor& tensor);
  void TellAbout(const GridLayer& layer, std::size_t layers);
  void Label(const std::vector<GridLayer>& layers, vtkPolyData* labels, vtkPolyData* removed);

  struct Internals;
  std::unique_ptr<Internals> Internal;
  std::string Focus;
};

#endif
