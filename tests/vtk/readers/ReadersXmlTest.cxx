#include "vtkTensorRunReader.h"

#include "vtkNew.h"
#include "vtkSmartPointer.h"
#include "vtkXMLDataElement.h"
#include "vtkXMLUtilities.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

// The server-manager XML and the class agree: every property has the default of the class, and
// documentation.
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

  const std::string path = std::string(TENSORVIEW_XML_DIRECTORY) + "/TensorRunReader.xml";
  const auto file =
    vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromFile(path.c_str()));
  ASSERT_TRUE(file) << path;
  vtkXMLDataElement* group = file->FindNestedElementWithName("ProxyGroup");
  ASSERT_NE(group, nullptr);
  vtkXMLDataElement* proxy = group->FindNestedElementWithName("SourceProxy");
  ASSERT_NE(proxy, nullptr);
  EXPECT_STREQ(proxy->GetAttribute("class"), reader->GetClassName());

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
    const std::string name = element->GetAttribute("name");
    EXPECT_NE(element->FindNestedElementWithName("Documentation"), nullptr) << name;
    if (element->GetAttribute("information_only"))
    {
      continue;
    }
    ++settings;
    ASSERT_EQ(defaults.count(name), 1U) << name << " is not checked";
    const char* written = element->GetAttribute("default_values"); // none if it is empty
    EXPECT_EQ(written ? written : "", defaults.at(name)) << name;
  }
  EXPECT_EQ(settings, defaults.size());
  EXPECT_EQ(ports, reader->GetNumberOfOutputPorts());
}
