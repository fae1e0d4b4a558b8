// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/event_dispatcher.h"

#include <unistd.h>

#ifdef __linux__

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <QCoreApplication>
#include <QPointer>
#include <QSocketNotifier>
#include <QThread>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <utility>
#include <vector>

#include "gateway/net/timer_heap.h"

namespace sluice::net {

namespace {

std::int64_t nowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr std::array<QSocketNotifier::Type, 3> kTypes = {
    QSocketNotifier::Read, QSocketNotifier::Write, QSocketNotifier::Exception};
constexpr std::array<std::uint32_t, 3> kInterest = {EPOLLIN, EPOLLOUT, EPOLLPRI};
/// What stays, however much is read.
constexpr std::uint32_t kOver = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
/// As poll() does, an error or a hang-up wakes whoever reads or writes.
constexpr std::array<std::uint32_t, 3> kWakes = {EPOLLIN | kOver, EPOLLOUT | EPOLLHUP | EPOLLERR,
                                                 EPOLLPRI};
constexpr std::uint64_t kWakeUp = UINT64_MAX;

class EpollDispatcher final : public QAbstractEventDispatcher {
 public:
  EpollDispatcher()
      : m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!valid()) return;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeUp;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_event, &event);
  }
  ~EpollDispatcher() override {
    // QThread's lock makes the last quit() end before this; these loads say so once more, to race
    // detectors that do not see into Qt.
    (void)m_woken.load(std::memory_order_acquire);
    (void)m_wakeWrites.load(std::memory_order_acquire);
    if (m_epoll >= 0) ::close(m_epoll);
    if (m_event >= 0) ::close(m_event);
  }
  bool valid() const { return m_epoll >= 0 && m_event >= 0; }
  LoopStats stats() const {
    LoopStats stats = m_stats;
    stats.wakeWrites = m_wakeWrites.load(std::memory_order_relaxed);
    return stats;
  }

  /// It is about to be closed, and so leaves epoll by itself.
  void forget(int fd) {
    if (static_cast<std::size_t>(fd) < m_entries.size()) {
      m_entries[static_cast<std::size_t>(fd)].applied = 0;
      m_entries[static_cast<std::size_t>(fd)].pending = 0;
    }
  }

  bool isReadPending(int fd) const {
    if (fd < 0 || static_cast<std::size_t>(fd) >= m_entries.size()) return false;
    const Entry& entry = m_entries[static_cast<std::size_t>(fd)];
    return !entry.fresh && (entry.pending & kWakes[QSocketNotifier::Read]) != 0;
  }

  void watchEdges(const QSocketNotifier& notifier) {
    const auto fd = static_cast<std::size_t>(notifier.socket());
    if (fd >= m_entries.size() || m_entries[fd].enabled[QSocketNotifier::Read] != &notifier) return;
    m_entries[fd].edges = true;
    markDirty(static_cast<int>(fd));
  }

  void tellAgain(int fd) {
    if (fd < 0 || static_cast<std::size_t>(fd) >= m_entries.size()) return;
    m_entries[static_cast<std::size_t>(fd)].again = true;
    markDirty(fd);
  }

  bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
  void interrupt() override {
    m_interrupted.store(true, std::memory_order_release);
    wakeUp();
  }
  void wakeUp() override;

  void registerSocketNotifier(QSocketNotifier* notifier) override;
  void unregisterSocketNotifier(QSocketNotifier* notifier) override;

  void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject* object) override {
    m_timers.add(id, interval, type, object, nowNs());
  }
  bool unregisterTimer(int id) override { return m_timers.remove(id); }
  bool unregisterTimers(QObject* object) override { return m_timers.removeAll(object); }
  QList<TimerInfo> registeredTimers(QObject* object) const override { return m_timers.of(object); }
  int remainingTime(int id) override { return m_timers.remaining(id, nowNs()); }

 private:
  /// What is known of one descriptor.
  struct Entry {
    std::array<QSocketNotifier*, 3> enabled{};      // by type; null: not wanted
    std::array<QPointer<QSocketNotifier>, 3> seen;  // the last object of each type
    std::uint32_t applied = 0;                      // what epoll was told; 0: not added
    std::uint32_t generation = 0;
    std::uint32_t pending = 0;  // found by the wait, and not told yet
    bool dirty = false;
    bool edges = false;        // for who reads; see watchEdges()
    bool again = false;        // see tellAgain()
    bool fresh = false;        // a new notifier: the number may stand for another descriptor now
    bool alwaysReady = false;  // a plain file: epoll refuses it, poll calls it ready
  };

  void markDirty(int fd) {
    if (!std::exchange(m_entries[static_cast<std::size_t>(fd)].dirty, true)) m_dirty.push_back(fd);
  }
  void drainWakeUp();
  void applyInterests();
  void applyInterest(int fd);
  void notePending(const epoll_event& event);
  int dispatch(const epoll_event& event);
  int activate(int fd, std::uint32_t generation, std::uint32_t events);
  int waitMs(bool mayWait, bool timers);

  const int m_epoll;
  const int m_event;
  std::vector<Entry> m_entries;  // by descriptor
  std::vector<int> m_dirty;
  std::vector<int> m_alwaysReady;
  TimerHeap m_timers;
  LoopStats m_stats;
  std::atomic<bool> m_interrupted = false;
  std::atomic<bool> m_woken = false;  // the descriptor has been written and not yet read
  std::atomic<std::uint64_t> m_wakeWrites = 0;
  bool m_wokenByUs = false;  // something was posted on this very thread
};

