#ifndef MemoryHistory_h
#define MemoryHistory_h

#include "../../../Readers/Core/LayerHistory.h"

#include <functional>
#include <numeric>

/// A history whose values a test computes: weight(snapshot, slot, index within the filter).
class MemoryHistory : public tensorview::LayerHistory
{
public:
  using Weight = std::function<float(std::int64_t snapshot, std::int64_t slot, std::int64_t index)>;

  MemoryHistory(const tensorview::TensorShape& shape, std::int64_t snapshots, Weight weight)
    : weight_(std::move(weight))
  {
    this->about.shape = shape;
    this->about.step.resize(static_cast<std::size_t>(snapshots));
    std::iota(this->about.step.begin(), this->about.step.end(), 0);
    this->about.slot.resize(static_cast<std::size_t>(shape.filters));
    std::iota(this->about.slot.begin(), this->about.slot.end(), 0);
    this->about.channelSlot.resize(static_cast<std::size_t>(shape.channels));
    std::iota(this->about.channelSlot.begin(), this->about.channelSlot.end(), 0);
    this->about.piece = { shape.filters, shape.channels, shape.rows, shape.columns };
  }

  const tensorview::LayerHistoryDescription& description() const override { return this->about; }

  void read(const tensorview::TensorBox& box, const std::vector<std::size_t>& snapshots,
    float* values) override
  {
    ++this->reads;
    const tensorview::TensorShape& shape = this->about.shape;
    for (const std::size_t snapshot : snapshots)
    {
      for (std::int64_t slot = box.start[0]; slot < box.start[0] + box.count[0]; ++slot)
      {
        for (std::int64_t channel = box.start[1]; channel < box.start[1] + box.count[1]; ++channel)
        {
          for (std::int64_t row = box.start[2]; row < box.start[2] + box.count[2]; ++row)
          {
            for (std::int64_t column = box.start[3]; column < box.start[3] + box.count[3]; ++column)
            {
              *values++ = this->weight_(static_cast<std::int64_t>(snapshot), slot,
                (channel * shape.rows + row) * shape.columns + column);
            }
          }
        }
      }
    }
  }

  tensorview::LayerHistoryDescription about;
  int reads = 0;

private:
  Weight weight_;
};

#endif
