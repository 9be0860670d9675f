#include "FlatImages.h"

#include "DetailParts.h"
#include "GridArrays.h"
#include "RankExchange.h"
#include "SmpParallelFor.h"

#include "vtkDataObject.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkNew.h"

#include <algorithm>
#include <cmath>

namespace
{
using tensorview::DetailLevel;
using tensorview::GridLayout;
using vtkTensorCollection::Part;

std::int64_t Filters(const LayerShape& shape)
{
  return std::max<std::int64_t>(shape.slots, 1);
}

/// The finest level with which something fits.
template <typename Fits>
DetailLevel FinestThat(const LayerShape& shape, std::int64_t budget, Fits&& fits)
{
  DetailLevel level = tensorview::chooseDetail(Filters(shape), shape.filter, budget);
  while (!fits(level))
  {
    const DetailLevel coarser =
      tensorview::chooseDetail(Filters(shape), shape.filter, level.elements - 1);
    if (coarser.elements == level.elements)
    {
      break;
    }
    level = coarser;
  }
  return level;
}

std::vector<LayerShape> ShapesOf(const std::vector<GridLayer>& layers)
{
  std::vector<LayerShape> shapes;
  for (const GridLayer& layer : layers)
  {
    shapes.push_back(layer.tensor.shape);
  }
  return shapes;
}

CellImage::Layer LayerOf(const GridLayer& layer, const Part& part, const DetailLevel& level)
{
  CellImage::Layer content;
  content.layerId = layer.tensor.shape.layerId;
  content.filters = layer.View(part);
  content.group = part.group;
  content.channels = tensorview::extentsAt(layer.tensor.shape.filter, level).channels;
  content.removed = layer.tensor.removed;
  return content;
}

vtkImageData* ImageOf(vtkInformation* information)
{
  return vtkImageData::SafeDownCast(information->Get(vtkDataObject::DATA_OBJECT()));
}

void Widen(tensorview::FiniteRange& range, const Part& part)
{
  range.low = std::min(range.low, part.values.range.finiteMin);
  range.high = std::max(range.high, part.values.range.finiteMax);
}
}

std::int64_t FlatImages::SquareSide(std::size_t layers) const
{
  const auto count = static_cast<std::int64_t>(layers);
  const std::int64_t columns = tensorview::frameColumns(count);
  const std::int64_t rows = (count + columns - 1) / columns;
  const double area = static_cast<double>(columns * rows) * (1.0 + tensorview::layerGap) *
                      (1.0 + tensorview::layerGap);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(std::sqrt(
                                     static_cast<double>(this->Wanted.maximumPixels) / area))));
}

DetailLevel FlatImages::WholeLevel(const LayerShape& shape, std::size_t layers) const
{
  if (layers == 1)
  {
    return tensorview::chooseDetail(Filters(shape), shape.filter, this->Wanted.maximumPixels);
  }
  const std::int64_t side = this->SquareSide(layers);
  return FinestThat(shape, side * side,
    [&](const DetailLevel& level)
    {
      const GridLayout layout = this->Wanted.layout(ShapeAt(shape, level));
      return layout.width() <= side && layout.height() <= side;
    });
}

bool FlatImages::Fits(const LayerShape& shape, const DetailLevel& level) const
{
  return this->Wanted.maximumPixels > 0 && level.elements <= this->Wanted.maximumPixels &&
         shape.slots > 0;
}

CellImage::Place FlatImages::WholePlace(const std::vector<LayerShape>& shapes) const
{
  if (shapes.empty() || this->Wanted.maximumPixels == 0)
  {
    return {};
  }
  if (shapes.size() == 1)
  {
    const DetailLevel level = this->WholeLevel(shapes[0], 1);
    const GridLayout layout = this->Wanted.layout(ShapeAt(shapes[0], level));
    return this->Fits(shapes[0], level)
             ? CellImage::PlaceOf(layout, tensorview::wholeRegion(layout))
             : CellImage::Place();
  }
  const std::int64_t side = this->SquareSide(shapes.size());
  const auto count = static_cast<std::int64_t>(shapes.size());
  const std::int64_t columns = tensorview::frameColumns(count);
  const std::int64_t rows = (count + columns - 1) / columns;
  const auto pixels = [side](std::int64_t squares)
  {
    const double length =
      static_cast<double>(squares) + tensorview::layerGap * static_cast<double>(squares - 1);
    return static_cast<std::int64_t>(std::ceil(length * static_cast<double>(side)));
  };
  return { { 0, 0, pixels(columns), pixels(rows) }, 0.0, 0.0, 1.0 / static_cast<double>(side) };
}

