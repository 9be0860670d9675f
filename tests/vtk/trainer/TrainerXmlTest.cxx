#include "Trainer/Core/TrainerOptionsFields.h"

#include "vtkSmartPointer.h"
#include "vtkXMLDataElement.h"
#include "vtkXMLUtilities.h"

#include <gtest/gtest.h>

#include <cctype>
#include <sstream>
#include <string>

namespace
{

/// "learning_rate" -> "LearningRate"
std::string camelCase(const std::string& snake)
{
  std::string result;
  bool upper = true;
  for (const char letter : snake)
  {
    if (letter == '_')
    {
      upper = true;
      continue;
    }
    result += upper ? static_cast<char>(std::toupper(letter)) : letter;
    upper = false;
  }
  return result;
}

bool means(const std::string& xml, const std::string& value)
{
  return xml == value;
}

bool means(const std::string& xml, bool value)
{
  return xml == (value ? "1" : "0");
}

template <typename Number>
bool means(const std::string& xml, const Number& value)
{
  std::istringstream stream(xml);
  Number parsed{};
  stream >> parsed;
  return !stream.fail() && stream.eof() && parsed == value;
}

class TrainerXml : public ::testing::Test
{
protected:
  void SetUp() override
  {
    this->file = vtkSmartPointer<vtkXMLDataElement>::Take(
      vtkXMLUtilities::ReadElementFromFile(TENSORVIEW_TRAINER_XML));
    ASSERT_TRUE(this->file);
    vtkXMLDataElement* group = this->file->FindNestedElementWithName("ProxyGroup");
    ASSERT_TRUE(group);
    this->proxy = group->FindNestedElementWithName("SourceProxy");
    ASSERT_TRUE(this->proxy);
  }

  vtkXMLDataElement* find(const std::string& property)
  {
    for (int i = 0; i < this->proxy->GetNumberOfNestedElements(); ++i)
    {
      vtkXMLDataElement* element = this->proxy->GetNestedElement(i);
      const char* name = element->GetAttribute("name");
      if (name && property == name)
      {
        return element;
      }
    }
    return nullptr;
  }

  static bool isProperty(vtkXMLDataElement* element)
  {
    const std::string tag = element->GetName();
    const std::string ending = "Property";
    return tag.size() >= ending.size() &&
           tag.compare(tag.size() - ending.size(), ending.size(), ending) == 0;
  }

  vtkSmartPointer<vtkXMLDataElement> file;
  vtkXMLDataElement* proxy = nullptr;
};

TEST_F(TrainerXml, EveryOptionIsAPropertyWithTheSameDefault)
{
  tensorview::TrainerOptions options;
  tensorview::visitOptions(options,
    [this](const std::string& option, const auto& value)
    {
      const std::string name = camelCase(option);
      vtkXMLDataElement* property = this->find(name);
      ASSERT_TRUE(property) << name << " is missing";
      ASSERT_TRUE(property->GetAttribute("command")) << name;
      EXPECT_EQ(property->GetAttribute("command"), "Set" + name);
      // VTK's parser leaves empty attributes out.
      const char* text = property->GetAttribute("default_values");
      const std::string xml = text ? text : "";
      EXPECT_TRUE(means(xml, value)) << name << " is '" << xml << "' by default, not the engine's";
    });
}

TEST_F(TrainerXml, EveryPropertyHasHelpText)
{
  int properties = 0;
  for (int i = 0; i < this->proxy->GetNumberOfNestedElements(); ++i)
  {
    vtkXMLDataElement* element = this->proxy->GetNestedElement(i);
    if (isProperty(element))
    {
      ++properties;
      EXPECT_TRUE(element->FindNestedElementWithName("Documentation"))
        << element->GetAttribute("name");
    }
  }
  EXPECT_GT(properties, 50);
}

TEST_F(TrainerXml, GroupsNameExistingProperties)
{
  for (int i = 0; i < this->proxy->GetNumberOfNestedElements(); ++i)
  {
    vtkXMLDataElement* group = this->proxy->GetNestedElement(i);
    if (std::string(group->GetName()) != "PropertyGroup")
    {
      continue;
    }
    for (int j = 0; j < group->GetNumberOfNestedElements(); ++j)
    {
      const std::string name = group->GetNestedElement(j)->GetAttribute("name");
      EXPECT_TRUE(this->find(name)) << name << " in group " << group->GetAttribute("label");
    }
  }
}

}
