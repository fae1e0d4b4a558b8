// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "gateway/core/error_window.h"
#include "gateway/core/histogram.h"
#include "gateway/core/triple_buffer.h"

/// What a worker counts. Plain memory of one thread; others see published copies.
///
/// Routes and providers are counted by slot: a small number given once per name by the registry and
/// kept for the life of the engine, so that counts survive any change of config. Slot 0 is "none".
namespace sluice::metrics {

struct ProviderCounters {
  std::uint64_t started = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t limited = 0;  ///< by the bucket of requests
  std::uint64_t tokensLimited = 0;
  std::uint64_t tokensIn = 0;  ///< as the provider says
  std::uint64_t tokensOut = 0;
  std::uint64_t breakerRefused = 0;
  std::uint64_t coolDownRefused = 0;
  std::uint64_t busyRefused = 0;
  // failed = the sum of these six
  std::uint64_t rateLimited = 0;
  std::uint64_t serverErrors = 0;
  std::uint64_t timedOut = 0;
  std::uint64_t cut = 0;
  std::uint64_t unreachable = 0;
  std::uint64_t keyRefused = 0;
  std::uint64_t opened = 0;
  std::uint64_t halfOpened = 0;
  std::uint64_t closed = 0;
  core::GenerationCounts verdicts;  ///< of the newest breaker generation seen
  core::Histogram firstByte;
  core::Histogram total;
  core::Histogram queueWait;
  core::Histogram gap;

  void merge(const ProviderCounters& other);
};

/// Requests of one route that ended at one provider, and how often the balancer chose it.
struct Cell {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t rejected = 0;
  std::uint64_t picks = 0;
};

/// Requests that were refused, by why; their sum is `rejected` of all cells.
struct Refusals {
  std::uint64_t limit = 0;
  std::uint64_t busy = 0;
  std::uint64_t breaker = 0;
  std::uint64_t noTarget = 0;
  std::uint64_t unknownModel = 0;
  std::uint64_t unknownKey = 0;
  std::uint64_t invalid = 0;

  void merge(const Refusals& other);
};

struct Counters {
  std::uint64_t started = 0;  ///< requests
  Refusals refusals;
  core::Histogram overhead;
  std::vector<ProviderCounters> providers;  ///< by provider slot
  std::vector<std::vector<Cell>> cells;     ///< by route slot, then provider slot
  std::vector<core::Histogram> outputs;     ///< tokens of answers, by route slot

  /// Makes room for slots below these.
  void reserve(std::size_t routeSlots, std::size_t providerSlots);
  void merge(const Counters& other);
};

/// How a worker's loop does, written by it some times a second while it has work.
struct WorkerGauges {
  std::atomic<std::uint32_t> lagMicros = 0;     ///< the latest its timer fired, of the last second
  std::atomic<std::uint32_t> underWay = 0;      ///< attempts, and requests that wait
  std::atomic<std::uint32_t> waiting = 0;       ///< of these, for a limit
  std::atomic<std::uint32_t> idleUpstream = 0;  ///< connections kept to providers
  std::atomic<std::uint64_t> revision = 0;      ///< of the config it last worked with
};

/// One worker's counters: `live` belongs to the worker, which publishes whole copies; one reader at
/// a time takes the newest.
class WorkerMetrics {
 public:
  Counters live;
  /// Open connections of the worker, those on their way to it included. Any thread.
  std::atomic<std::uint32_t> connections = 0;
  WorkerGauges gauges;

  void publish() {
    m_published.writer() = live;
    m_published.publish();
  }
  /// The last publication. Readers take turns (the engine holds a lock).
  const Counters& latest() { return m_published.fetch(); }

 private:
  core::TripleBuffer<Counters> m_published;
};

}  // namespace sluice::metrics
