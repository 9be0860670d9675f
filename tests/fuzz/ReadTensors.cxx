#include "ReadTensors.h"

#include "ByteSource.h"
#include "LimitWatch.h"

#include <vector>

namespace tensorview::fuzz
{
namespace
{

/// Tensors of views may overlap and so be larger than the file; those are not read to the end.
constexpr std::int64_t mostValues = 4 << 20;

} // namespace

void readTensors(std::string_view bytes)
{
  readTensors([&] { return openTensorBytes(memoryBytes(bytes)); });
}

void readTensors(const std::function<TensorCatalogue()>& open)
{
  LimitWatch watch;
  try
  {
    const TensorCatalogue catalogue = open();
    std::int64_t left = mostValues;
    for (std::size_t i = 0; i < catalogue.tensors.size(); ++i)
    {
      const TensorEntry& tensor = catalogue.tensors[i];
      if (!tensor.problem.empty() || tensor.size() > left)
      {
        continue;
      }
      left -= tensor.size();
      watch.allow(tensor.size() * std::int64_t(sizeof(float)));
      try
      {
        readTensor(catalogue, i);
      }
      catch (const TensorFileError&)
      {
        continue; // the others can still be read
      }
    }
  }
  catch (const TensorFileError&)
  {
    return; // refused
  }
}

} // namespace tensorview::fuzz
