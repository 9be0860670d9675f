#include "vtkEditMarks.h"

#include "vtkAxis.h"
#include "vtkBrush.h"
#include "vtkChartXY.h"
#include "vtkContext2D.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPen.h"
#include "vtkTextProperty.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace
{

constexpr unsigned char ink[] = { 90, 92, 96 };
constexpr float lineWidth = 1.5F;
constexpr int textSize = 12;   ///< points
constexpr float margin = 3.0F; ///< pixels between a line and its text, and around the text

/// Where a value of a horizontal axis is, in pixels of the scene; not a number if it is not in
/// sight.
double pixelOf(double value, vtkAxis& axis)
{
  const double scaled = axis.GetLogScaleActive() ? std::log10(value) : value;
  const double low = axis.GetMinimum();
  const double high = axis.GetMaximum();
  if (!(scaled >= low) || !(scaled <= high) || !(low < high))
  {
    return std::numeric_limits<double>::quiet_NaN();
  }
  float left[2];
  float right[2];
  axis.GetPoint1(left);
  axis.GetPoint2(right);
  return left[0] + (scaled - low) / (high - low) * (right[0] - left[0]);
}

} // namespace

vtkStandardNewMacro(vtkEditMarks);

//------------------------------------------------------------------------------
vtkEditMarks::vtkEditMarks() = default;

//------------------------------------------------------------------------------
vtkEditMarks::~vtkEditMarks() = default;

//------------------------------------------------------------------------------
void vtkEditMarks::SetChart(vtkChartXY* chart)
{
  this->Chart = chart;
}

//------------------------------------------------------------------------------
void vtkEditMarks::SetMarks(std::vector<Mark> marks)
{
  this->Marks = std::move(marks);
  std::stable_sort(this->Marks.begin(), this->Marks.end(),
    [](const Mark& a, const Mark& b) { return a.place < b.place; });
  this->Modified();
}

//------------------------------------------------------------------------------
bool vtkEditMarks::Paint(vtkContext2D* painter)
{
  vtkAxis* axis = this->Chart ? this->Chart->GetAxis(vtkAxis::BOTTOM) : nullptr;
  if (!axis || this->Marks.empty())
  {
    return true;
  }
  const auto bottom = static_cast<float>(this->Chart->GetPoint1()[1]);
  const auto top = static_cast<float>(this->Chart->GetPoint2()[1]);

  vtkNew<vtkPen> pen;
  pen->SetColor(ink[0], ink[1], ink[2]);
  pen->SetWidth(lineWidth);
  pen->SetLineType(vtkPen::DASH_LINE);
  vtkNew<vtkTextProperty> property;
  property->SetFontSize(textSize);
  property->SetColor(ink[0] / 255.0, ink[1] / 255.0, ink[2] / 255.0);
  property->SetOrientation(90.0);
  property->SetJustificationToCentered();
  property->SetVerticalJustificationToBottom();
  vtkNew<vtkPen> none;
  none->SetLineType(vtkPen::NO_PEN);
  vtkNew<vtkBrush> paper;
  paper->SetColor(255, 255, 255, 200);

  float free = std::numeric_limits<float>::infinity(); // to the left of the texts so far
  for (auto mark = this->Marks.rbegin(); mark != this->Marks.rend(); ++mark)
  {
    const double pixel = pixelOf(mark->place, *axis);
    if (std::isnan(pixel))
    {
      continue;
    }
    const auto x = static_cast<float>(pixel);
    painter->ApplyPen(pen);
    painter->DrawLine(x, bottom, x, top);

    painter->ApplyTextProp(property);
    float box[4]; // lower left corner and size
    painter->ComputeStringBounds(mark->text, box);
    const float width = box[2] + 2.0F * margin;
    const float height = box[3] + 2.0F * margin;
    if (x <= free && height < top - bottom)
    {
      // In the middle, where neither a loss that falls nor an accuracy that rises is for long.
      const float middle = 0.5F * (bottom + top);
      painter->ApplyPen(none);
      painter->ApplyBrush(paper);
      painter->DrawRect(x - width, middle - 0.5F * height, width - margin, height);
      painter->DrawString(x - margin, middle, mark->text);
      free = x - width;
    }
  }
  return true;
}

//------------------------------------------------------------------------------
void vtkEditMarks::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  for (const Mark& mark : this->Marks)
  {
    os << indent << mark.place << ": " << mark.text << "\n";
  }
}
