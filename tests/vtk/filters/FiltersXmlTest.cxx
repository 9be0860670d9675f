#include "vtkDistributionGrid.h"
#include "vtkImageGrid.h"
#include "vtkNew.h"
#include "vtkPCCGrouping.h"
#include "vtkSmartPointer.h"
#include "vtkTrajectory.h"
#include "vtkWeightGrid.h"
#include "vtkXMLDataElement.h"
#include "vtkXMLUtilities.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

// The server-manager XML and the classes agree: every property of the XML has the default of its
// class, and documentation.
namespace
{
using Defaults = std::map<std::string, std::string>;

template <typename Number>
std::string Text(Number value)
{
  std::ostringstream text;
  text << value;
  return text.str();
}

template <typename Filter>
void CheckXml(const std::string& name, Filter* filter, Defaults expected)
{
  expected["Layer"] = filter->GetLayer();
  const std::string path = std::string(TENSORVIEW_XML_DIRECTORY) + "/" + name + ".xml";
  const auto file =
    vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromFile(path.c_str()));
  ASSERT_TRUE(file) << path;
  vtkXMLDataElement* group = file->FindNestedElementWithName("ProxyGroup");
  ASSERT_NE(group, nullptr);
  vtkXMLDataElement* proxy = group->FindNestedElementWithName("SourceProxy");
  ASSERT_NE(proxy, nullptr);
  EXPECT_EQ(proxy->GetAttribute("name"), name);
  EXPECT_EQ(proxy->GetAttribute("class"), std::string(filter->GetClassName()));
  std::set<std::string> seen;
  for (int i = 0; i < proxy->GetNumberOfNestedElements(); ++i)
  {
    vtkXMLDataElement* property = proxy->GetNestedElement(i);
    if (std::string(property->GetName()).find("VectorProperty") == std::string::npos)
    {
      continue;
    }
    const std::string propertyName = property->GetAttribute("name");
    EXPECT_NE(property->FindNestedElementWithName("Documentation"), nullptr) << propertyName;
    if (property->GetAttribute("information_only"))
    {
      continue;
    }
    seen.insert(propertyName);
    ASSERT_EQ(expected.count(propertyName), 1U) << propertyName << " is not checked";
    const char* written = property->GetAttribute("default_values"); // none if it is empty
    EXPECT_EQ(written ? written : "", expected[propertyName]) << propertyName;
  }
  for (const auto& [key, value] : expected)
  {
    EXPECT_EQ(seen.count(key), 1U) << key << " is not in " << path;
  }
}
}

namespace
{
/// What all grids have, with the expectations of one of them.
template <typename Grid>
Defaults GridDefaults(Grid* grid, Defaults own)
{
  std::string planes = "0";
  for (int i = 1; i < 24; ++i)
  {
    planes += " 0";
  }
  own.insert({ { "Kind", grid->GetKind() }, { "Columns", Text(grid->GetColumns()) },
    { "Gap", Text(grid->GetGap()) }, { "WindowGap", Text(grid->GetWindowGap()) },
    { "Order", Text(grid->GetOrder()) },
    { "AccumulateSnapshots", Text(grid->GetAccumulateSnapshots()) }, { "Focus", grid->GetFocus() },
    { "FocusOnly", Text(grid->GetFocusOnly()) }, { "ViewFrustum", planes } });
  return own;
}

/// What those with flat images have.
template <typename Grid>
Defaults FlatGridDefaults(Grid* grid, Defaults own)
{
  own.insert({ { "MaximumPixels", Text(grid->GetMaximumPixels()) },
    { "Aggregate", Text(grid->GetAggregate()) },
    { "Normalization", Text(grid->GetNormalization()) } });
  return GridDefaults(grid, own);
}
}

TEST(FiltersXml, WeightGrid)
{
  vtkNew<vtkWeightGrid> f;
  CheckXml("WeightGrid", f.Get(),
    FlatGridDefaults(f.Get(), { { "HeightScale", Text(f->GetHeightScale()) },
                                { "MaximumBlocks", Text(f->GetMaximumBlocks()) },
                                { "MaximumFocus", Text(f->GetMaximumFocus()) } }));
}

TEST(FiltersXml, ImageGrid)
{
  vtkNew<vtkImageGrid> f;
  CheckXml("ImageGrid", f.Get(), FlatGridDefaults(f.Get(), {}));
}

TEST(FiltersXml, DistributionGrid)
{
  vtkNew<vtkDistributionGrid> f;
  CheckXml("DistributionGrid", f.Get(),
    GridDefaults(f.Get(), { { "Normalization", Text(f->GetNormalization()) },
                            { "MaximumPoints", Text(f->GetMaximumPoints()) } }));
}

TEST(FiltersXml, Trajectory)
{
  vtkNew<vtkTrajectory> f;
  std::string coordinates;
  for (vtkIdType i = 0; i < f->GetNumberOfCoordinates(); ++i)
  {
    coordinates += (i > 0 ? " " : "") + Text(f->GetCoordinate(i));
  }
  CheckXml("Trajectory", f.Get(),
    { { "Projection", Text(f->GetProjection()) }, { "Curves", Text(f->GetCurves()) },
      { "Coordinates", coordinates },
      { "FilterCoordinates", Text(f->GetFilterCoordinates()[0]) + " " +
                               Text(f->GetFilterCoordinates()[1]) + " " +
                               Text(f->GetFilterCoordinates()[2]) },
      { "Slots", "" }, { "Arrangement", Text(f->GetArrangement()) },
      { "FirstStep", Text(f->GetFirstStep()) }, { "LastStep", Text(f->GetLastStep()) },
      { "MaximumSnapshots", Text(f->GetMaximumSnapshots()) },
      { "MaximumPoints", Text(f->GetMaximumPoints()) } });
}

TEST(FiltersXml, PCCGrouping)
{
  vtkNew<vtkPCCGrouping> f;
  CheckXml("PCCGrouping", f.Get(),
    { { "Kind", f->GetKind() }, { "Threshold", Text(f->GetThreshold()) },
      { "Floor", Text(f->GetFloor()) }, { "Measure", Text(f->GetMeasure()) },
      { "Linkage", Text(f->GetLinkage()) },
      { "AccumulateSnapshots", Text(f->GetAccumulateSnapshots()) },
      { "MatrixOrder", Text(f->GetMatrixOrder()) },
      { "MaximumPixels", Text(f->GetMaximumPixels()) }, { "Aggregate", Text(f->GetAggregate()) },
      { "Focus", f->GetFocus() }, { "Patience", Text(f->GetPatience()) } });
}
