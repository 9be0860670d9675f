#ifndef SmpParallelFor_h
#define SmpParallelFor_h

#include "Core/ParallelFor.h"

#include <cstddef>

/// vtkSMPTools as the threads of Filters/Core. Work on fewer than 2^17 values stays in the calling
/// thread. Where VTK's default is to use no threads (Debian), its pool of std::thread is used,
/// unless $VTK_SMP_BACKEND_IN_USE says otherwise.
/// @param values about how many values the whole work touches
tensorview::ParallelFor SmpParallelFor(std::size_t values);

#endif
