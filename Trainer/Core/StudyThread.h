#ifndef TENSORVIEW_STUDY_THREAD_H
#define TENSORVIEW_STUDY_THREAD_H

#include <atomic>
#include <functional>
#include <thread>

namespace tensorview
{

/// Does one thing at a time beside the training. Used by one thread, the worker.
class StudyThread
{
public:
  StudyThread() = default;
  ~StudyThread();
  StudyThread(const StudyThread&) = delete;
  StudyThread& operator=(const StudyThread&) = delete;

  /// @param job must not throw; its argument says whether it may go on
  /// @param done called by the study thread at the end
  /// A job before it has to be over.
  void begin(
    std::function<void(const std::function<bool()>& proceed)> job, std::function<void()> done);
  bool isBusy() const { return this->busy_.load(std::memory_order_acquire); }
  /// Tells the job to end, and waits for it; does nothing if there is none.
  void interrupt();

private:
  std::thread thread_;
  std::atomic<bool> busy_{ false };
  std::atomic<bool> interrupted_{ false };
};

} // namespace tensorview

#endif