CellImage::Place FlatImages::FocusPlace(const LayerShape& shape, const DetailLevel& level) const
{
  const GridLayout layout = this->Wanted.layout(ShapeAt(shape, level));
  std::vector<std::int64_t> places;
  for (std::int64_t slot = 0; slot < shape.slots; ++slot)
  {
    // Places by another order are not known before the values are.
    if (!this->Wanted.inSlotOrder || this->Wanted.focus.contains(slot))
    {
      places.push_back(slot);
    }
  }
  return CellImage::PlaceOf(layout, tensorview::regionOf(layout, places));
}

DetailLevel FlatImages::FocusLevel(const LayerShape& shape) const
{
  const DetailLevel whole = this->WholeLevel(shape, 1);
  if (this->Wanted.focus.empty() || whole.exact() || !this->Fits(shape, whole))
  {
    return whole;
  }
  return FinestThat(shape,
    Filters(shape) * shape.filter.channels * shape.filter.rows * shape.filter.columns,
    [&](const DetailLevel& level)
    {
      return level.elements <= whole.elements ||
             this->FocusPlace(shape, level).region.size() <= this->Wanted.maximumPixels;
    });
}

bool FlatImages::HasFocusImage(const LayerShape& shape) const
{
  const DetailLevel whole = this->WholeLevel(shape, 1);
  const DetailLevel level = this->FocusLevel(shape);
  return level.elements > whole.elements && this->FocusPlace(shape, level).region.size() > 0;
}

void FlatImages::Promise(
  const std::vector<LayerShape>& shapes, vtkInformation* whole, vtkInformation* focus) const
{
  CellImage::Promise(whole, this->WholePlace(shapes));
  CellImage::Promise(focus, shapes.size() == 1 && this->HasFocusImage(shapes[0])
                              ? this->FocusPlace(shapes[0], this->FocusLevel(shapes[0]))
                              : CellImage::Place());
}

