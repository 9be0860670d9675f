#ifndef TENSORVIEW_TEST_GATE_H
#define TENSORVIEW_TEST_GATE_H

#include <condition_variable>
#include <mutex>

namespace tensorview
{

/// Holds the worker up where it calls pass(), until open().
class Gate
{
public:
  void pass()
  {
    std::unique_lock<std::mutex> lock(this->mutex_);
    this->reached_ = true;
    this->changed_.notify_all();
    this->changed_.wait(lock, [this] { return this->open_; });
  }
  void waitReached()
  {
    std::unique_lock<std::mutex> lock(this->mutex_);
    this->changed_.wait(lock, [this] { return this->reached_; });
  }
  void open()
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->open_ = true;
    this->changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool open_ = false;
};

} // namespace tensorview

#endif
