#include "vtkModelProvider.h"

#include "vtkDemandDrivenPipeline.h"
#include "vtkInformation.h"
#include "vtkInformationObjectBaseKey.h"

namespace
{
/// Copies itself downstream in every information pass. KEYS_TO_COPY does not do: it lives on the
/// request, so that it is lost when the source itself is up to date.
class SelfCopyingKey : public vtkInformationObjectBaseKey
{
public:
  vtkTypeMacro(SelfCopyingKey, vtkInformationObjectBaseKey);
  SelfCopyingKey(const char* name, const char* location)
    : vtkInformationObjectBaseKey(name, location, "vtkModelProvider")
  {
  }
  void CopyDefaultInformation(
    vtkInformation* request, vtkInformation* from, vtkInformation* to) override
  {
    if (request->Has(vtkDemandDrivenPipeline::REQUEST_INFORMATION()))
    {
      this->ShallowCopy(from, to);
    }
  }
};
}

//----------------------------------------------------------------------------
vtkInformationObjectBaseKey* vtkModelProvider::MODEL_PROVIDER()
{
  static auto* const key = new SelfCopyingKey("MODEL_PROVIDER", "vtkModelProvider"); // owned by VTK
  return key;
}

//----------------------------------------------------------------------------
vtkModelProvider* vtkModelProvider::Get(vtkInformation* info)
{
  return info ? vtkModelProvider::SafeDownCast(info->Get(MODEL_PROVIDER())) : nullptr;
}

//----------------------------------------------------------------------------
vtkModelProvider::vtkModelProvider() = default;

//----------------------------------------------------------------------------
vtkModelProvider::~vtkModelProvider() = default;

//----------------------------------------------------------------------------
std::unique_ptr<tensorview::LayerHistory> vtkModelProvider::OpenHistory(const std::string&)
{
  return nullptr;
}

//----------------------------------------------------------------------------
std::string vtkModelProvider::GetHistoryVersion()
{
  return {};
}

//----------------------------------------------------------------------------
bool vtkModelProvider::ReadProbe(const std::string&, double, tensorview::TensorValues&)
{
  return false;
}

//----------------------------------------------------------------------------
std::vector<std::int64_t> vtkModelProvider::GetSnapshotSteps()
{
  return {};
}

//----------------------------------------------------------------------------
bool vtkModelProvider::ReadSnapshot(const std::string&, const std::string&, std::int64_t,
  std::int64_t, std::int64_t, tensorview::TensorValues&)
{
  return false;
}

//----------------------------------------------------------------------------
bool vtkModelProvider::OffersGram(const std::string&)
{
  return false;
}

//----------------------------------------------------------------------------
bool vtkModelProvider::ReadGram(const std::string&, double, tensorview::GramMatrix&)
{
  return false;
}

//----------------------------------------------------------------------------
std::vector<tensorview::EditMark> vtkModelProvider::GetEditMarks()
{
  return {};
}

//----------------------------------------------------------------------------
void vtkModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  const auto model = this->GetModel();
  os << indent << "Model: " << model->name << ", " << model->layers.size() << " layers, "
     << model->tensors.size() << " tensors\n";
}
