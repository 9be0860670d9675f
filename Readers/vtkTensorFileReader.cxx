#include "vtkTensorFileReader.h"

#include "Core/NetworkSeries.h"
#include "NetworkContents.h"
#include "RankAgreement.h"
#include "TensorCache.h"
#include "TensorSelection.h"
#include "vtkFileModelProvider.h"
#include "vtkTensorCollection.h"

#include "vtkFieldData.h"
#include "vtkInformation.h"
#include "vtkInformationDoubleVectorKey.h"
#include "vtkInformationIntegerKey.h"
#include "vtkInformationObjectBaseKey.h"
#include "vtkInformationVector.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

vtkStandardNewMacro(vtkTensorFileReader);

namespace
{
using Pipeline = vtkStreamingDemandDrivenPipeline;
using RankAgreement::OnAllRanks;
using RankAgreement::ProblemOf;

constexpr int tensorPort = 0;
constexpr int contentsPort = 1;
constexpr std::uint64_t mebibyte = std::uint64_t{ 1 } << 20;

/// The same as in xml/TensorFileReader.xml.
constexpr std::array<std::string_view, 9> extensions = { ".npy", ".npz", ".safetensors", ".pt",
  ".pth", ".h5", ".hdf5", ".keras", ".onnx" };
constexpr std::string_view shardIndex = ".index.json";

bool IsCalledLikeOurs(const std::filesystem::path& path)
{
  const std::string extension = path.extension().string();
  const std::string name = path.filename().string();
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end() ||
         (name.size() > shardIndex.size() &&
           std::string_view(name).substr(name.size() - shardIndex.size()) == shardIndex);
}

/// Everything that decides what the files are.
struct Choices
{
  std::vector<std::string> fileNames;
  tensorview::NetworkOptions options;
  std::uint64_t mostTensorBytes = 0;

  bool operator==(const Choices& o) const
  {
    const auto numbers = [](const Choices& c)
    {
      return std::make_tuple(c.options.layout, c.options.order, c.options.windowRows,
        c.options.windowColumns, c.options.everything, c.mostTensorBytes);
    };
    return this->fileNames == o.fileNames && numbers(*this) == numbers(o);
  }
};
}

struct vtkTensorFileReader::Internals
{
  std::vector<std::string> fileNames;
  std::shared_ptr<tensorview::NetworkSeries> series;
  Choices opened; ///< what `series` was opened by
  vtkNew<vtkFileModelProvider> provider;
  tensorview::TensorSelection selection;
  tensorview::TensorCache cache;
  std::set<std::pair<std::size_t, std::size_t>> told; ///< problems of (file, tensor)
  vtkIdType readsBefore = 0;                          ///< of series that were open before

  void set(std::shared_ptr<tensorview::NetworkSeries> files);
  std::size_t fileFor(vtkInformation* request) const;
  std::uint64_t selectedBytes() const;
};

//----------------------------------------------------------------------------
void vtkTensorFileReader::Internals::set(std::shared_ptr<tensorview::NetworkSeries> files)
{
  this->readsBefore += this->series ? this->series->reads() : 0;
  this->series = std::move(files);
  this->provider->SetSeries(this->series);
  this->selection.setTensors(this->series ? this->series->network().model.tensors
                                          : std::vector<tensorview::TensorDescription>());
  this->cache.clear();
  this->told.clear();
}

//----------------------------------------------------------------------------
std::size_t vtkTensorFileReader::Internals::fileFor(vtkInformation* request) const
{
  const std::vector<std::int64_t>& steps = this->series->files().steps;
  if (!request->Has(Pipeline::UPDATE_TIME_STEP()))
  {
    return 0;
  }
  const double time = request->Get(Pipeline::UPDATE_TIME_STEP());
  const auto after = std::upper_bound(steps.begin(), steps.end(), time,
    [](double t, std::int64_t step) { return t < static_cast<double>(step); });
  return after == steps.begin() ? 0 : static_cast<std::size_t>(after - steps.begin()) - 1;
}

