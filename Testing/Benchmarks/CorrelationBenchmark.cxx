// The correlation of a layer's filters, for Testing/Benchmarks/correlation.py.
//
//   tensorview-correlation-benchmark times FILTERS SAMPLES THREADS
//     Reads a line, correlates once, prints the seconds it took; and again, until the input ends.
//     The values are those of a generator that the script has as well.
//   tensorview-correlation-benchmark memory FILTERS SAMPLES THREADS
//     Adds the samples in batches of 4096 and prints the largest memory (MB) and the seconds.

#include "Correlation.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace
{
using Clock = std::chrono::steady_clock;

constexpr std::size_t batch = 4096;

double secondsSince(Clock::time_point begin)
{
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// As even shares as there are threads.
tensorview::ParallelFor threadsOf(std::size_t threads)
{
  return [threads](std::size_t count, const tensorview::RangeWork& work)
  {
    std::vector<std::thread> others;
    for (std::size_t t = 1; t < threads; ++t)
    {
      others.emplace_back(work, count * t / threads, count * (t + 1) / threads);
    }
    work(0, count / threads);
    for (std::thread& thread : others)
    {
      thread.join();
    }
  };
}

/// Numbers between 0 and 1 from a linear congruential generator.
void fill(std::vector<float>& values, std::uint32_t& state)
{
  for (float& value : values)
  {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / static_cast<float>(1U << 24);
  }
}

void time(std::size_t filters, std::size_t samples, const tensorview::ParallelFor& parallel)
{
  std::uint32_t state = 1;
  std::vector<float> values(filters * samples);
  fill(values, state);
  for (std::string line; std::getline(std::cin, line);)
  {
    const Clock::time_point begin = Clock::now();
    const tensorview::Correlation correlation =
      tensorview::correlate(values.data(), filters, samples, parallel);
    std::cout << secondsSince(begin) << ' ' << correlation.at(filters - 1, 0) << std::endl;
  }
}

void measureMemory(
  std::size_t filters, std::size_t samples, const tensorview::ParallelFor& parallel)
{
  std::uint32_t state = 1;
  std::vector<float> values(filters * batch);
  fill(values, state);
  tensorview::FilterMoments moments(filters);
  const Clock::time_point begin = Clock::now();
  for (std::size_t done = 0; done < samples; done += batch)
  {
    moments.add(values.data(), std::min(batch, samples - done), parallel);
    values[done % values.size()] = static_cast<float>(done % 7); // no two batches are the same
  }
  const double seconds = secondsSince(begin);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::cout << usage.ru_maxrss / 1024 << ' ' << seconds << std::endl;
}
}

int main(int argc, char** argv)
{
  const std::string what = argc == 5 ? argv[1] : "";
  if (what != "times" && what != "memory")
  {
    std::cerr << "usage: " << argv[0] << " times|memory FILTERS SAMPLES THREADS\n";
    return 2;
  }
  const std::size_t filters = std::stoul(argv[2]);
  const std::size_t samples = std::stoul(argv[3]);
  const auto parallel = threadsOf(std::stoul(argv[4]));
  what == "times" ? time(filters, samples, parallel) : measureMemory(filters, samples, parallel);
  return 0;
}
