#include "Hdf5Process.h"

#include "Descriptor.h"
#include "Hdf5Protocol.h"
#include "ProgramFolder.h"
#include "TensorFileError.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

using namespace hdf5protocol;

[[noreturn]] void refuseSystem(const std::string& what)
{
  throw TensorFileError(
    "HDF5 files are read by a process of its own, and " + what + ": " + std::strerror(errno));
}

std::string findProgram()
{
  std::vector<fs::path> places;
  if (const char* const named = std::getenv("TENSORVIEW_HDF5_READER"); named && *named != '\0')
  {
    places.emplace_back(named);
  }
  else
  {
    const fs::path own = folderOf(reinterpret_cast<const void*>(&findProgram));
    for (const fs::path& folder :
      { own, own.parent_path() / "lib" / "TensorView", own.parent_path() / "TensorView" })
    {
      places.push_back(folder / programName);
    }
  }
  std::string tried;
  for (const fs::path& place : places)
  {
    if (::access(place.c_str(), X_OK) == 0)
    {
      return place.string();
    }
    tried += (tried.empty() ? "" : ", ") + place.string();
  }
  throw TensorFileError(std::string("HDF5 files are read by the program ") + programName +
                        ", which is not there (looked for: " + tried +
                        "); build it with scripts/build, or name it in TENSORVIEW_HDF5_READER");
}

/// An open file of these bytes, which it holds a copy of.
int copiedToFile(const ByteSource& source, std::uint64_t offset, std::uint64_t size)
{
  Descriptor file(::memfd_create("tensorview", MFD_CLOEXEC));
  if (file < 0)
  {
    refuseSystem("memory for it cannot be had");
  }
  std::vector<char> piece(1 << 20);
  while (size > 0)
  {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, piece.size()));
    source.read(offset, piece.data(), count);
    for (std::size_t done = 0; done < count;)
    {
      const ssize_t written = ::write(file, piece.data() + done, count - done);
      if (written < 0 && errno != EINTR)
      {
        refuseSystem("memory for it cannot be had");
      }
      done += written > 0 ? static_cast<std::size_t>(written) : 0;
    }
    offset += count;
    size -= count;
  }
  return file.release();
}

/// A copy of a descriptor that is none of those that the process is to have.
int above(int descriptor)
{
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, fileDescriptor + 1);
  if (copy < 0)
  {
    refuseSystem("it cannot be given the file");
  }
  return copy;
}

pid_t start(
  const std::string& program, int socket, int file, std::uint64_t offset, std::uint64_t size)
{
  const Descriptor socketCopy(above(socket));
  const Descriptor fileCopy(above(file));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int standard : { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO })
  {
    posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, socketCopy, socketDescriptor);
  posix_spawn_file_actions_adddup2(&actions, fileCopy, fileDescriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

  std::string words[] = { program, std::to_string(offset), std::to_string(size) };
  char* arguments[] = { words[0].data(), words[1].data(), words[2].data(), nullptr };
  pid_t process = -1;
  errno = ::posix_spawn(&process, program.c_str(), &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (errno != 0)
  {
    refuseSystem(program + " cannot be started");
  }
  return process;
}

} // namespace

Hdf5Process::Hdf5Process(const ByteSource& source, std::uint64_t offset, std::uint64_t size)
{
  const std::string program = findProgram();
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0)
  {
    refuseSystem("it cannot be spoken to");
  }
  Descriptor own(sockets[0]);
  const Descriptor other(sockets[1]);
  const int open = source.descriptor();
  const Descriptor copy(open < 0 ? copiedToFile(source, offset, size) : -1);
  this->process_ =
    start(program, other, open < 0 ? static_cast<int>(copy) : open, open < 0 ? 0 : offset, size);
  this->socket_ = own.release();
}

Hdf5Process::~Hdf5Process()
{
  ::close(this->socket_);
  if (this->process_ > 0)
  {
    ::kill(this->process_, SIGKILL); // it may be busy
    while (::waitpid(this->process_, nullptr, 0) < 0 && errno == EINTR)
    {
    }
  }
}

Hdf5Listing Hdf5Process::listing()
{
  const std::lock_guard<std::mutex> guard(this->mutex_);
  std::string text(static_cast<std::size_t>(this->receiveStart()), '\0');
  this->receive(text.data(), text.size());
  return listingOfText(text);
}

void Hdf5Process::read(
  std::size_t array, std::uint64_t first, std::uint64_t count, void* to, std::size_t size)
{
  const std::lock_guard<std::mutex> guard(this->mutex_);
  const Request request{ array, first, count };
  if (!send(this->socket_, &request, sizeof(request)))
  {
    this->refuseAsGone();
  }
  if (this->receiveStart() != size)
  {
    throw TensorFileError(std::string(programName) + " gave another number of values");
  }
  this->receive(to, size);
}

/// Size of what follows; what went wrong instead is thrown.
std::uint64_t Hdf5Process::receiveStart()
{
  AnswerStart answer{};
  this->receive(&answer, sizeof(answer));
  if (answer.size > largestAnswer)
  {
    throw TensorFileError("it makes the HDF5 library give more than TensorView takes");
  }
  if (answer.good == 0)
  {
    std::string reason(static_cast<std::size_t>(answer.size), '\0');
    this->receive(reason.data(), reason.size());
    throw TensorFileError(reason);
  }
  return answer.size;
}

void Hdf5Process::receive(void* to, std::size_t size)
{
  if (!hdf5protocol::receive(this->socket_, to, size))
  {
    this->refuseAsGone();
  }
}

void Hdf5Process::refuseAsGone()
{
  if (this->process_ > 0)
  {
    while (::waitpid(this->process_, &this->status_, 0) < 0 && errno == EINTR)
    {
    }
    this->process_ = -1;
  }
  if (WIFSIGNALED(this->status_) && WTERMSIG(this->status_) == SIGALRM)
  {
    throw TensorFileError("the HDF5 library did not come to an end with it in " +
                          std::to_string(mostSeconds) + " s: it is damaged, or made to harm");
  }
  throw TensorFileError(
    "it made the HDF5 library crash (" +
    (WIFSIGNALED(this->status_) ? "signal " + std::to_string(WTERMSIG(this->status_))
                                : "exit status " + std::to_string(WEXITSTATUS(this->status_))) +
    ", in a process of its own): it is damaged, or made to harm");
}

} // namespace tensorview
