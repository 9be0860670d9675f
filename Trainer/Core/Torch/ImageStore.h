#ifndef TENSORVIEW_IMAGE_STORE_H
#define TENSORVIEW_IMAGE_STORE_H

#include "../Dataset.h"
#include "../Network/NetworkGraph.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tensorview
{

/// What a network is shown of the images of a data set.
struct ImageView
{
  c10::Device device;
  at::MemoryFormat format;   ///< of the batches
  MapShape shape;            ///< images are scaled to it, grey ones repeated in all channels
  bool likeImageNet = false; ///< normalised by ImageNet's mean and deviation, else pixel / 255
};

/// The images of one part of a data set, resident on a device as bytes of their own size. They are
/// scaled batch by batch, bilinearly, and by averaging where they shrink.
class ImageStore
{
public:
  ImageStore() = default;
  /// @throws DatasetError if the part is not whole
  /// @throws std::invalid_argument if ImageNet's normalisation is asked for other than 3 channels
  ImageStore(const Dataset& dataset, const ImagePart& part, const ImageView& view);

  std::int64_t count() const { return static_cast<std::int64_t>(this->labels_.size()); }

  /// Chosen images as the network sees them, [count, channels, rows, columns].
  at::Tensor batch(const std::int64_t* indices, std::int64_t count) const;
  /// Their labels, int64 [count], on the device.
  at::Tensor labelsOf(const std::int64_t* indices, std::int64_t count) const;
  /// `count` images from `begin` on.
  at::Tensor range(std::int64_t begin, std::int64_t count) const;

  const std::vector<std::int64_t>& labels() const { return this->labels_; }

private:
  at::Tensor show(const at::Tensor& pixels) const;
  at::Tensor place(const std::int64_t* indices, std::int64_t count) const;

  at::Tensor pixels_; ///< uint8 [count, rows, columns, channels]
  MapShape shape_;    ///< of the batches' images
  at::Tensor mean_;   ///< [channels, 1, 1], undefined unless images are normalised
  at::Tensor deviation_;
  at::MemoryFormat format_ = at::MemoryFormat::Contiguous;
  std::vector<std::int64_t> labels_;
  at::Tensor labelTensor_; ///< the same on the device
};

} // namespace tensorview

#endif
