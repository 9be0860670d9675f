#ifndef TENSORVIEW_ENGINE_BACKEND_H
#define TENSORVIEW_ENGINE_BACKEND_H

#include "Dataset.h"
#include "TrainerOptions.h"
#include "TrainingModel.h"

#include <functional>
#include <memory>

namespace tensorview
{

/// Where the thread logic gets data and networks from: libtorch and the loaders in the product, a
/// few lines in the tests that ThreadSanitizer runs. Both functions are called by the worker thread
/// and may throw std::exception.
struct EngineBackend
{
  std::function<std::shared_ptr<const Dataset>(const TrainerOptions&, const DatasetProgress&)>
    loadData;
  std::function<std::unique_ptr<TrainingModel>(
    const TrainerOptions&, std::shared_ptr<const Dataset>)>
    createModel;
};

} // namespace tensorview

#endif