void EpollDispatcher::wakeUp() {
  if (QThread::currentThread() == thread()) {
    m_wokenByUs = true;  // we are awake; only do not fall asleep
    return;
  }
  if (m_woken.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  while (::write(m_event, &one, sizeof one) < 0 && errno == EINTR) {
  }
  m_wakeWrites.fetch_add(1, std::memory_order_release);
}

void EpollDispatcher::drainWakeUp() {
  // Read first: whoever finds the flag still set has posted before we clear it, and what is posted
  // is looked at after this.
  std::uint64_t count = 0;
  while (::read(m_event, &count, sizeof count) < 0 && errno == EINTR) {
  }
  m_woken.exchange(false, std::memory_order_acq_rel);
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier* notifier) {
  const auto fd = static_cast<std::size_t>(notifier->socket());
  const auto type = static_cast<std::size_t>(notifier->type());
  if (fd >= m_entries.size()) m_entries.resize(std::max(fd + 1, m_entries.size() * 2));
  Entry& entry = m_entries[fd];
  entry.enabled[type] = notifier;
  if (entry.seen[type] != notifier) {
    entry.seen[type] = notifier;
    entry.fresh = true;
    if (type == QSocketNotifier::Read) entry.edges = false;
  }
  markDirty(static_cast<int>(fd));
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier* notifier) {
  const auto fd = static_cast<std::size_t>(notifier->socket());
  const auto type = static_cast<std::size_t>(notifier->type());
  if (fd >= m_entries.size() || m_entries[fd].enabled[type] != notifier) return;
  m_entries[fd].enabled[type] = nullptr;
  markDirty(static_cast<int>(fd));
}

void EpollDispatcher::applyInterests() {
  for (const int fd : m_dirty) applyInterest(fd);
  m_dirty.clear();
}

void EpollDispatcher::applyInterest(int fd) {
  Entry& entry = m_entries[static_cast<std::size_t>(fd)];
  entry.dirty = false;
  std::uint32_t wanted = 0;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (entry.enabled[i]) wanted |= kInterest[i];
  }
  // Whoever writes is told as long as there is room: then all are told so.
  if (entry.edges && wanted == EPOLLIN) wanted |= EPOLLRDHUP | EPOLLET;
  const bool fresh = std::exchange(entry.fresh, false);
  if (fresh && entry.alwaysReady) {
    entry.alwaysReady = false;
    std::erase(m_alwaysReady, fd);
  }
  const bool again = std::exchange(entry.again, false);
  if (wanted == entry.applied && !fresh && !(again && (wanted & EPOLLET))) return;
  if (entry.alwaysReady) {
    entry.applied = wanted;
    return;
  }
  if (fresh) ++entry.generation;
  epoll_event event{};
  event.events = wanted;
  event.data.u64 =
      static_cast<std::uint64_t>(entry.generation) << 32 | static_cast<std::uint32_t>(fd);
  const auto control = [&](int operation) {
    ++m_stats.controlCalls;
    return ::epoll_ctl(m_epoll, operation, fd, &event) == 0 ? 0 : errno;
  };
  if (wanted == 0) {
    // A closed descriptor has left by itself: then this fails, and that is fine.
    if (entry.applied != 0) control(EPOLL_CTL_DEL);
  } else {
    int error = control(entry.applied == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD);
    if (error == ENOENT) error = control(EPOLL_CTL_ADD);
    if (error == EEXIST) error = control(EPOLL_CTL_MOD);
    if (error == EPERM) {
      entry.alwaysReady = true;
      m_alwaysReady.push_back(fd);
    } else if (error != 0) {
      qWarning("the event loop cannot watch descriptor %d: %s", fd, std::strerror(error));
      wanted = 0;
    }
  }
  entry.applied = wanted;
}

int EpollDispatcher::activate(int fd, std::uint32_t generation, std::uint32_t events) {
  int sent = 0;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    // Looked up anew each time: the receiver may have removed notifiers, closed the descriptor, or
    // made it stand for another.
    const Entry& entry = m_entries[static_cast<std::size_t>(fd)];
    if (entry.generation != generation || entry.fresh) break;
    if (!(events & kWakes[i]) || !entry.enabled[i]) continue;
    QEvent event(QEvent::SockAct);
    QCoreApplication::sendEvent(entry.enabled[i], &event);
    ++sent;
  }
  return sent;
}

