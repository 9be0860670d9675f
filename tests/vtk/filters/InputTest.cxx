#include "NetworkSource.h"

#include "vtkDataSet.h"
#include "vtkDistributionGrid.h"
#include "vtkImageGrid.h"
#include "vtkPCCGrouping.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPolyData.h"
#include "vtkSmartPointer.h"
#include "vtkSphereSource.h"
#include "vtkTensorFilter.h"
#include "vtkTrajectory.h"
#include "vtkWeightGrid.h"

#include <gtest/gtest.h>

#include <string>

// What every filter does with inputs that are empty, wrong, or lack what was asked for.
namespace
{
template <typename Filter>
class AnyFilter : public ::testing::Test
{
protected:
  void ExpectEmpty()
  {
    for (int port = 0; port < this->Tested->GetNumberOfOutputPorts(); ++port)
    {
      vtkDataObject* output = this->Tested->GetOutputDataObject(port);
      EXPECT_EQ(output->GetNumberOfElements(vtkDataObject::POINT), 0) << "port " << port;
      EXPECT_EQ(output->GetNumberOfElements(vtkDataObject::ROW), 0) << "port " << port;
    }
  }

  vtkNew<NetworkSource> Source;
  vtkNew<Filter> Tested;
};
using Filters =
  ::testing::Types<vtkWeightGrid, vtkImageGrid, vtkDistributionGrid, vtkTrajectory, vtkPCCGrouping>;
TYPED_TEST_SUITE(AnyFilter, Filters, );
}

TYPED_TEST(AnyFilter, AnEmptyCollectionGivesEmptyOutputs)
{
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  EXPECT_EQ(UpdateAndListen(this->Tested), "");
  this->ExpectEmpty();

  vtkNew<vtkPartitionedDataSetCollection> nothing;
  this->Tested->SetInputDataObject(nothing); // of nobody who could fill it later
  EXPECT_NE(UpdateAndListen(this->Tested).find("empty collection"), std::string::npos);
  this->ExpectEmpty();
}

TYPED_TEST(AnyFilter, OrdinaryDataIsRefusedWithARemedy)
{
  vtkNew<vtkSphereSource> sphere;
  this->Tested->SetInputConnection(sphere->GetOutputPort());
  const std::string direct = UpdateAndListen(this->Tested);
  EXPECT_NE(direct.find("vtkPolyData"), std::string::npos) << direct;
  EXPECT_NE(direct.find("TensorRunReader"), std::string::npos) << direct;
  this->ExpectEmpty();

  sphere->Update();
  vtkNew<vtkPartitionedDataSet> part;
  part->SetPartition(0, sphere->GetOutput());
  vtkNew<vtkPartitionedDataSetCollection> collection;
  collection->SetPartitionedDataSet(0, part);
  this->Tested->SetInputDataObject(collection);
  const std::string wrapped = UpdateAndListen(this->Tested);
  EXPECT_NE(wrapped.find("no tensors"), std::string::npos) << wrapped;
  this->ExpectEmpty();
}

TYPED_TEST(AnyFilter, AnUnknownLayerIsAnErrorThatSaysWhatThereIs)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 2, 2 }, Counting(16));
  this->Source->AddTensor("conv1", "activation", { 4, 1, 4, 4 }, Counting(64));
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  this->Tested->SetLayer("nope");
  const std::string message = UpdateAndListen(this->Tested);
  EXPECT_NE(message.find("nope"), std::string::npos) << message;
  EXPECT_NE(message.find("conv1"), std::string::npos) << message;
  this->ExpectEmpty();
}

TYPED_TEST(AnyFilter, AnUnknownKindIsAnErrorThatSaysWhatThereIs)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 2, 2 }, Counting(16));
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  this->Tested->SetKind("momentum");
  const std::string message = UpdateAndListen(this->Tested);
  EXPECT_NE(message.find("momentum"), std::string::npos) << message;
  EXPECT_NE(message.find("weight"), std::string::npos) << message;
}

TYPED_TEST(AnyFilter, AllLayersAreShownOrTheFirstOne)
{
  for (const char* layer : { "conv1", "conv2" })
  {
    this->Source->AddTensor(layer, "weight", { 4, 1, 2, 2 }, Counting(16));
    this->Source->AddTensor(layer, "activation", { 4, 1, 4, 4 }, Counting(64));
  }
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  this->Tested->SetLayer("*");
  EXPECT_EQ(UpdateAndListen(this->Tested), "");
  const bool one =
    std::string(this->Tested->GetNote()).find("one layer at a time") != std::string::npos;
  EXPECT_EQ(one, !this->Tested->IsA("vtkTensorGridFilter"));
}

TYPED_TEST(AnyFilter, SlotsThatCannotBeAreRefused)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 2, 2 }, Counting(16));
  this->Source->AddTensor("conv1", "activation", { 4, 1, 4, 4 }, Counting(64));
  this->Source->Provides = false;
  for (const std::int32_t slot : { -1, 1 << 24 })
  {
    this->Source->Tensors[0].slot[3] = slot;
    this->Source->Tensors[1].slot[3] = slot;
    this->Source->Modified();
    this->Tested->SetInputConnection(this->Source->GetOutputPort());
    this->Tested->Modified(); // else the same message is not told again
    EXPECT_NE(UpdateAndListen(this->Tested), "");
    this->ExpectEmpty();
  }
}

TYPED_TEST(AnyFilter, OneFilterOfOneValue)
{
  this->Source->AddTensor("fc", "weight", { 1, 1, 1, 3 }, { 0.5F, 0.25F, 0.0F });
  this->Source->AddTensor("fc", "activation", { 1, 1, 1, 1 }, { 0.5F });
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  EXPECT_EQ(UpdateAndListen(this->Tested), "");
}

TYPED_TEST(AnyFilter, AnErrorIsToldOnce)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 2, 2 }, Counting(16));
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  this->Tested->SetLayer("nope");
  EXPECT_NE(UpdateAndListen(this->Tested), "");
  EXPECT_EQ(UpdateAndListen(this->Tested), "");
}

TYPED_TEST(AnyFilter, RecoversFromAnError)
{
  this->Source->AddTensor("conv1", "weight", { 4, 1, 2, 2 }, Counting(16));
  this->Source->AddTensor("conv1", "activation", { 4, 1, 4, 4 }, Counting(64));
  this->Tested->SetInputConnection(this->Source->GetOutputPort());
  this->Tested->SetLayer("nope");
  EXPECT_NE(UpdateAndListen(this->Tested), "");
  this->Tested->SetLayer("conv1");
  EXPECT_EQ(UpdateAndListen(this->Tested), "");
}
