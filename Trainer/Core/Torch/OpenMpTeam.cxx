#include "OpenMpTeam.h"

#include <omp.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

namespace tensorview
{

void parkOpenMpTeam()
{
  static std::once_flag once;
  std::call_once(once,
    []
    {
      std::promise<void> parked;
      std::future<void> ready = parked.get_future();
      std::thread keeper(
        [parked = std::move(parked)]() mutable
        {
          const int threads = omp_get_num_procs() + 1;
#pragma omp parallel num_threads(threads)
          {
            // An empty region could be left out by the compiler.
            std::atomic_thread_fence(std::memory_order_seq_cst);
          }
          parked.set_value();
          // The team belongs to this thread and lives as long as it does.
          std::mutex mutex;
          std::condition_variable never;
          std::unique_lock<std::mutex> lock(mutex);
          never.wait(lock, [] { return false; });
        });
      ready.wait();
      keeper.detach();
    });
}

} // namespace tensorview
