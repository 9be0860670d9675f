#include "vtkTensorFileReader.h"
#include "vtkTensorRunReader.h"

#include "vtkNew.h"
#include "vtkSmartPointer.h"
#include "vtkXMLDataElement.h"
#include "vtkXMLUtilities.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace
{
/// Expects that the server-manager XML and the class agree: every property has the default of the
/// class, and documentation.
void expectAgreement(
  vtkAlgorithm& reader, const std::string& name, const std::map<std::string, std::string>& defaults)
{
  const std::string path = std::string(TENSORVIEW_XML_DIRECTORY) + "/" + name + ".xml";
  const auto file =
    vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromFile(path.c_str()));
  ASSERT_TRUE(file) << path;
  vtkXMLDataElement* group = file->FindNestedElementWithName("ProxyGroup");
  ASSERT_NE(group, nullptr);
  vtkXMLDataElement* proxy = group->FindNestedElementWithName("SourceProxy");
  ASSERT_NE(proxy, nullptr);
  EXPECT_STREQ(proxy->GetAttribute("class"), reader.GetClassName());

  std::size_t settings = 0;
  int ports = 0;
  for (int i = 0; i < proxy->GetNumberOfNestedElements(); ++i)
  {
    vtkXMLDataElement* element = proxy->GetNestedElement(i);
    const std::string tag = element->GetName();
    ports += tag == "OutputPort" ? 1 : 0;
    if (tag.find("VectorProperty") == std::string::npos)
    {
      continue;
    }
    const std::string property = element->GetAttribute("name");
    EXPECT_NE(element->FindNestedElementWithName("Documentation"), nullptr) << property;
    if (element->GetAttribute("information_only"))
    {
      continue;
    }
    ++settings;
    ASSERT_EQ(defaults.count(property), 1U) << property << " is not checked";
    const char* written = element->GetAttribute("default_values"); // none if it is empty
    EXPECT_EQ(written ? written : "", defaults.at(property)) << property;
  }
  EXPECT_EQ(settings, defaults.size());
  EXPECT_EQ(ports, reader.GetNumberOfOutputPorts());
}
}

TEST(ReadersXml, TensorRunReader)
{
  vtkNew<vtkTensorRunReader> reader;
  const std::map<std::string, std::string> defaults = {
    { "FileName", reader->GetFileName() },
    { "Follow", std::to_string(reader->GetFollow()) },
    { "TensorStatus", "" }, // a list: all are selected
    { "Branch", reader->GetBranch() },
    { "RefreshToken", std::to_string(reader->GetRefreshToken()) },
    { "LearningRate", reader->GetLearningRate() == 0.0 ? "0" : "other" },
  };
  expectAgreement(*reader, "TensorRunReader", defaults);
}

TEST(ReadersXml, TensorFileReader)
{
  vtkNew<vtkTensorFileReader> reader;
  const std::string window =
    std::to_string(reader->GetWindowShape()[0]) + " " + std::to_string(reader->GetWindowShape()[1]);
  const std::map<std::string, std::string> defaults = {
    { "FileName", "" },     // a list
    { "TensorStatus", "" }, // a list: all are selected
    { "Layout", std::to_string(reader->GetLayout()) },
    { "LayerOrder", std::to_string(reader->GetLayerOrder()) },
    { "WindowShape", window },
    { "TrainingState", std::to_string(reader->GetTrainingState()) },
    { "Preload", std::to_string(reader->GetPreload()) },
    { "MaximumTensorSize", std::to_string(reader->GetMaximumTensorSize()) },
    { "RefreshToken", std::to_string(reader->GetRefreshToken()) },
  };
  expectAgreement(*reader, "TensorFileReader", defaults);
}