//----------------------------------------------------------------------------
std::uint64_t vtkTensorFileReader::Internals::selectedBytes() const
{
  const auto& tensors = this->series->network().model.tensors;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i)
  {
    bytes += this->selection.isSelected(i)
               ? static_cast<std::uint64_t>(tensors[i].shape.size()) * sizeof(float)
               : 0;
  }
  return bytes;
}

//----------------------------------------------------------------------------
vtkTensorFileReader::vtkTensorFileReader()
  : Internal(new Internals)
{
  this->SetNumberOfInputPorts(0);
  this->SetNumberOfOutputPorts(2);
}

//----------------------------------------------------------------------------
vtkTensorFileReader::~vtkTensorFileReader() = default;

//----------------------------------------------------------------------------
void vtkTensorFileReader::AddFileName(const char* fileName)
{
  if (fileName && *fileName)
  {
    this->Internal->fileNames.emplace_back(fileName);
    this->Modified();
  }
}

//----------------------------------------------------------------------------
void vtkTensorFileReader::RemoveAllFileNames()
{
  if (!this->Internal->fileNames.empty())
  {
    this->Internal->fileNames.clear();
    this->Modified();
  }
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::GetNumberOfFileNames() const
{
  return static_cast<int>(this->Internal->fileNames.size());
}

//----------------------------------------------------------------------------
const char* vtkTensorFileReader::GetFileName(int index) const
{
  const bool known = index >= 0 && index < this->GetNumberOfFileNames();
  return known ? this->Internal->fileNames[static_cast<std::size_t>(index)].c_str() : nullptr;
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::GetNumberOfTensorArrays()
{
  return this->Internal->selection.size();
}

//----------------------------------------------------------------------------
const char* vtkTensorFileReader::GetTensorArrayName(int index)
{
  return this->Internal->selection.name(index);
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::GetTensorArrayStatus(const char* name)
{
  return name && this->Internal->selection.isSelected(std::string(name)) ? 1 : 0;
}

//----------------------------------------------------------------------------
void vtkTensorFileReader::SetTensorArrayStatus(const char* name, int status)
{
  if (name && this->Internal->selection.select(name, status != 0))
  {
    this->Modified();
  }
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::CanReadFile(const char* fileName)
{
  // A damaged file is taken, too: updating tells what is wrong with it, while ParaView would only
  // ask for another reader.
  const std::filesystem::path path = fileName ? fileName : "";
  std::error_code ignored;
  return IsCalledLikeOurs(path) && std::filesystem::is_regular_file(path, ignored) ? 1 : 0;
}

//----------------------------------------------------------------------------
void vtkTensorFileReader::Reload()
{
  this->Internal->set(nullptr);
  this->Modified();
}

//----------------------------------------------------------------------------
vtkIdType vtkTensorFileReader::GetNumberOfTensorsRead() const
{
  const auto& p = *this->Internal;
  return p.readsBefore + (p.series ? static_cast<vtkIdType>(p.series->reads()) : 0);
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::FillOutputPortInformation(int port, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(),
    port == tensorPort ? "vtkPartitionedDataSetCollection" : "vtkTable");
  return 1;
}

//----------------------------------------------------------------------------
vtkTypeBool vtkTensorFileReader::ProcessRequest(
  vtkInformation* request, vtkInformationVector** inputs, vtkInformationVector* outputs)
{
  if (request->Has(Pipeline::REQUEST_DATA_NOT_GENERATED()))
  {
    // The port that was asked; both for a request to no port in particular.
    const int asked = request->Get(vtkExecutive::FROM_OUTPUT_PORT());
    if (asked >= 0)
    {
      outputs->GetInformationObject(1 - asked)->Set(Pipeline::DATA_NOT_GENERATED(), 1);
    }
    return 1;
  }
  return this->Superclass::ProcessRequest(request, inputs, outputs);
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::RequestDataObject(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputs)
{
  if (!vtkPartitionedDataSetCollection::GetData(outputs, tensorPort))
  {
    vtkNew<vtkPartitionedDataSetCollection> tensors;
    outputs->GetInformationObject(tensorPort)->Set(vtkDataObject::DATA_OBJECT(), tensors);
  }
  if (!vtkTable::GetData(outputs, contentsPort))
  {
    vtkNew<vtkTable> table;
    outputs->GetInformationObject(contentsPort)->Set(vtkDataObject::DATA_OBJECT(), table);
  }
  return 1;
}

//----------------------------------------------------------------------------
std::string vtkTensorFileReader::Open()
{
  auto& p = *this->Internal;
  Choices choices;
  choices.fileNames = p.fileNames;
  choices.options.layout = static_cast<tensorview::AxisLayout>(this->Layout);
  choices.options.order = static_cast<tensorview::LayerOrder>(this->LayerOrder);
  choices.options.windowRows = std::max(1, this->WindowShape[0]);
  choices.options.windowColumns = std::max(1, this->WindowShape[1]);
  choices.options.everything = this->TrainingState != 0;
  choices.mostTensorBytes = static_cast<std::uint64_t>(this->MaximumTensorSize) * mebibyte;
  if (OnAllRanks(p.series && choices == p.opened && !p.series->changed()))
  {
    return {};
  }
  std::shared_ptr<tensorview::NetworkSeries> series;
  std::string problem = ProblemOf(
    [&]()
    {
      series = tensorview::NetworkSeries::open(
        choices.fileNames, choices.options, choices.mostTensorBytes);
    });
  if (!OnAllRanks(problem.empty()))
  {
    problem = problem.empty() ? "another rank cannot read " + p.fileNames.front() : problem;
    series.reset();
  }
  p.set(std::move(series));
  p.opened = std::move(choices);
  return problem;
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::RequestInformation(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputs)
{
  auto& p = *this->Internal;
  for (int port : { tensorPort, contentsPort })
  {
    vtkInformation* info = outputs->GetInformationObject(port);
    info->Set(vtkAlgorithm::CAN_HANDLE_PIECE_REQUEST(), 1);
    info->Set(vtkModelProvider::MODEL_PROVIDER(), p.provider);
  }
  vtkInformation* info = outputs->GetInformationObject(tensorPort);
  info->Remove(Pipeline::TIME_STEPS());
  info->Remove(Pipeline::TIME_RANGE());
  // What cannot be read is told once, here, and is empty: a failure (0) would make the pipeline add
  // messages of its own at every update.
  this->Note.clear();
  if (p.fileNames.empty())
  {
    p.set(nullptr);
    vtkErrorMacro("no file is named; set FileName to a file of tensors (.npy, .npz, .safetensors, "
                  ".pt, .pth, .h5, .hdf5, .keras, .onnx)");
    return 1;
  }
  const std::string problem = this->Open();
  if (!p.series)
  {
    vtkErrorMacro(<< problem);
    return 1;
  }
  for (const std::string& other : p.series->problems())
  {
    vtkWarningMacro(<< other);
  }
  this->Note = NetworkContents::Summary(p.series->network());

  const std::vector<std::int64_t>& steps = p.series->files().steps;
  if (steps.size() > 1)
  {
    const std::vector<double> times(steps.begin(), steps.end());
    const double range[2] = { times.front(), times.back() };
    info->Set(Pipeline::TIME_STEPS(), times.data(), static_cast<int>(times.size()));
    info->Set(Pipeline::TIME_RANGE(), range, 2);
  }
  return 1;
}

//----------------------------------------------------------------------------
int vtkTensorFileReader::RequestData(
  vtkInformation* request, vtkInformationVector**, vtkInformationVector* outputs)
{
  auto& p = *this->Internal;
  const int port = request->Get(vtkExecutive::FROM_OUTPUT_PORT());
  std::string problem;
  if (p.series)
  {
    // Another file may have taken the place of what is open since the pipeline asked what is there.
    problem = this->Open();
    if (p.series)
    {
      problem = ProblemOf(
        [&]()
        {
          if (port != contentsPort)
          {
            this->FillTensors(outputs);
          }
          if (port != tensorPort)
          {
            this->FillContents(outputs);
          }
        });
    }
  }
  if (!p.series || !problem.empty())
  {
    for (int i : { tensorPort, contentsPort })
    {
      if (port < 0 || i == port)
      {
        vtkDataObject::GetData(outputs, i)->Initialize();
      }
    }
  }
  if (!problem.empty())
  {
    vtkErrorMacro(<< problem);
  }
  return 1;
}

//----------------------------------------------------------------------------
void vtkTensorFileReader::FillTensors(vtkInformationVector* outputs)
{
  auto& p = *this->Internal;
  vtkInformation* info = outputs->GetInformationObject(tensorPort);
  auto* output = vtkPartitionedDataSetCollection::GetData(outputs, tensorPort);
  const tensorview::ModelDescription& model = p.series->network().model;
  const std::size_t count = model.tensors.size();

  const auto [piece, pieces] = RankAgreement::PieceAskedFor(info);
  const tensorview::SnapshotPiece at{ p.fileFor(info), piece, pieces };
  const std::vector<bool> requested = vtkTensorCollection::Requested(info, count);
  const bool nobodyAsks = std::find(requested.begin(), requested.end(), false) == requested.end();
  const bool tooMuch = nobodyAsks && count > 1 &&
                       p.selectedBytes() > static_cast<std::uint64_t>(this->Preload) * mebibyte;
  std::vector<tensorview::TensorValues> values(count);
  std::string problems;
  for (std::size_t i = 0; i < count && !this->CheckAbort(); ++i)
  {
    values[i].description = model.tensors[i];
    const bool wanted = (requested[i] && !tooMuch) || p.cache.holds(i, at);
    if (!wanted || piece >= pieces || !p.selection.isSelected(i))
    {
      continue;
    }
    const auto read = [&]()
    {
      const auto [first, filters] = at.filters(model.tensors[i].shape.filters);
      return p.series->read(i, at.snapshot, first, filters,
        [&](double part)
        {
          this->UpdateProgress((static_cast<double>(i) + part) / static_cast<double>(count));
          return !this->CheckAbort();
        });
    };
    const std::string problem = ProblemOf([&]() { values[i] = p.cache.get(i, at, read); });
    if (!values[i].data)
    {
      p.cache.drop(i); // stopped, or not there
    }
    if (!problem.empty() && p.told.insert({ at.snapshot, i }).second &&
        problems.find(problem) == std::string::npos)
    {
      problems += (problems.empty() ? "" : "; ") + problem;
    }
  }
  for (std::size_t i = 0; i < count; ++i)
  {
    values[i].description = model.tensors[i];
  }
  vtkTensorCollection::Build(
    output, values, model, static_cast<double>(p.series->files().steps[at.snapshot]), 0.0);

  vtkNew<vtkStringArray> note;
  note->SetName("Note");
  note->InsertNextValue(
    this->Note +
    (tooMuch ? " Their values take more than Preload; what filters of TensorView ask for is read."
             : ""));
  output->GetFieldData()->AddArray(note);
  if (!problems.empty())
  {
    vtkErrorMacro(<< problems);
  }
}

//----------------------------------------------------------------------------
void vtkTensorFileReader::FillContents(vtkInformationVector* outputs)
{
  vtkTable* table = vtkTable::GetData(outputs, contentsPort);
  if (RankAgreement::PieceAskedFor(outputs->GetInformationObject(contentsPort)).first > 0)
  {
    NetworkContents::FillNothing(table); // so that the ranks' tables can be joined
    return;
  }
  NetworkContents::Fill(table, this->Internal->series->network());
}

//----------------------------------------------------------------------------
void vtkTensorFileReader::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  for (const std::string& fileName : this->Internal->fileNames)
  {
    os << indent << "FileName: " << fileName << "\n";
  }
  os << indent << "Layout: " << this->Layout << "\n";
  os << indent << "LayerOrder: " << this->LayerOrder << "\n";
  os << indent << "WindowShape: " << this->WindowShape[0] << " " << this->WindowShape[1] << "\n";
  os << indent << "TrainingState: " << this->TrainingState << "\n";
  os << indent << "Preload: " << this->Preload << "\n";
  os << indent << "MaximumTensorSize: " << this->MaximumTensorSize << "\n";
  os << indent << "RefreshToken: " << this->RefreshToken << "\n";
  os << indent << "Note: " << this->Note << "\n";
}
