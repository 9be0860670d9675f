#include "ImageStore.h"

#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <stdexcept>

namespace tensorview
{

namespace
{
/// Of the pixels / 255 of ImageNet's training images, red, green and blue, as torchvision's models
/// are trained with.
constexpr float imageNetMean[] = { 0.485F, 0.456F, 0.406F };
constexpr float imageNetDeviation[] = { 0.229F, 0.224F, 0.225F };

at::Tensor perChannel(const float (&values)[3], c10::Device device)
{
  return at::tensor(at::ArrayRef<float>(values)).view({ 3, 1, 1 }).to(device);
}
}

ImageStore::ImageStore(const Dataset& dataset, const ImagePart& part, const ImageView& view)
  : shape_(view.shape)
  , format_(view.format)
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
  this->pixels_ = given.permute({ 0, 2, 3, 1 })
                    .to(view.device, at::kByte, false, true, at::MemoryFormat::Contiguous);
  this->labelTensor_ = at::tensor(this->labels_).to(view.device);
  if (view.likeImageNet)
  {
    if (view.shape.channels != 3)
    {
      throw std::invalid_argument("Normalization is imagenet, which is for images of 3 channels; "
                                  "the network reads " +
                                  std::to_string(view.shape.channels));
    }
    this->mean_ = perChannel(imageNetMean, view.device);
    this->deviation_ = perChannel(imageNetDeviation, view.device);
  }
}

at::Tensor ImageStore::place(const std::int64_t* indices, std::int64_t count) const
{
  const at::Tensor given = at::from_blob(const_cast<std::int64_t*>(indices), { count }, at::kLong);
  // So few bytes are on their way when the call returns: nobody has to wait for a GPU.
  return given.to(this->pixels_.device(), at::kLong, /*non_blocking=*/true);
}

at::Tensor ImageStore::batch(const std::int64_t* indices, std::int64_t count) const
{
  return this->show(at::index_select(this->pixels_, 0, this->place(indices, count)));
}

at::Tensor ImageStore::labelsOf(const std::int64_t* indices, std::int64_t count) const
{
  return at::index_select(this->labelTensor_, 0, this->place(indices, count));
}

at::Tensor ImageStore::range(std::int64_t begin, std::int64_t count) const
{
  return this->show(this->pixels_.narrow(0, begin, count));
}

at::Tensor ImageStore::show(const at::Tensor& pixels) const
{
  at::Tensor images = pixels.to(at::kFloat).div_(255.0).permute({ 0, 3, 1, 2 });
  if (images.size(2) != this->shape_.rows || images.size(3) != this->shape_.columns)
  {
    images = at::_upsample_bilinear2d_aa(
      images, { this->shape_.rows, this->shape_.columns }, /*align_corners=*/false);
  }
  if (images.size(1) != this->shape_.channels)
  {
    images = images.expand({ -1, this->shape_.channels, -1, -1 }).contiguous(this->format_);
  }
  if (this->mean_.defined())
  {
    images.sub_(this->mean_).div_(this->deviation_);
  }
  // Of one channel both orders are the same bytes; strides tell the kernels which is meant.
  return this->format_ == at::MemoryFormat::ChannelsLast ? images : images.contiguous();
}

} // namespace tensorview
