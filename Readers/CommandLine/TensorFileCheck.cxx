#include "TensorFileCheck.h"

#include "TensorCatalogue.h"

namespace tensorview
{

TensorFileReport checkTensorFile(const std::string& path)
{
  const TensorCatalogue catalogue = openTensorFile(path);
  TensorFileReport report;
  report.path = path;
  report.format = catalogue.format;
  report.tensors = catalogue.tensors.size();
  for (std::size_t i = 0; i < catalogue.tensors.size(); ++i)
  {
    const TensorEntry& tensor = catalogue.tensors[i];
    try
    {
      if (tensor.problem.empty())
      {
        readTensor(catalogue, i);
        ++report.readable;
      }
      else
      {
        report.damage.push_back({ tensor.name, tensor.problem });
      }
    }
    catch (const TensorFileError& problem)
    {
      report.damage.push_back({ tensor.name, problem.what() });
    }
  }
  return report;
}

} // namespace tensorview
