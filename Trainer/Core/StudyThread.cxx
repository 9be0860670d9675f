#include "StudyThread.h"

#include <utility>

namespace tensorview
{

StudyThread::~StudyThread()
{
  this->interrupt();
}

void StudyThread::begin(
  std::function<void(const std::function<bool()>& proceed)> job, std::function<void()> done)
{
  this->interrupt();
  this->interrupted_.store(false, std::memory_order_relaxed);
  this->busy_.store(true, std::memory_order_release);
  try
  {
    this->thread_ = std::thread(
      [this, job = std::move(job), done = std::move(done)]
      {
        job([this] { return !this->interrupted_.load(std::memory_order_relaxed); });
        this->busy_.store(false, std::memory_order_release);
        done();
      });
  }
  catch (...)
  {
    this->busy_.store(false, std::memory_order_release);
    throw;
  }
}

void StudyThread::interrupt()
{
  this->interrupted_.store(true, std::memory_order_relaxed);
  if (this->thread_.joinable())
  {
    this->thread_.join();
  }
}

} // namespace tensorview
