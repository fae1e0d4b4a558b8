// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>
#include <cstdint>
#include <memory>

class QSocketNotifier;

/// The event loop of the gateway's threads: epoll instead of poll, so that a wake-up costs what is
/// ready, not what is open. Public Qt API only.
namespace sluice::net {

/// What a loop has done so far. Read on its own thread.
struct LoopStats {
  std::uint64_t passes = 0;        ///< calls of processEvents
  std::uint64_t controlCalls = 0;  ///< epoll_ctl
  std::uint64_t wakeWrites = 0;    ///< writes to the wake-up descriptor
};

/// To be given to QThread::setEventDispatcher() before the thread starts. Null where there is no
/// epoll, or the system has no descriptors left: Qt's own dispatcher serves then.
std::unique_ptr<QAbstractEventDispatcher> makeEventDispatcher();

/// Of a dispatcher made here; zeros for any other.
LoopStats loopStats(const QAbstractEventDispatcher* dispatcher);

/// Whether this thread's loop, if it was made here, has found a descriptor readable, ended or broken in the
/// pass under way, and has not told so yet: whoever is told of something else first may want to know. No
/// system call; what has come since the loop woke is not known.
bool isReadPending(int descriptor);

/// The notifier, which reads, is told of its descriptor when something comes, and not as long as it is there:
/// this spares the kernel a second look at each descriptor (edge-triggered, epoll(7)). Of a read that filled
/// its buffer more may be left, see tellAgain(); after a shorter one all that comes is told of. An end or an
/// error is told of in each pass until the notifier is off, and so is everything while something waits to
/// write. For as long as the notifier lives on this thread; does nothing in a loop that was not made here,
/// which tells as long as there is something.
void watchEdges(const QSocketNotifier& notifier);

/// What there is to be read is told of in the next pass.
void tellAgain(int descriptor);

/// Closes a descriptor whose notifiers are off. The kernel stops watching it by itself; a call that says
/// so once more could come when the number is already another's.
void closeWatched(int descriptor);

}  // namespace sluice::net