void EpollDispatcher::notePending(const epoll_event& event) {
  if (event.data.u64 == kWakeUp) return;
  Entry& entry = m_entries[event.data.u64 & 0xFFFFFFFF];
  if (entry.generation == event.data.u64 >> 32) entry.pending = event.events;
}

int EpollDispatcher::dispatch(const epoll_event& event) {
  const auto fd = static_cast<int>(event.data.u64 & 0xFFFFFFFF);
  const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32);
  m_entries[static_cast<std::size_t>(fd)].pending = 0;
  const int sent = activate(fd, generation, event.events);
  if ((event.events & kOver) && m_entries[static_cast<std::size_t>(fd)].generation == generation) {
    tellAgain(fd);
  }
  return sent;
}

int EpollDispatcher::waitMs(bool mayWait, bool timers) {
  if (!mayWait || m_wokenByUs || !m_alwaysReady.empty()) return 0;
  if (!timers) return -1;
  const auto due = m_timers.next();
  if (!due) return -1;
  const std::int64_t wait = *due - nowNs();
  if (wait <= 0) return 0;
  return static_cast<int>(std::min<std::int64_t>((wait + 999'999) / 1'000'000, INT_MAX));
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags) {
  ++m_stats.passes;
  m_interrupted.store(false, std::memory_order_relaxed);
  emit awake();
  // A wake-up that is used up here may have been that of an interrupt whose flag was cleared just
  // above: this pass must not wait, so that the loop looks whether it is to go on.
  const bool woken = m_woken.load(std::memory_order_acquire);
  if (woken) drainWakeUp();
  m_wokenByUs = false;
  QCoreApplication::sendPostedEvents();

  const bool timers = !(flags & QEventLoop::X11ExcludeTimers);
  const bool sockets = !(flags & QEventLoop::ExcludeSocketNotifiers);
  const bool mayWait = (flags & QEventLoop::WaitForMoreEvents) &&
                       !m_interrupted.load(std::memory_order_acquire) && !m_wokenByUs && !woken;
  if (mayWait) emit aboutToBlock();
  if (m_interrupted.load(std::memory_order_acquire)) return false;

  int done = 0;
  if (sockets) {
    applyInterests();
    std::array<epoll_event, 256> events;
    int ready = 0;
    do {
      ready = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()),
                           waitMs(mayWait, timers));
    } while (ready < 0 && errno == EINTR);
    const auto plain = m_alwaysReady;
    // The first is told at once, unless plain files come before it.
    for (int i = plain.empty() ? 1 : 0; i < ready; ++i) {
      notePending(events[static_cast<std::size_t>(i)]);
    }
    for (const int fd : plain) {
      done += activate(fd, m_entries[static_cast<std::size_t>(fd)].generation, EPOLLIN | EPOLLOUT);
    }
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kWakeUp) {
        drainWakeUp();
        ++done;
      } else {
        done += dispatch(event);
      }
    }
  } else {
    // Sockets are not to be served: only the wake-up descriptor may end the wait.
    pollfd wait{m_event, POLLIN, 0};
    if (::poll(&wait, 1, waitMs(mayWait, timers)) > 0) {
      drainWakeUp();
      ++done;
    }
  }
  if (timers) done += m_timers.fire(nowNs());
  return done > 0;
}

}  // namespace

std::unique_ptr<QAbstractEventDispatcher> makeEventDispatcher() {
  auto dispatcher = std::make_unique<EpollDispatcher>();
  return dispatcher->valid() ? std::move(dispatcher) : nullptr;
}

LoopStats loopStats(const QAbstractEventDispatcher* dispatcher) {
  const auto* ours = dynamic_cast<const EpollDispatcher*>(dispatcher);
  return ours ? ours->stats() : LoopStats{};
}

bool isReadPending(int descriptor) {
  const auto* ours = dynamic_cast<EpollDispatcher*>(QAbstractEventDispatcher::instance());
  return ours && ours->isReadPending(descriptor);
}

void watchEdges(const QSocketNotifier& notifier) {
  auto* ours = dynamic_cast<EpollDispatcher*>(QAbstractEventDispatcher::instance());
  if (ours) ours->watchEdges(notifier);
}

void tellAgain(int descriptor) {
  auto* ours = dynamic_cast<EpollDispatcher*>(QAbstractEventDispatcher::instance());
  if (ours) ours->tellAgain(descriptor);
}

void closeWatched(int descriptor) {
  if (auto* ours = dynamic_cast<EpollDispatcher*>(QAbstractEventDispatcher::instance())) {
    ours->forget(descriptor);
  }
  ::close(descriptor);
}

}  // namespace sluice::net

#else

namespace sluice::net {

std::unique_ptr<QAbstractEventDispatcher> makeEventDispatcher() {
  return nullptr;
}
LoopStats loopStats(const QAbstractEventDispatcher*) {
  return {};
}
bool isReadPending(int) {
  return false;
}
void watchEdges(const QSocketNotifier&) {}
void tellAgain(int) {}
void closeWatched(int descriptor) {
  ::close(descriptor);
}

}  // namespace sluice::net

#endif
