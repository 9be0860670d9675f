#include "DigitStrokes.h"

#include <algorithm>
#include <array>

namespace tensorview
{

namespace
{
Stroke curve(std::vector<StrokePoint> points)
{
  return { std::move(points), true };
}

Stroke lines(std::vector<StrokePoint> points)
{
  return { std::move(points), false };
}

const Stroke zeroLoop =
  curve({ { 0.52F, 0.04F }, { 0.27F, 0.18F }, { 0.20F, 0.50F }, { 0.29F, 0.84F }, { 0.52F, 0.96F },
    { 0.74F, 0.82F }, { 0.80F, 0.48F }, { 0.72F, 0.17F }, { 0.52F, 0.04F } });
const Stroke oneStem = lines({ { 0.52F, 0.04F }, { 0.50F, 0.96F } });
const Stroke oneFlag = lines({ { 0.34F, 0.22F }, { 0.52F, 0.04F } });
const Stroke oneFoot = lines({ { 0.34F, 0.96F }, { 0.67F, 0.96F } });
const Stroke twoArc = curve({ { 0.24F, 0.27F }, { 0.34F, 0.09F }, { 0.55F, 0.05F },
  { 0.73F, 0.20F }, { 0.68F, 0.42F }, { 0.46F, 0.69F }, { 0.23F, 0.94F } });
const Stroke twoFoot = lines({ { 0.23F, 0.94F }, { 0.80F, 0.93F } });
const Stroke twoLoop = curve({ { 0.24F, 0.24F }, { 0.38F, 0.07F }, { 0.60F, 0.07F },
  { 0.70F, 0.27F }, { 0.58F, 0.54F }, { 0.36F, 0.86F }, { 0.22F, 0.88F }, { 0.29F, 0.74F },
  { 0.48F, 0.82F }, { 0.64F, 0.94F }, { 0.82F, 0.88F } });
const Stroke threeTop = curve(
  { { 0.25F, 0.16F }, { 0.45F, 0.04F }, { 0.69F, 0.13F }, { 0.68F, 0.35F }, { 0.44F, 0.47F } });
const Stroke threeBottom = curve(
  { { 0.44F, 0.47F }, { 0.70F, 0.55F }, { 0.77F, 0.76F }, { 0.55F, 0.95F }, { 0.22F, 0.86F } });
const Stroke fourAngle = lines({ { 0.60F, 0.04F }, { 0.18F, 0.65F }, { 0.84F, 0.65F } });
const Stroke fourStem = lines({ { 0.62F, 0.06F }, { 0.62F, 0.96F } });
const Stroke fourOpen = lines({ { 0.28F, 0.06F }, { 0.22F, 0.52F }, { 0.76F, 0.50F } });
const Stroke fourOpenStem = lines({ { 0.74F, 0.06F }, { 0.67F, 0.96F } });
const Stroke fiveTop = lines({ { 0.76F, 0.05F }, { 0.32F, 0.06F }, { 0.28F, 0.44F } });
const Stroke fiveBelly = curve({ { 0.28F, 0.44F }, { 0.50F, 0.37F }, { 0.73F, 0.50F },
  { 0.75F, 0.76F }, { 0.52F, 0.95F }, { 0.22F, 0.86F } });
const Stroke sixBody =
  curve({ { 0.68F, 0.05F }, { 0.43F, 0.22F }, { 0.27F, 0.52F }, { 0.28F, 0.82F }, { 0.49F, 0.96F },
    { 0.72F, 0.83F }, { 0.70F, 0.62F }, { 0.50F, 0.53F }, { 0.29F, 0.68F } });
const Stroke sevenBody = lines({ { 0.20F, 0.07F }, { 0.79F, 0.07F }, { 0.43F, 0.96F } });
const Stroke sevenCurved = curve(
  { { 0.20F, 0.12F }, { 0.45F, 0.09F }, { 0.79F, 0.07F }, { 0.58F, 0.46F }, { 0.47F, 0.96F } });
const Stroke sevenBar = lines({ { 0.36F, 0.50F }, { 0.72F, 0.48F } });
const Stroke eightBody = curve({ { 0.70F, 0.17F }, { 0.48F, 0.04F }, { 0.28F, 0.19F },
  { 0.36F, 0.40F }, { 0.60F, 0.54F }, { 0.76F, 0.76F }, { 0.52F, 0.96F }, { 0.25F, 0.78F },
  { 0.40F, 0.54F }, { 0.62F, 0.40F }, { 0.70F, 0.17F } });
const Stroke nineLoop = curve({ { 0.73F, 0.28F }, { 0.54F, 0.05F }, { 0.29F, 0.19F },
  { 0.30F, 0.43F }, { 0.53F, 0.50F }, { 0.73F, 0.28F } });
const Stroke nineStraight = lines({ { 0.73F, 0.26F }, { 0.63F, 0.96F } });
const Stroke nineHook = curve(
  { { 0.73F, 0.26F }, { 0.76F, 0.60F }, { 0.64F, 0.90F }, { 0.42F, 0.96F }, { 0.28F, 0.86F } });

const std::array<std::vector<Glyph>, 10> allGlyphs = { {
  { { zeroLoop } },
  { { oneStem }, { oneStem, oneFlag }, { oneStem, oneFlag, oneFoot } },
  { { twoArc, twoFoot }, { twoLoop } },
  { { threeTop, threeBottom } },
  { { fourAngle, fourStem }, { fourOpen, fourOpenStem } },
  { { fiveTop, fiveBelly } },
  { { sixBody } },
  { { sevenBody }, { sevenCurved }, { sevenBody, sevenBar } },
  { { eightBody } },
  { { nineLoop, nineStraight }, { nineLoop, nineHook } },
} };

/// Lines per span between two control points of a smooth stroke.
constexpr int pieces = 5;
}

const std::vector<Glyph>& digitGlyphs(int digit)
{
  return allGlyphs.at(static_cast<std::size_t>(digit));
}

void appendPolyline(const Stroke& stroke, std::vector<StrokePoint>& polyline)
{
  const std::vector<StrokePoint>& p = stroke.points;
  if (p.empty())
  {
    return;
  }
  const int last = static_cast<int>(p.size()) - 1;
  polyline.push_back(p.front());
  for (int i = 0; i < last; ++i)
  {
    // The curve's ends repeat their point, so a smooth stroke begins and ends straight.
    const StrokePoint& before = p[std::max(0, i - 1)];
    const StrokePoint& a = p[i];
    const StrokePoint& b = p[i + 1];
    const StrokePoint& after = p[std::min(last, i + 2)];
    for (int k = 1; k <= pieces; ++k)
    {
      const float t = float(k) / float(pieces);
      const auto at = [&](float p0, float p1, float p2, float p3)
      {
        if (!stroke.smooth)
        {
          return p1 + t * (p2 - p1);
        }
        return p1 +
               0.5F * t *
                 (p2 - p0 +
                   t * (2.0F * p0 - 5.0F * p1 + 4.0F * p2 - p3 + t * (3.0F * (p1 - p2) + p3 - p0)));
      };
      polyline.push_back({ at(before.x, a.x, b.x, after.x), at(before.y, a.y, b.y, after.y) });
    }
  }
}

} // namespace tensorview
