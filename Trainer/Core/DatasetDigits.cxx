#include "DatasetDigits.h"

#include "DigitStrokes.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <thread>

namespace tensorview
{

namespace
{
constexpr int side = 28;
constexpr int pixelCount = side * side;

/// SplitMix64 (Steele, Lea, Flood 2014): every seed, close ones too, gives an unrelated series.
class Random
{
public:
  Random(std::int64_t seed, std::int64_t index)
    : state_(static_cast<std::uint64_t>(seed))
  {
    this->state_ = this->next() ^ static_cast<std::uint64_t>(index);
  }

  std::uint64_t next()
  {
    this->state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = this->state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [low, high).
  float uniform(float low, float high)
  {
    return low + (high - low) * float(this->next() >> 40) / float(1 << 24);
  }

  std::size_t below(std::size_t count) { return static_cast<std::size_t>(this->next() % count); }

private:
  std::uint64_t state_;
};

/// A smooth random displacement of the unit square: random vectors on a coarse mesh, cubic
/// B-spline between them.
class ElasticField
{
public:
  ElasticField(Random& random, float strength)
  {
    for (StrokePoint& node : this->nodes_)
    {
      node = { random.uniform(-strength, strength), random.uniform(-strength, strength) };
    }
  }

  StrokePoint operator()(StrokePoint p) const
  {
    const Axis x(p.x);
    const Axis y(p.y);
    StrokePoint moved = p;
    for (int row = 0; row < 4; ++row)
    {
      for (int column = 0; column < 4; ++column)
      {
        const StrokePoint& node = this->nodes_[(y.first + row) * mesh + x.first + column];
        const float weight = y.weight[row] * x.weight[column];
        moved.x += weight * node.x;
        moved.y += weight * node.y;
      }
    }
    return moved;
  }

private:
  static constexpr int spans = 3;
  static constexpr int mesh = spans + 3;

  /// The four nodes that a coordinate feels, and how much.
  struct Axis
  {
    explicit Axis(float coordinate)
    {
      const float place = std::clamp(coordinate, 0.0F, 1.0F) * float(spans);
      this->first = std::min(spans - 1, static_cast<int>(place));
      const float t = place - float(this->first);
      const float s = 1.0F - t;
      this->weight = { s * s * s / 6.0F, (3.0F * t * t * t - 6.0F * t * t + 4.0F) / 6.0F,
        (3.0F * s * s * s - 6.0F * s * s + 4.0F) / 6.0F, t * t * t / 6.0F };
    }
    int first = 0;
    std::array<float, 4> weight{};
  };

  std::array<StrokePoint, mesh * mesh> nodes_;
};

/// Rotation, slant, size and place: from the unit square to pixels.
class Placement
{
public:
  explicit Placement(Random& random)
  {
    const float angle = random.uniform(-0.22F, 0.22F);
    const float slant = random.uniform(-0.30F, 0.20F);
    const float height = random.uniform(16.5F, 21.0F);
    const float width = height * random.uniform(0.72F, 1.02F);
    this->xx_ = width * std::cos(angle);
    this->xy_ = height * (-slant * std::cos(angle) - std::sin(angle));
    this->yx_ = width * std::sin(angle);
    this->yy_ = height * (std::cos(angle) - slant * std::sin(angle));
    this->x_ = 0.5F * float(side - 1) + random.uniform(-1.6F, 1.6F);
    this->y_ = 0.5F * float(side - 1) + random.uniform(-1.6F, 1.6F);
  }

  StrokePoint operator()(StrokePoint p) const
  {
    const float x = p.x - 0.5F;
    const float y = p.y - 0.5F;
    return { this->x_ + this->xx_ * x + this->xy_ * y, this->y_ + this->yx_ * x + this->yy_ * y };
  }

private:
  float xx_, xy_, yx_, yy_, x_, y_;
};

/// Draws lines with round ends by each pixel's distance to the nearest one.
class Canvas
{
public:
  explicit Canvas(float radius)
    : radius_(radius)
  {
    this->distance_.fill(farAway);
  }

  void line(StrokePoint a, StrokePoint b)
  {
    const float reach = this->radius_ + 1.0F;
    const int left = std::max(0, static_cast<int>(std::ceil(std::min(a.x, b.x) - reach)));
    const int right = std::min(side - 1, static_cast<int>(std::floor(std::max(a.x, b.x) + reach)));
    const int top = std::max(0, static_cast<int>(std::ceil(std::min(a.y, b.y) - reach)));
    const int bottom = std::min(side - 1, static_cast<int>(std::floor(std::max(a.y, b.y) + reach)));
    const float dx = b.x - a.x;
    const float dy = b.y - a.y;
    const float perLength = 1.0F / std::max(1e-12F, dx * dx + dy * dy);
    for (int row = top; row <= bottom; ++row)
    {
      for (int column = left; column <= right; ++column)
      {
        const float x = float(column) - a.x;
        const float y = float(row) - a.y;
        const float t = std::clamp((x * dx + y * dy) * perLength, 0.0F, 1.0F);
        const float ex = x - t * dx;
        const float ey = y - t * dy;
        float& distance = this->distance_[row * side + column];
        distance = std::min(distance, ex * ex + ey * ey);
      }
    }
  }

