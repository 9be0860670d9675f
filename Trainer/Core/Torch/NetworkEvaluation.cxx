#include "NetworkEvaluation.h"

#include "LossKernels.h"

#include <algorithm>
#include <utility>

namespace tensorview
{

namespace
{
constexpr std::int64_t mostAtOnce = 500;
constexpr std::int64_t mostValues = std::int64_t(1) << 26; // of the largest layer
}

std::int64_t evaluationChunk(const NetworkGraph& graph)
{
  const std::int64_t largest = std::max(graph.input.size(), graph.largestOutput());
  return std::clamp<std::int64_t>(mostValues / largest, 1, mostAtOnce);
}

Evaluation evaluateNetwork(NetworkExecutor& executor, const ImageStore& images, std::int64_t atOnce,
  const std::function<bool()>& proceed)
{
  Evaluation result;
  std::vector<std::uint16_t> predicted(static_cast<std::size_t>(images.count()));
  LossSum total;
  for (std::int64_t begin = 0; begin < images.count(); begin += atOnce)
  {
    if (!proceed())
    {
      return result;
    }
    const std::int64_t count = std::min(atOnce, images.count() - begin);
    Pass pass = executor.beginPass(PassMode::Evaluation, images.range(begin, count));
    const at::Tensor scores = executor.forward(pass).cpu().contiguous();
    executor.release();
    const LossSum sum =
      softmaxCrossEntropy(scores.const_data_ptr<float>(), images.labels().data() + begin, count,
        scores.size(1), count, nullptr, predicted.data() + begin);
    total.loss += sum.loss;
    total.correct += sum.correct;
  }
  if (images.count() > 0)
  {
    const double count = static_cast<double>(images.count());
    result.loss = static_cast<float>(total.loss / count);
    result.accuracy = static_cast<float>(static_cast<double>(total.correct) / count);
    result.predicted = std::move(predicted);
  }
  return result;
}

} // namespace tensorview
