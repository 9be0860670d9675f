#include "ImageStore.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/index_select.h>

namespace tensorview
{

ImageStore::ImageStore(
  const Dataset& dataset, const ImagePart& part, c10::Device device, at::MemoryFormat format)
  : format_(format)
  , labels_(part.labels.begin(), part.labels.end())
{
  const std::int64_t count = part.count();
  const std::size_t expected =
    static_cast<std::size_t>(count * dataset.channels * dataset.rows * dataset.columns);
  if (part.images.size() != expected)
  {
    throw DatasetError("data set '" + dataset.name + "': it has " +
                       std::to_string(part.images.size()) + " bytes of images, but " +
                       std::to_string(expected) + " belong to its " + std::to_string(count) +
                       " labels");
  }
  // from_blob takes no const pointer; the bytes are only copied from.
  const at::Tensor given = at::from_blob(const_cast<std::uint8_t*>(part.images.data()),
    { count, dataset.channels, dataset.rows, dataset.columns }, at::kByte);
  this->pixels_ =
    given.permute({ 0, 2, 3, 1 }).to(device, at::kByte, false, true, at::MemoryFormat::Contiguous);
}

at::Tensor ImageStore::batch(const std::int64_t* indices, std::int64_t count) const
{
  const at::Tensor chosen = at::from_blob(const_cast<std::int64_t*>(indices), { count }, at::kLong);
  return this->scale(at::index_select(this->pixels_, 0, chosen.to(this->pixels_.device())));
}

at::Tensor ImageStore::range(std::int64_t begin, std::int64_t count) const
{
  return this->scale(this->pixels_.narrow(0, begin, count));
}

at::Tensor ImageStore::scale(const at::Tensor& pixels) const
{
  at::Tensor images = pixels.to(at::kFloat).div_(255.0).permute({ 0, 3, 1, 2 });
  // Of one channel both orders are the same bytes; strides tell the kernels which is meant.
  return this->format_ == at::MemoryFormat::ChannelsLast ? images : images.contiguous();
}

} // namespace tensorview
