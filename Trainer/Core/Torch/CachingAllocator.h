#ifndef TENSORVIEW_CACHING_ALLOCATOR_H
#define TENSORVIEW_CACHING_ALLOCATOR_H

namespace tensorview
{

/// Makes torch keep the CPU memory it frees for the next tensor of that size, in the whole process,
/// until nobody has wanted it for ten seconds. Without, every step gives its large blocks back to
/// the system and pays for them anew in page faults (a fifth of a LeNet's step). Tensors made
/// before stay valid. Any number of calls; the first one counts.
void installCachingAllocator();

} // namespace tensorview

#endif
