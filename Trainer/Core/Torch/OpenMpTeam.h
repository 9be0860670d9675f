#ifndef TENSORVIEW_OPEN_MP_TEAM_H
#define TENSORVIEW_OPEN_MP_TEAM_H

namespace tensorview
{

/// Keeps libgomp from spinning at its barriers in this process: it spins 300,000 turns before it
/// sleeps, unless it manages more threads than there are cores. A team of that size, parked for
/// ever, makes it so. Without, a step beside a rendering thread waits at every barrier for a time
/// slice and takes 3 to 30 times as long. (OMP_WAIT_POLICY does the same but is read when libgomp
/// is loaded, in ParaView long before the engine.) Any number of calls; the first one counts.
void parkOpenMpTeam();

} // namespace tensorview

#endif
