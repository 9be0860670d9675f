#include "vtkTensorFilter.h"

#include "LayerTensor.h"
#include "RankExchange.h"

#include "vtkDataObject.h"
#include "vtkFieldData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"

#include <cstring>
#include <optional>
#include <stdexcept>

namespace
{

// A note is shown in a view by ParaView's Annotate Global Data, which cuts texts after 255
// characters, in the middle of a word.
constexpr std::size_t noteWidth = 76; ///< characters of a line
constexpr int noteLines = 3;

/// Breaks a text into at most `lines` lines at blanks; the rest is an ellipsis.
std::string InLines(std::string text, std::size_t width, int lines)
{
  constexpr const char* ellipsis = " ...";
  std::size_t lineStart = 0;
  for (int line = 1; text.size() - lineStart > width; ++line)
  {
    if (line == lines)
    {
      const auto blank = text.rfind(' ', lineStart + width - std::strlen(ellipsis));
      const bool isWord = blank == std::string::npos || blank < lineStart;
      return text.substr(0, isWord ? lineStart + width : blank) + ellipsis;
    }
    auto blank = text.rfind(' ', lineStart + width);
    if (blank == std::string::npos || blank < lineStart)
    {
      blank = text.find(' ', lineStart + width);
    }
    if (blank == std::string::npos)
    {
      break;
    }
    text[blank] = '\n';
    lineStart = blank + 1;
  }
  return text;
}

} // namespace

vtkTensorFilter::vtkTensorFilter(const char* defaultKind)
  : Kind(defaultKind)
  , DefaultKind(defaultKind)
{
}

vtkTensorFilter::~vtkTensorFilter() = default;

void vtkTensorFilter::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Layer: " << this->Layer << "\n";
  os << indent << "Kind: " << this->Kind << "\n";
  os << indent << "DefaultKind: " << this->DefaultKind << "\n";
  os << indent << "Note: " << this->Note << "\n";
}

vtkStringArray* vtkTensorFilter::GetTensors()
{
  return this->Tensors;
}

TensorName vtkTensorFilter::GetTensorName() const
{
  const bool first = this->Layer == allLayers && !this->ShowsAllLayers();
  return { first ? "" : this->Layer, this->Kind, this->DefaultKind };
}

vtkTypeBool vtkTensorFilter::ProcessRequest(
  vtkInformation* request, vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  const vtkTypeBool result = this->Superclass::ProcessRequest(request, inputVector, outputVector);
  if (request->Has(vtkStreamingDemandDrivenPipeline::REQUEST_UPDATE_EXTENT()))
  {
    RankExchange::ExpectImagesOnRootOnly(outputVector);
  }
  return result;
}

int vtkTensorFilter::FillInputPortInformation(int, vtkInformation* info)
{
  // Anything, so that the message for a wrong input is ours and says what to connect.
  info->Set(vtkAlgorithm::INPUT_REQUIRED_DATA_TYPE(), "vtkDataObject");
  return 1;
}

int vtkTensorFilter::RequestInformation(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  this->Tensors->Initialize();
  vtkModelProvider* provider = vtkModelProvider::Get(inputVector[0]->GetInformationObject(0));
  if (provider)
  {
    const auto model = provider->GetModel();
    for (const tensorview::TensorDescription& tensor : model->tensors)
    {
      this->Tensors->InsertNextValue(tensor.layer);
      this->Tensors->InsertNextValue(tensor.kind);
    }
  }
  try
  {
    this->Promise(inputVector, outputVector);
  }
  catch (const std::exception&)
  {
    // Execute() reports it.
  }
  return 1;
}

int vtkTensorFilter::RequestUpdateExtent(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector*)
{
  vtkInformation* input = inputVector[0]->GetInformationObject(0);
  if (const std::optional<LayerShape> tensor = DescribeTensor(input, this->GetTensorName()))
  {
    vtkTensorCollection::Request(input, tensor->layer, tensor->kind);
  }
  return 1;
}

void vtkTensorFilter::Promise(vtkInformationVector**, vtkInformationVector*) {}

int vtkTensorFilter::RequestData(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  vtkTensorCollection::Release(inputVector[0]->GetInformationObject(0));
  this->Note.clear();
  if (this->Layer == allLayers && !this->ShowsAllLayers())
  {
    this->AddNote("This view shows one layer at a time: the first one.");
  }
  for (int port = 0; port < this->GetNumberOfOutputPorts(); ++port)
  {
    vtkDataObject::GetData(outputVector, port)->Initialize();
  }
  try
  {
    this->Execute(inputVector, outputVector);
  }
  catch (const std::exception& problem)
  {
    for (int port = 0; port < this->GetNumberOfOutputPorts(); ++port)
    {
      vtkDataObject::GetData(outputVector, port)->Initialize();
    }
    this->Tell(problem.what());
    // A failure (0) would make the pipeline add a message of its own and try again at every
    // picture.
    return 1;
  }
  this->Told.clear();
  this->PublishNote(outputVector);
  return 1;
}

void vtkTensorFilter::Tell(const std::string& problem)
{
  // Two ports may be executed one after the other, for pieces or extents that differ.
  if (problem != this->Told || this->GetMTime() > this->ToldAt)
  {
    vtkErrorMacro(<< problem);
    this->Told = problem;
    this->ToldAt.Modified();
  }
}

bool vtkTensorFilter::Pick(vtkInformationVector** inputVector, LayerTensor& tensor)
{
  return this->Pick(inputVector, this->GetTensorName(), true, tensor);
}

bool vtkTensorFilter::Pick(
  vtkInformationVector** inputVector, const TensorName& name, bool withValues, LayerTensor& tensor)
{
  std::string message;
  const PickResult result = PickTensor(vtkDataObject::GetData(inputVector[0], 0),
    inputVector[0]->GetInformationObject(0), name, withValues, tensor, message);
  if (result == PickResult::Wrong)
  {
    throw std::runtime_error(message);
  }
  return result == PickResult::Found;
}

void vtkTensorFilter::AddNote(const std::string& sentence)
{
  if (!sentence.empty())
  {
    this->Note += (this->Note.empty() ? "" : " ") + sentence;
  }
}

void vtkTensorFilter::PublishNote(vtkInformationVector* outputVector)
{
  const std::string lines = InLines(this->Note, noteWidth, noteLines);
  for (int port = 0; port < this->GetNumberOfOutputPorts(); ++port)
  {
    vtkNew<vtkStringArray> note;
    note->SetName("Note");
    note->InsertNextValue(lines);
    vtkDataObject::GetData(outputVector, port)->GetFieldData()->AddArray(note);
  }
}
