// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/timer_heap.h"

#include <QCoreApplication>
#include <QTimerEvent>
#include <algorithm>
#include <bit>

namespace sluice::net {

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;

std::int64_t roundUp(std::int64_t value, std::int64_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

std::int64_t TimerHeap::dueAfter(std::int64_t from, std::int64_t interval, Qt::TimerType type) {
  const std::int64_t due = from + interval;
  if (type == Qt::VeryCoarseTimer) return roundUp(due, kSecond);
  // Steps are powers of two, so that timers of different intervals meet.
  const std::int64_t slackMs = interval / 20 / kMs;
  if (type == Qt::CoarseTimer && slackMs >= 1) {
    const auto step =
        static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(slackMs)));
    return roundUp(due, step * kMs);
  }
  return due;
}

void TimerHeap::push(int id, const Timer& timer) {
  m_heap.push_back({timer.due, ++m_stamp, timer.stamp, id});
  std::push_heap(m_heap.begin(), m_heap.end(), later);
}

void TimerHeap::pop() {
  std::pop_heap(m_heap.begin(), m_heap.end(), later);
  m_heap.pop_back();
}

bool TimerHeap::live(const Entry& entry) const {
  const auto at = m_timers.find(entry.id);
  return at != m_timers.end() && at->second.stamp == entry.stamp;
}

void TimerHeap::add(int id, std::int64_t intervalMs, Qt::TimerType type, QObject* object,
                    std::int64_t now) {
  const std::int64_t interval = std::max<std::int64_t>(intervalMs, 0) * kMs;
  const Timer timer{interval, dueAfter(now, interval, type), type, object, ++m_stamp};
  m_timers[id] = timer;
  push(id, timer);
  if (m_heap.size() > 2 * m_timers.size() + 64) {
    std::erase_if(m_heap, [this](const Entry& entry) { return !live(entry); });
    std::make_heap(m_heap.begin(), m_heap.end(), later);
  }
}

bool TimerHeap::remove(int id) {
  return m_timers.erase(id) > 0;
}

bool TimerHeap::removeAll(QObject* object) {
  return std::erase_if(m_timers, [object](const auto& t) { return t.second.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> TimerHeap::of(QObject* object) const {
  QList<QAbstractEventDispatcher::TimerInfo> list;
  for (const auto& [id, timer] : m_timers) {
    if (timer.object == object) {
      list.append({id, static_cast<int>(timer.interval / kMs), timer.type});
    }
  }
  return list;
}

int TimerHeap::remaining(int id, std::int64_t now) const {
  const auto at = m_timers.find(id);
  if (at == m_timers.end()) return -1;
  return static_cast<int>((std::max<std::int64_t>(at->second.due - now, 0) + kMs - 1) / kMs);
}

std::optional<std::int64_t> TimerHeap::next() {
  while (!m_heap.empty() && !live(m_heap.front())) pop();
  if (m_heap.empty()) return std::nullopt;
  return m_heap.front().due;
}

int TimerHeap::fire(std::int64_t now) {
  int fired = 0;
  while (!m_heap.empty() && m_heap.front().due <= now) {
    const Entry entry = m_heap.front();
    pop();
    if (!live(entry)) continue;
    Timer& timer = m_timers.at(entry.id);
    // From when it was due, so that a period does not drift; what was missed is skipped. Always
    // after `now`, so that a zero timer waits for the next pass and starves nobody.
    timer.due = dueAfter(timer.due, timer.interval, timer.type);
    if (timer.due <= now) timer.due = std::max(dueAfter(now, timer.interval, timer.type), now + 1);
    ++fired;
    QTimerEvent event(entry.id);
    QCoreApplication::sendEvent(timer.object, &event);
    if (live(entry)) push(entry.id, m_timers.at(entry.id));
  }
  return fired;
}

}  // namespace sluice::net
