#ifndef TENSORVIEW_MACHINE_MEMORY_H
#define TENSORVIEW_MACHINE_MEMORY_H

#include <cstddef>

namespace tensorview
{

/// Bytes of memory that this process may use: the machine's, or less where a control group (a
/// container, a batch job) limits it.
std::size_t machineMemory();

/// Bytes that snapshots may take.
/// @param mebibytes the option SnapshotMemory; 0: a quarter of machineMemory()
std::size_t snapshotMemory(int mebibytes);

/// Bytes that states to undo edits to may take.
/// @param mebibytes the option UndoMemory; 0: an eighth of machineMemory()
std::size_t undoMemory(int mebibytes);

} // namespace tensorview

#endif
