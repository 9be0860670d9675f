// hdf5_mutations COUNT SEED FILE...: reads COUNT damaged copies of HDF5 files, each in a process of
// its own as tensorview-hdf5-tensors is one, and says how they ended. Copies are damaged where it
// hurts: numbers replaced by sizes and places of the file, blocks exchanged, the end cut off.
// Crashes of the HDF5 library are counted, with the numbers of the copies, which SEED makes again;
// the exit status tells only whether this program itself did what it should.

#include "ForeignHdf5.h"
#include "TensorFileError.h"
#include "TensorGeometry.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using namespace tensorview;

constexpr unsigned mostSeconds = 10;
constexpr rlim_t mostMemory = rlim_t(4) << 30;
constexpr std::uint64_t mostElements = 1 << 16;

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t end)
{
  return static_cast<std::size_t>(random() % end);
}

/// Where the parts of a file begin that HDF5 marks.
std::vector<std::size_t> marks(const std::string& bytes)
{
  std::vector<std::size_t> places;
  for (const char* const mark : { "\x89HDF", "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "FRHP",
         "FHDB", "BTHD", "BTLF", "FAHD", "EAHD" })
  {
    for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at + 1))
    {
      places.push_back(at);
    }
  }
  return places;
}

void damage(std::string& bytes, Random& random)
{
  const std::vector<std::size_t> places = marks(bytes);
  // Near a mark, where descriptions are, more often than anywhere.
  const std::size_t at = !places.empty() && random() % 4 != 0
                           ? places[below(random, places.size())] + below(random, 96)
                           : below(random, bytes.size());
  const std::uint64_t numbers[] = { 0, 1, 2, ~std::uint64_t(0), ~std::uint64_t(0) - 1, bytes.size(),
    bytes.size() - 1, std::uint64_t(1) << 31, std::uint64_t(1) << 32, std::uint64_t(1) << 63,
    places.empty() ? 0 : places[below(random, places.size())], below(random, bytes.size()) };
  const std::uint64_t number = numbers[below(random, std::size(numbers))];
  const std::size_t sizes[] = { 1, 2, 4, 8 };
  const std::size_t size =
    std::min(sizes[below(random, 4)], bytes.size() - std::min(at, bytes.size()));
  switch (random() % 8)
  {
    case 0:
      bytes.resize(std::max<std::size_t>(bytes.size() / 2, below(random, bytes.size())));
      break;
    case 1: // a block of one place in another
    {
      const std::size_t from = below(random, bytes.size());
      const std::size_t count = std::min<std::size_t>(
        1 + below(random, 64), bytes.size() - std::max(at, from) % bytes.size());
      if (at < bytes.size() && from + count <= bytes.size() && at + count <= bytes.size())
      {
        std::memmove(bytes.data() + at, bytes.data() + from, count);
      }
      break;
    }
    case 2:
    case 3:
      if (at < bytes.size())
      {
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
      }
      break;
    default:
      std::memcpy(bytes.data() + std::min(at, bytes.size()), &number, size);
  }
}

/// What the child makes of a file: 0 read, 1 refused.
int readAll(int file, std::size_t size)
{
  try
  {
    ForeignHdf5 opened("/proc/self/fd/" + std::to_string(file), 0, size);
    const Hdf5Listing& listing = opened.list();
    for (std::size_t i = 0; i < listing.arrays.size(); ++i)
    {
      const std::uint64_t all = elementCount(listing.arrays[i].shape).value_or(0);
      if (listing.arrays[i].problem.empty() && all > 0)
      {
        opened.read(i, 0, std::min(all, mostElements));
      }
    }
    return 0;
  }
  catch (const std::exception&)
  {
    return 1;
  }
}

} // namespace

int main(int count, char** words)
{
  if (count < 4)
  {
    std::fprintf(stderr, "usage: %s COUNT SEED FILE...\n", words[0]);
    return EXIT_FAILURE;
  }
  const unsigned long copies = std::strtoul(words[1], nullptr, 10);
  const unsigned long seed = std::strtoul(words[2], nullptr, 10);
  std::vector<std::string> files;
  for (int i = 3; i < count; ++i)
  {
    std::ifstream stream(words[i], std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    if (files.back().empty())
    {
      std::fprintf(stderr, "%s cannot be read\n", words[i]);
      return EXIT_FAILURE;
    }
  }
  unsigned long ended[4] = {}; // read, refused, crashed, too long
  for (unsigned long copy = 0; copy < copies; ++copy)
  {
    Random random(seed * 1'000'003 + copy);
    std::string bytes = files[below(random, files.size())];
    for (std::size_t times = 1 + below(random, 4); times > 0; --times)
    {
      damage(bytes, random);
    }
    const int file = ::memfd_create("copy", 0);
    if (file < 0 || ::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    {
      std::perror("memory for a copy");
      return EXIT_FAILURE;
    }
    const pid_t child = ::fork();
    if (child == 0)
    {
      const rlimit memory{ mostMemory, mostMemory };
      const rlimit core{ 0, 0 };
      ::setrlimit(RLIMIT_AS, &memory);
      ::setrlimit(RLIMIT_CORE, &core);
      ::alarm(mostSeconds);
      if (!std::freopen("/dev/null", "w", stderr)) // what the C library says as it aborts
      {
        std::_Exit(1);
      }
      std::_Exit(readAll(file, bytes.size()));
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0)
    {
      std::perror("a process for a copy");
      return EXIT_FAILURE;
    }
    ::close(file);
    const bool tooLong = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    const bool crashed = WIFSIGNALED(status) && !tooLong;
    ++ended[tooLong ? 3 : crashed ? 2 : WEXITSTATUS(status) == 0 ? 0 : 1];
    if (tooLong || crashed)
    {
      std::printf("copy %lu: %s\n", copy, tooLong ? "no end" : ::strsignal(WTERMSIG(status)));
    }
  }
  std::printf("%lu copies: %lu read, %lu refused, %lu crashes, %lu without end\n", copies, ended[0],
    ended[1], ended[2], ended[3]);
  return EXIT_SUCCESS;
}
