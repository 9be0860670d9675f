#include "Hdf5Protocol.h"

#include <cerrno>

#include <sys/socket.h>

namespace tensorview::hdf5protocol
{

bool send(int socket, const void* bytes, std::size_t size)
{
  const char* from = static_cast<const char*>(bytes);
  while (size > 0)
  {
    // Not to be ended by a signal if the other side is gone.
    const ssize_t sent = ::send(socket, from, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
    {
      continue;
    }
    if (sent <= 0)
    {
      return false;
    }
    from += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive(int socket, void* bytes, std::size_t size)
{
  char* to = static_cast<char*>(bytes);
  while (size > 0)
  {
    const ssize_t got = ::recv(socket, to, size, 0);
    if (got < 0 && errno == EINTR)
    {
      continue;
    }
    if (got <= 0)
    {
      return false;
    }
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

} // namespace tensorview::hdf5protocol
