#include "vtkModelProvider.h"
#include "vtkTensorCollection.h"

#include "vtkDataObjectAlgorithm.h"
#include "vtkInformation.h"
#include "vtkInformationObjectBaseKey.h"
#include "vtkInformationVector.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPassInputTypeAlgorithm.h"
#include "vtkWeakPointer.h"

#include <gtest/gtest.h>

#include <sstream>

namespace
{

class Provider : public vtkModelProvider
{
public:
  static Provider* New();
  vtkTypeMacro(Provider, vtkModelProvider);
  std::shared_ptr<const tensorview::ModelDescription> GetModel() override { return this->Model; }
  bool ReadCoordinates(const std::string&, const std::vector<std::int64_t>&, std::int64_t,
    std::int64_t, tensorview::CoordinateHistory&) override
  {
    return false;
  }
  bool ReadsOnDemand() override { return this->OnDemand; }

  std::shared_ptr<tensorview::ModelDescription> Model =
    std::make_shared<tensorview::ModelDescription>();
  bool OnDemand = true;
};
vtkStandardNewMacro(Provider);

class Source : public vtkDataObjectAlgorithm
{
public:
  static Source* New();
  vtkTypeMacro(Source, vtkDataObjectAlgorithm);
  vtkNew<Provider> Offered;

protected:
  Source() { this->SetNumberOfInputPorts(0); }
  int FillOutputPortInformation(int, vtkInformation* info) override
  {
    info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkPartitionedDataSetCollection");
    return 1;
  }
  int RequestInformation(
    vtkInformation*, vtkInformationVector**, vtkInformationVector* outputs) override
  {
    outputs->GetInformationObject(0)->Set(vtkModelProvider::MODEL_PROVIDER(), this->Offered);
    return 1;
  }
  int RequestData(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override
  {
    return 1;
  }
};
vtkStandardNewMacro(Source);

/// A filter that knows nothing of networks.
class Foreign : public vtkPassInputTypeAlgorithm
{
public:
  static Foreign* New();
  vtkTypeMacro(Foreign, vtkPassInputTypeAlgorithm);

protected:
  int RequestData(vtkInformation*, vtkInformationVector**, vtkInformationVector*) override
  {
    return 1;
  }
};
vtkStandardNewMacro(Foreign);

}

TEST(ModelProvider, ReachesFiltersBehindOthersThatWereAddedLater)
{
  vtkNew<Source> source;
  source->Update();
  vtkNew<Foreign> first;
  first->SetInputConnection(source->GetOutputPort());
  first->Update();
  vtkNew<Foreign> second;
  second->SetInputConnection(first->GetOutputPort());
  second->UpdateInformation();
  EXPECT_EQ(vtkModelProvider::Get(second->GetOutputInformation(0)), source->Offered);
}

TEST(ModelProvider, OutlivesItsSource)
{
  vtkNew<Foreign> filter;
  vtkWeakPointer<vtkModelProvider> watch;
  {
    vtkNew<Source> source;
    watch = source->Offered;
    filter->SetInputConnection(source->GetOutputPort());
    filter->UpdateInformation();
  }
  EXPECT_NE(vtkModelProvider::Get(filter->GetOutputInformation(0)), nullptr);
  filter->SetInputConnection(nullptr);
  filter->GetOutputInformation(0)->Remove(vtkModelProvider::MODEL_PROVIDER());
  EXPECT_EQ(watch, nullptr);
}

TEST(ModelProvider, IsAbsentFromOrdinaryPipelines)
{
  vtkNew<vtkInformation> information;
  EXPECT_EQ(vtkModelProvider::Get(information), nullptr);
  EXPECT_EQ(vtkModelProvider::Get(nullptr), nullptr);
}

TEST(ModelProvider, HasNoProbeByDefault)
{
  vtkNew<Provider> provider;
  tensorview::TensorValues probe;
  EXPECT_FALSE(provider->ReadProbe("fc1", 0.0, probe));
}

TEST(ModelProvider, PrintsItself)
{
  vtkNew<Provider> provider;
  provider->Model->name = "small";
  std::ostringstream text;
  provider->Print(text);
  EXPECT_NE(text.str().find("Model: small, 0 layers, 0 tensors"), std::string::npos);
}

TEST(TensorRequest, AsksForSingleTensors)
{
  vtkNew<Provider> provider;
  provider->Model->tensors = { { 1, "conv1", "weight", {}, -1 }, { 1, "conv1", "bias", {}, -1 },
    { 2, "fc1", "weight", {}, -1 } };
  vtkNew<vtkInformation> information;
  using Flags = std::vector<bool>;
  EXPECT_EQ(vtkTensorCollection::Requested(information, 3), (Flags{ true, true, true }));

  vtkTensorCollection::Request(information, "fc1", "weight"); // nobody to ask
  EXPECT_EQ(vtkTensorCollection::Requested(information, 3), (Flags{ true, true, true }));

  information->Set(vtkModelProvider::MODEL_PROVIDER(), provider);
  vtkTensorCollection::RequestToo(information, "conv1", "bias"); // everything is asked for
  EXPECT_EQ(vtkTensorCollection::Requested(information, 3), (Flags{ true, true, true }));
  vtkTensorCollection::Request(information, "fc1", "weight");
  EXPECT_EQ(vtkTensorCollection::Requested(information, 3), (Flags{ false, false, true }));
  vtkTensorCollection::RequestToo(information, "conv1", "bias");
  EXPECT_EQ(vtkTensorCollection::Requested(information, 3), (Flags{ false, true, true }));
  vtkTensorCollection::Release(information);
  EXPECT_EQ(vtkTensorCollection::Requested(information, 3), (Flags{ true, true, true }));
}

TEST(TensorRequest, IsLeftOutWhereItIsOfNoUse)
{
  vtkNew<Provider> provider;
  provider->Model->tensors = { { 1, "conv1", "weight", {}, -1 } };
  vtkNew<vtkInformation> information;
  information->Set(vtkModelProvider::MODEL_PROVIDER(), provider);
  vtkTensorCollection::Request(information, "conv9", "weight");
  EXPECT_EQ(vtkTensorCollection::Requested(information, 1), std::vector<bool>{ true });
  provider->OnDemand = false;
  vtkTensorCollection::Request(information, "conv1", "weight");
  EXPECT_EQ(vtkTensorCollection::Requested(information, 2), (std::vector<bool>{ true, true }));
}
