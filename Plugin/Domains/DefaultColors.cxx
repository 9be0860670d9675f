// Colours that arrays get when they are first coloured, in the GUI and in scripts alike: given to
// ParaView's settings when the plugin is loaded, below the user's own settings files. ParaView keys
// colour maps by array name.

#include "vtkSMChartSeriesSelectionDomain.h"
#include "vtkSMSettings.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace
{
using Json = nlohmann::json;
using Color = std::array<double, 3>;

/// Categories of `Group` that have a colour of their own; groups beyond take the NaN colour.
constexpr int groupColors = 40;

/// Not a number: removed filters, diverged weights.
const Color nanColor = { 0.2, 0.2, 0.2 };
/// Filters without a correlation: unlike any shade of gray.
const Color noCorrelation = { 0.96, 0.85, 0.65 };
/// Below every value: the -infinity between the windows of a grid.
const Color gapColor = { 0.85, 0.85, 0.85 };
/// In no group.
const Color neutral = { 0.7, 0.7, 0.7 };

/// Scalars from -1 to 1 (ParaView stretches them over the data): blue negative, white zero, red
/// positive. Colours of ColorBrewer's RdBu (Cynthia Brewer).
Json DivergingPoints()
{
  return { -1.0, 0.020, 0.188, 0.380, -0.75, 0.129, 0.400, 0.675, -0.5, 0.263, 0.576, 0.765, -0.25,
    0.573, 0.773, 0.871, 0.0, 1.0, 1.0, 1.0, 0.25, 0.957, 0.647, 0.510, 0.5, 0.839, 0.376, 0.302,
    0.75, 0.698, 0.094, 0.169, 1.0, 0.404, 0.0, 0.122 };
}

/// Gray, blue, red, pink from the first to the last step, as in the TensorView papers.
Json StepPoints()
{
  return { 0.0, 0.55, 0.55, 0.55, 0.33, 0.10, 0.25, 0.85, 0.67, 0.85, 0.10, 0.10, 1.0, 1.0, 0.45,
    0.75 };
}

/// Darker = higher, from white to nearly black.
Json DarkerIsHigherPoints()
{
  return { -1.0, 1.0, 1.0, 1.0, 0.0, 0.87, 0.87, 0.89, 1.0, 0.03, 0.03, 0.10 };
}

/// What colour maps of values in a grid share.
Json GridTable()
{
  return { { "NanColor", nanColor }, { "UseBelowRangeColor", 1 }, { "BelowRangeColor", gapColor } };
}

Json WithPoints(Json table, const Json& points)
{
  table["RGBPoints"] = points;
  table["ColorSpace"] = 0;
  return table;
}

Color FromHue(double hue, double saturation, double value)
{
  const double sector = 6.0 * (hue - std::floor(hue));
  const double rest = sector - std::floor(sector);
  const double low = value * (1.0 - saturation);
  const double falling = value * (1.0 - saturation * rest);
  const double rising = value * (1.0 - saturation * (1.0 - rest));
  switch (static_cast<int>(sector))
  {
    case 0:
      return { value, rising, low };
    case 1:
      return { falling, value, low };
    case 2:
      return { low, value, rising };
    case 3:
      return { low, falling, value };
    case 4:
      return { rising, low, value };
    default:
      return { value, low, falling };
  }
}

/// Group -1 is "none" and neutral; neighbouring numbers get hues far apart (golden ratio).
Json GroupTable()
{
  Json annotations = { "-1", "none" };
  std::vector<double> colors(neutral.begin(), neutral.end());
  constexpr double goldenRatio = 0.61803398875;
  for (int group = 0; group < groupColors; ++group)
  {
    annotations.push_back(std::to_string(group));
    annotations.push_back(std::to_string(group));
    const double saturation = group % 3 == 1 ? 0.55 : 0.85;
    const double value = group % 3 == 2 ? 0.65 : 0.92;
    const Color color = FromHue(0.02 + group * goldenRatio, saturation, value);
    colors.insert(colors.end(), color.begin(), color.end());
  }
  return { { "IndexedLookup", 1 }, { "Annotations", annotations }, { "IndexedColors", colors },
    { "NanColor", nanColor } };
}

Json Settings()
{
  Json tables;
  for (const char* kind : { "weight", "bias", "weight_gradient", "bias_gradient",
         "activation_gradient", "momentum", "running_mean" })
  {
    tables[kind]["PVLookupTable"] = WithPoints(GridTable(), DivergingPoints());
  }
  tables["Step"]["PVLookupTable"] = WithPoints({ { "NanColor", nanColor } }, StepPoints());
  tables["correlation"]["PVLookupTable"] =
    WithPoints({ { "NanColor", noCorrelation } }, DarkerIsHigherPoints());
  tables["Group"]["PVLookupTable"] = GroupTable();
  tables["activation"]["PVLookupTable"] = GridTable();
  tables["running_variance"]["PVLookupTable"] = GridTable();
  return { { "array_lookup_tables", tables },
    { "standard_presets", { { "activation", "Viridis (matplotlib)" },
                            { "running_variance", "Viridis (matplotlib)" } } } };
}

struct DefaultColors
{
  DefaultColors()
  {
    constexpr double belowUsersOwn = 0.5;
    vtkSMSettings::GetInstance()->AddCollectionFromString(Settings().dump(), belowUsersOwn);
    // A chart of metrics begins with loss and accuracy; the other columns can be switched on.
    vtkSMChartSeriesSelectionDomain::AddSeriesVisibilityDefault(
      "^(step|epoch|learning_rate|.*/weight_norm|.*/weight_gradient_norm)$", false);
  }
} const defaultColors;
}
