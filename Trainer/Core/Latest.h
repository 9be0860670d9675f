#ifndef TENSORVIEW_LATEST_H
#define TENSORVIEW_LATEST_H

#include <memory>
#include <mutex>
#include <utility>

namespace tensorview
{

/// The newest of a series of immutable objects, shared between threads. Readers keep what they got
/// for as long as they like; what is replaced dies outside the lock.
template <typename T>
class Latest
{
public:
  void set(std::shared_ptr<const T> value)
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->value_.swap(value);
    // `value`, now the old object, is a parameter: it dies after `lock`.
  }

  std::shared_ptr<const T> get() const
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    return this->value_;
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

} // namespace tensorview

#endif
