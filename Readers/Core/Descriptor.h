#ifndef TENSORVIEW_DESCRIPTOR_H
#define TENSORVIEW_DESCRIPTOR_H

#include <unistd.h>
#include <utility>

namespace tensorview
{

/// A file descriptor that closes itself; one below 0 is none.
class Descriptor
{
public:
  explicit Descriptor(int number)
    : number_(number)
  {
  }
  ~Descriptor()
  {
    if (this->number_ >= 0)
    {
      ::close(this->number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  operator int() const { return this->number_; }

  /// The caller closes it.
  int release() { return std::exchange(this->number_, -1); }

private:
  int number_;
};

} // namespace tensorview

#endif
