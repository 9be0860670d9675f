#ifndef TENSORVIEW_DIGIT_STROKES_H
#define TENSORVIEW_DIGIT_STROKES_H

#include <vector>

namespace tensorview
{

struct StrokePoint
{
  float x = 0.0F; ///< 0 left to 1 right
  float y = 0.0F; ///< 0 top to 1 bottom
};

/// A line through control points: smooth (Catmull-Rom) or with corners.
struct Stroke
{
  std::vector<StrokePoint> points;
  bool smooth = true;
};

/// One way of writing a digit.
using Glyph = std::vector<Stroke>;

/// The ways of writing `digit` (0..9), the usual one first.
const std::vector<Glyph>& digitGlyphs(int digit);

/// Points along `stroke`, close enough together to draw straight lines between them.
void appendPolyline(const Stroke& stroke, std::vector<StrokePoint>& polyline);

} // namespace tensorview

#endif
