/// Times of one opening and reading of a model file, for model_files.py.
///
/// tensorview-model-file-benchmark FILE first|whole
///   prints the milliseconds from opening the file to its first tensor, or to all of them, in
///   memory and looked at once: its largest value is searched, as TensorView does for the colours
#include "TensorCatalogue.h"
#include "TensorTypes.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iostream>
#include <limits>
#include <memory>
#include <vector>

int main(int argc, char* argv[])
{
  if (argc != 3)
  {
    std::cerr << "usage: tensorview-model-file-benchmark FILE first|whole\n";
    return 2;
  }
  try
  {
    const auto begin = std::chrono::steady_clock::now();
    const tensorview::TensorCatalogue catalogue = tensorview::openTensorFile(argv[1]);
    const std::size_t count = std::strcmp(argv[2], "first") == 0 ? 1 : catalogue.tensors.size();
    std::vector<std::shared_ptr<const float>> tensors;
    float largest = -std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < count; ++i)
    {
      tensors.push_back(readTensor(catalogue, i));
      largest = std::max(largest, tensorview::computeRange(tensors.back().get(),
                                    static_cast<std::size_t>(catalogue.tensors[i].size()))
                                    .max);
    }
    const std::chrono::duration<double, std::milli> spent =
      std::chrono::steady_clock::now() - begin;
    std::cout << spent.count() << "\n";
    std::cerr << "largest value " << largest << "\n";
  }
  catch (const std::exception& problem)
  {
    std::cerr << problem.what() << "\n";
    return 1;
  }
  return 0;
}
