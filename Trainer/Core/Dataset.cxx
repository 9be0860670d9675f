#include "Dataset.h"

#include "DatasetCifar.h"
#include "DatasetDigits.h"
#include "DatasetFolder.h"
#include "DatasetMnist.h"

namespace tensorview
{

Dataset loadDataset(const std::string& name, const std::string& directory, std::int64_t seed,
  const DatasetProgress& progress)
{
  if (name == "digits")
  {
    return drawDigits(seed, DigitCounts(), progress);
  }
  if (name == "mnist")
  {
    return loadMnist(directory, progress);
  }
  if (name == "cifar10")
  {
    return loadCifar(directory, progress);
  }
  if (name == "folder")
  {
    return loadImageFolder(directory, progress);
  }
  throw DatasetError(
    "there is no data set '" + name + "'; known are digits, mnist, cifar10 and folder");
}

} // namespace tensorview
