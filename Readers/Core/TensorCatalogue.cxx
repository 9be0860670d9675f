#include "TensorCatalogue.h"

#include "ElementRead.h"
#include "FloatBuffer.h"
#include "TensorGeometry.h"

#include <algorithm>

namespace tensorview
{
namespace
{

std::string inFile(const TensorCatalogue& catalogue, const TensorEntry& tensor)
{
  return "the tensor " + quotedText(tensor.name) + " of " + catalogue.path;
}

} // namespace

std::int64_t TensorEntry::size() const
{
  return static_cast<std::int64_t>(elementCount(this->shape).value_or(0));
}

std::ptrdiff_t TensorCatalogue::find(const std::string& name) const
{
  const auto found = std::find_if(this->tensors.begin(), this->tensors.end(),
    [&name](const TensorEntry& tensor) { return tensor.name == name; });
  return found == this->tensors.end() ? -1 : found - this->tensors.begin();
}

std::vector<std::string> TensorCatalogue::names() const
{
  std::vector<std::string> names;
  for (const TensorEntry& tensor : this->tensors)
  {
    names.push_back(tensor.name);
  }
  return names;
}

void readTensorRows(const TensorCatalogue& catalogue, std::size_t index, std::int64_t first,
  std::int64_t count, float* destination)
{
  const TensorEntry& tensor = catalogue.tensors.at(index);
  const std::int64_t rows = tensor.shape.empty() ? 1 : tensor.shape.front();
  if (!tensor.problem.empty())
  {
    throw TensorFileError(inFile(catalogue, tensor) + " " + tensor.problem);
  }
  if (first < 0 || count < 0 || first > rows || count > rows - first)
  {
    throw TensorFileError(inFile(catalogue, tensor) + " has " + std::to_string(rows) +
                          " rows; asked for were " + std::to_string(count) + " from row " +
                          std::to_string(first) + " on");
  }
  try
  {
    readElements(*catalogue.store, tensor, first, count, destination);
  }
  catch (const TensorFileError& problem)
  {
    throw TensorFileError(inFile(catalogue, tensor) + " cannot be read: " + problem.what());
  }
}

void readTensor(const TensorCatalogue& catalogue, std::size_t index, float* destination)
{
  const std::vector<std::int64_t>& shape = catalogue.tensors.at(index).shape;
  readTensorRows(catalogue, index, 0, shape.empty() ? 1 : shape.front(), destination);
}

std::shared_ptr<const float> readTensor(const TensorCatalogue& catalogue, std::size_t index)
{
  const auto size = static_cast<std::size_t>(catalogue.tensors.at(index).size());
  const std::shared_ptr<float> values = makeFloats(size);
  readTensor(catalogue, index, values.get());
  return values;
}

} // namespace tensorview