  /// Pixels within the radius get `brightness`, with an edge one pixel soft.
  void write(float brightness, std::uint8_t* pixels) const
  {
    for (int i = 0; i < pixelCount; ++i)
    {
      const float squared = this->distance_[i];
      const float cover = squared >= farAway
                            ? 0.0F
                            : std::clamp(this->radius_ + 0.5F - std::sqrt(squared), 0.0F, 1.0F);
      pixels[i] = static_cast<std::uint8_t>(std::lround(cover * brightness));
    }
  }

private:
  static constexpr float farAway = 1e6F;
  float radius_;
  std::array<float, pixelCount> distance_;
};

/// Calls `draw(first, last)` for slices of [0, count) on all cores; the calling thread draws too
/// and asks `progress`. Returns false if that stopped it.
template <typename Draw>
bool drawSlices(std::int64_t count, Draw draw, const DatasetProgress& progress)
{
  constexpr std::int64_t slice = 500;
  std::atomic<std::int64_t> next{ 0 };
  std::atomic<bool> stopped{ false };
  const auto work = [&](bool asks)
  {
    for (std::int64_t first = 0; !stopped && (first = next.fetch_add(slice)) < count;)
    {
      draw(first, std::min(count, first + slice));
      if (asks && progress && !progress(double(first) / double(count)))
      {
        stopped = true;
      }
    }
  };
  std::vector<std::thread> helpers;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 1; i < std::min(cores, 16U); ++i)
  {
    helpers.emplace_back(work, false);
  }
  work(true);
  for (std::thread& helper : helpers)
  {
    helper.join();
  }
  return !stopped;
}

/// A part of `count` images, numbered from `first`, with room for its pixels.
ImagePart emptyPart(std::int64_t first, std::int64_t count)
{
  ImagePart part;
  part.images.resize(static_cast<std::size_t>(count) * pixelCount);
  for (std::int64_t i = first; i < first + count; ++i)
  {
    part.labels.push_back(static_cast<std::uint16_t>(i % 10));
    part.indices.push_back(i);
  }
  return part;
}
}

void drawDigit(std::int64_t seed, std::int64_t index, std::uint8_t* pixels)
{
  Random random(seed, index);
  const std::vector<Glyph>& glyphs = digitGlyphs(static_cast<int>(index % 10));
  const Glyph& glyph = glyphs[random.below(glyphs.size())];
  const ElasticField distort(random, 0.18F);
  const Placement place(random);
  Canvas canvas(random.uniform(0.7F, 1.6F));
  std::vector<StrokePoint> polyline;
  for (Stroke stroke : glyph)
  {
    for (StrokePoint& point : stroke.points)
    {
      point.x += random.uniform(-0.04F, 0.04F);
      point.y += random.uniform(-0.04F, 0.04F);
    }
    polyline.clear();
    appendPolyline(stroke, polyline);
    for (StrokePoint& point : polyline)
    {
      point = place(distort(point));
    }
    for (std::size_t i = 1; i < polyline.size(); ++i)
    {
      canvas.line(polyline[i - 1], polyline[i]);
    }
  }
  canvas.write(random.uniform(190.0F, 255.0F), pixels);
}

Dataset drawDigits(std::int64_t seed, const DigitCounts& counts, const DatasetProgress& progress)
{
  Dataset data;
  data.name = "digits";
  data.rows = data.columns = side;
  for (int i = 0; i < 10; ++i)
  {
    data.classNames.push_back(std::to_string(i));
  }
  data.training = emptyPart(0, counts.training);
  data.validation = emptyPart(counts.training, counts.validation);
  data.test = emptyPart(counts.training + counts.validation, counts.test);
  double done = 0.0;
  const double total = double(counts.training + counts.validation + counts.test);
  for (ImagePart* part : { &data.training, &data.validation, &data.test })
  {
    const auto draw = [&](std::int64_t first, std::int64_t last)
    {
      for (std::int64_t i = first; i < last; ++i)
      {
        drawDigit(seed, part->indices[i], part->images.data() + i * pixelCount);
      }
    };
    const double share = double(part->count()) / total;
    const DatasetProgress partProgress = [&](double fraction)
    { return !progress || progress(done + share * fraction); };
    if (!drawSlices(part->count(), draw, partProgress))
    {
      throw DatasetError("interrupted");
    }
    done += share;
  }
  return data;
}

} // namespace tensorview
