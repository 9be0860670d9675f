#ifndef TENSORVIEW_IMAGE_STORE_H
#define TENSORVIEW_IMAGE_STORE_H

#include "../Dataset.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tensorview
{

/// The images of one part of a data set, resident on a device as bytes.
class ImageStore
{
public:
  ImageStore() = default;
  /// @param format of the batches it makes
  ImageStore(
    const Dataset& dataset, const ImagePart& part, c10::Device device, at::MemoryFormat format);

  std::int64_t count() const { return static_cast<std::int64_t>(this->labels_.size()); }

  /// Chosen images, pixel / 255, [count, channels, rows, columns].
  at::Tensor batch(const std::int64_t* indices, std::int64_t count) const;
  /// `count` images from `begin` on.
  at::Tensor range(std::int64_t begin, std::int64_t count) const;

  const std::vector<std::int64_t>& labels() const { return this->labels_; }

private:
  at::Tensor scale(const at::Tensor& pixels) const;

  at::Tensor pixels_; ///< uint8 [count, rows, columns, channels]
  at::MemoryFormat format_ = at::MemoryFormat::Contiguous;
  std::vector<std::int64_t> labels_;
};

} // namespace tensorview

#endif