std::string FlatImages::Draw(const std::vector<GridLayer>& layers, std::size_t keptWhole,
  std::size_t keptFocus, vtkInformation* whole, vtkInformation* focus) const
{
  const std::vector<LayerShape> shapes = ShapesOf(layers);
  const std::string note = this->Describe(shapes);
  // What was promised before may have been about another step.
  this->Promise(shapes, whole, focus);
  const CellImage::Place place = this->WholePlace(shapes);
  if (place.region.size() == 0)
  {
    return note;
  }
  const bool symmetric = GridArrays::IsSymmetric(shapes[0].kind);
  const bool scaled = this->Wanted.normalization != tensorview::Normalization::None;
  std::vector<Part> parts;
  bool grouped = false;
  tensorview::FiniteRange range = tensorview::FiniteSummary().range;
  for (const GridLayer& layer : layers)
  {
    parts.push_back(RankExchange::Gather(layer.kept[keptWhole], false));
    grouped = grouped || !parts.back().group.empty();
    Widen(range, parts.back());
  }
  const bool hasFocus = layers.size() == 1 && this->HasFocusImage(shapes[0]);
  Part inFocus;
  if (hasFocus)
  {
    inFocus = RankExchange::Gather(layers[0].kept[keptFocus], false);
    Widen(range, inFocus);
  }
  if (!RankExchange::IsRoot())
  {
    return note;
  }

  const tensorview::FiniteRange shown =
    !scaled || range.empty() ? range : tensorview::FiniteRange{ symmetric ? -1.0F : 0.0F, 1.0F };
  const CellImage::Names names{ shapes[0].kind, grouped, layers.size() > 1 };
  const auto paint = [&](CellImage& image, const GridLayer& layer, const Part& part,
                       const DetailLevel& level, bool removed)
  {
    CellImage::Layer content = LayerOf(layer, part, level);
    if (!removed)
    {
      content.removed.clear();
    }
    tensorview::FiniteRange own = tensorview::FiniteSummary().range;
    Widen(own, part);
    content.scales = tensorview::scaleWindows(content.filters, layers.size() > 1 ? own : range,
      this->Wanted.normalization, symmetric,
      SmpParallelFor(static_cast<std::size_t>(part.values.shape.size())));
    image.Paint(this->Wanted.layout(ShapeAt(layer.tensor.shape, level)), content);
  };

  CellImage image(ImageOf(whole), place, names);
  for (std::size_t i = 0; i < layers.size(); ++i)
  {
    const DetailLevel level = this->WholeLevel(shapes[i], layers.size());
    const bool some = this->Wanted.focusOnly && !this->Wanted.focus.empty();
    const Part drawn = some ? DetailParts::Select(parts[i], this->Wanted.focus, true) : parts[i];
    if (layers.size() == 1)
    {
      paint(image, layers[i], drawn, level, !some);
      continue;
    }
    const GridLayout layout = this->Wanted.layout(ShapeAt(shapes[i], level));
    vtkNew<vtkImageData> square;
    CellImage ofLayer(square, CellImage::PlaceOf(layout, tensorview::wholeRegion(layout)), names);
    paint(ofLayer, layers[i], drawn, level, true);
    image.Copy(ofLayer, layers[i].frame);
  }
  image.Finish(shown, symmetric);

  const DetailLevel level = this->FocusLevel(shapes[0]);
  // Empty images have arrays, too: a view that colours by one would complain.
  CellImage closer(
    ImageOf(focus), hasFocus ? this->FocusPlace(shapes[0], level) : CellImage::Place(), names);
  if (hasFocus)
  {
    closer.Copy(image, tensorview::GridFrame());
    closer.Clear(this->Wanted.layout(ShapeAt(shapes[0], level)), layers[0].View(inFocus));
    paint(closer, layers[0], inFocus, level, false);
  }
  closer.Finish(shown, symmetric);
  return note;
}

std::string FlatImages::Describe(const std::vector<LayerShape>& shapes) const
{
  if (this->Wanted.maximumPixels == 0)
  {
    return "";
  }
  const LayerShape& first = shapes[0];
  if (shapes.size() > 1)
  {
    const std::int64_t side = this->SquareSide(shapes.size());
    std::string crowded;
    std::size_t coarse = 0;
    for (const LayerShape& shape : shapes)
    {
      const DetailLevel level = this->WholeLevel(shape, shapes.size());
      const GridLayout layout = this->Wanted.layout(ShapeAt(shape, level));
      coarse += level.exact() ? 0 : 1;
      if (layout.width() > side || layout.height() > side)
      {
        crowded += (crowded.empty() ? "'" : ", '") + shape.layer + "'";
      }
    }
    std::string text;
    if (coarse > 0)
    {
      text = "The pixels of " + std::to_string(coarse) + " of " + std::to_string(shapes.size()) +
             " layers stand for windows or blocks of them (raise MaximumPixels to see more).";
    }
    if (!crowded.empty())
    {
      text += std::string(text.empty() ? "" : " ") + "There are more filters than pixels for " +
              crowded + ": some of them are not drawn (raise MaximumPixels).";
    }
    return text;
  }
  const DetailLevel whole = this->WholeLevel(first, 1);
  if (!this->Fits(first, whole))
  {
    return "Layer '" + first.layer + "' has " + std::to_string(first.slots) +
           " filters, more than MaximumPixels (" + std::to_string(this->Wanted.maximumPixels) +
           "): no image is drawn; raise it.";
  }
  std::string text = DetailParts::Describe(
    "The pixels", "MaximumPixels", first.layer, whole, this->Wanted.aggregate);
  if (!text.empty() && this->HasFocusImage(first))
  {
    const DetailLevel level = this->FocusLevel(first);
    text += level.exact() ? " Filters in focus are drawn value by value."
                          : " " + DetailParts::Describe("The pixels of the focus", "MaximumPixels",
                                    first.layer, level, this->Wanted.aggregate);
  }
  return text;
}
