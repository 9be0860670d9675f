#include "SnapshotBoard.h"

#include <utility>

namespace tensorview
{

void SnapshotBoard::publish(std::shared_ptr<const NetworkSnapshot> snapshot)
{
  this->latest_.set(std::move(snapshot));
  this->version_.fetch_add(1, std::memory_order_relaxed);
}

} // namespace tensorview
