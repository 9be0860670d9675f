#include "SpeedMeter.h"

namespace tensorview
{

void SpeedMeter::restart(std::int64_t step, Clock::time_point now)
{
  this->older_ = this->newer_ = { step, now };
}

void SpeedMeter::add(std::int64_t step, Clock::time_point now)
{
  const std::chrono::duration<double> passed = now - this->older_.time;
  if (passed.count() > 0.0)
  {
    this->rate_ = static_cast<double>(step - this->older_.step) / passed.count();
  }
  if (now - this->newer_.time >= std::chrono::seconds(1))
  {
    this->older_ = this->newer_;
    this->newer_ = { step, now };
  }
}

} // namespace tensorview
