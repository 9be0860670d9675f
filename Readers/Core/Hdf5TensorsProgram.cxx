// tensorview-hdf5-tensors OFFSET SIZE: reads an HDF5 file for another process, which has started it
// (Hdf5Process.h) and speaks to it over a socket (Hdf5Protocol.h).

#include "ForeignHdf5.h"
#include "Hdf5Protocol.h"
#include "TensorFileError.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

using namespace tensorview;
using namespace tensorview::hdf5protocol;

void limit(__rlimit_resource resource, rlim_t most)
{
  const rlimit limits{ most, most };
  ::setrlimit(resource, &limits);
}

/// Sanitizers map all addresses there are, and look at memory through pipes.
void limitUnlessSanitized(__rlimit_resource resource, rlim_t most)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static_cast<void>(resource);
  static_cast<void>(most);
#else
  limit(resource, most);
#endif
}

/// Gives up what is not needed for reading one open file.
void giveUp()
{
  ::close_range(fileDescriptor + 1, ~0U, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limitUnlessSanitized(RLIMIT_AS, mostMemory);
  H5PLset_loading_state(0); // no filters from elsewhere
}

bool answer(bool good, const void* bytes, std::size_t size)
{
  const AnswerStart start{ good ? 1U : 0U, size };
  return send(socketDescriptor, &start, sizeof(start)) && send(socketDescriptor, bytes, size);
}

bool refuse(const std::string& why)
{
  return answer(false, why.data(), why.size());
}

/// Runs `work`, which gives the bytes of an answer, and sends them, or what went wrong.
template <typename Work>
bool answerWith(const Work& work)
{
  // Ends this process if a file makes HDF5 run in circles; the other one sees how it ended.
  ::alarm(mostSeconds);
  bool sent = false;
  try
  {
    const auto bytes = work();
    ::alarm(0);
    sent = bytes.size() > largestAnswer ? refuse("it holds more than TensorView takes")
                                        : answer(true, bytes.data(), bytes.size());
  }
  catch (const std::bad_alloc&)
  {
    ::alarm(0);
    sent = refuse("it takes more memory than TensorView gives the HDF5 library");
  }
  catch (const std::exception& problem)
  {
    ::alarm(0);
    sent = refuse(problem.what());
  }
  return sent;
}

} // namespace

int main(int count, char** words)
{
  if (count != 3 || ::fcntl(socketDescriptor, F_GETFD) < 0 || ::fcntl(fileDescriptor, F_GETFD) < 0)
  {
    std::fprintf(stderr, "%s is started by TensorView when it reads an HDF5 file\n", programName);
    return EXIT_FAILURE;
  }
  giveUp();
  const std::uint64_t offset = std::strtoull(words[1], nullptr, 10);
  const std::uint64_t size = std::strtoull(words[2], nullptr, 10);
  std::unique_ptr<ForeignHdf5> file;
  const auto list = [&]
  {
    file = std::make_unique<ForeignHdf5>(
      "/proc/self/fd/" + std::to_string(fileDescriptor), offset, size);
    // It is open: from now on nothing else can be.
    limitUnlessSanitized(RLIMIT_NOFILE, 0);
    return textOfListing(file->list());
  };
  bool going = answerWith(list) && file;
  Request request{};
  while (going && receive(socketDescriptor, &request, sizeof(request)))
  {
    going = answerWith([&] { return file->read(request.array, request.first, request.count); });
  }
  // What a damaged file has left in the library's tables may crash its tidying up.
  std::_Exit(EXIT_SUCCESS);
}
