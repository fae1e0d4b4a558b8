// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/core/s3_fifo.h"
#include "gateway/core/sync.h"
#include "gateway/core/time.h"

/// Answers kept by key, and a single flight for each key that is being fetched: who asks meanwhile
/// follows. The flight belongs to the table and lives for as long as anybody follows it; who began
/// it is its first follower, and may leave like any other.
///
/// Thread safety: all operations from any thread. A shard's lock is held for a look-up or an
/// insertion; nothing is called and no value destroyed under it.
///
/// Invariants (tests name them), beside K1, K2, K5 and K7 of s3_fifo.h:
///   K3 at most one flight a key
///   K4 each follower gets one answer, or leaves; not both
///   K6 only what is said to be worth keeping is stored: no error becomes a hit
///   K8 a flight that was abandoned stores nothing, and does not end one that began after it
///
/// Memory order: all under the shard's lock.
namespace sluice::core {

template <class Value, class Sync, std::size_t Shards = 16>
class BasicResponseCache {
 public:
  using Pointer = std::shared_ptr<const Value>;
  class Flight;

  /// One who waits for a flight's answer. For one wait.
  class Follower {
   public:
    /// `answered` is called once, by the thread that ends the flight, with nothing locked: it is to
    /// tell the follower's own thread. Null: the flight ended without an answer.
    explicit Follower(std::function<void(Pointer)> answered) : m_answered(std::move(answered)) {}

   private:
    friend class BasicResponseCache;
    std::function<void(Pointer)> m_answered;
    std::size_t m_shard = 0;           // of its flight
    std::shared_ptr<Flight> m_flight;  // under that shard's lock; null: answered, or left
  };

  /// What is fetched for one key. Ended once: by finish(), or without an answer by its end.
  class Fetch {
   public:
    Fetch(Fetch&& other) noexcept
        : m_cache(std::exchange(other.m_cache, nullptr)), m_flight(std::move(other.m_flight)) {}
    Fetch& operator=(Fetch&& other) noexcept {
      std::swap(m_cache, other.m_cache);
      std::swap(m_flight, other.m_flight);
      return *this;
    }
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    ~Fetch() {
      if (m_cache) m_cache->end(*m_flight, nullptr, nullptr);
    }

    /// Followers get `answer`; nothing is stored.
    void finish(Pointer answer) {
      if (m_cache) std::exchange(m_cache, nullptr)->end(*m_flight, std::move(answer), nullptr);
    }
    /// The same, and it is kept for about `ttl`: +-10 % by `unit` in [0, 1), so that what was stored
    /// together does not expire together. `bytes`: of the value.
    void finish(Pointer answer, std::size_t bytes, Nanos ttl, Nanos now, double unit) {
      if (!m_cache) return;
      const Worth worth{bytes, now + jittered(ttl, unit)};
      std::exchange(m_cache, nullptr)->end(*m_flight, std::move(answer), &worth);
    }
    /// Nobody follows any more: the fetch may stop.
    bool abandoned() const { return m_flight->m_abandoned.load(std::memory_order_acquire); }

   private:
    friend class BasicResponseCache;
    Fetch(BasicResponseCache* cache, std::shared_ptr<Flight> flight)
        : m_cache(cache), m_flight(std::move(flight)) {}
    BasicResponseCache* m_cache;
    std::shared_ptr<Flight> m_flight;
  };

  class Flight {
   private:
    friend class BasicResponseCache;
    std::string m_key;
    std::function<void()> m_onAbandoned;
    std::list<std::shared_ptr<Follower>> m_followers;  // under the shard's lock
    bool m_ended = false;  // under the shard's lock; until then the table holds this very flight
    typename Sync::template atomic<bool> m_abandoned;
  };

  /// One of three: an answer; nothing, and the follower will be called; nothing, and the caller has
  /// to fetch (the follower will be called as well).
  struct Lookup {
    Pointer hit;
    std::optional<Fetch> fetch;
  };

  struct Stats {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;  ///< that led to a fetch
    std::uint64_t joined = 0;  ///< that followed one under way
    std::uint64_t evictions = 0;
    std::size_t bytes = 0;
    std::size_t entries = 0;
    std::size_t flights = 0;
  };

  /// `capacity` in bytes, over all shards.
  explicit BasicResponseCache(std::size_t capacity) {
    for (Shard& shard : m_shards) shard.setCapacity(capacity / Shards);
  }

  /// `onAbandoned` is called once if the flight that this call begins is left by all before its end:
  /// by the last who leaves, on that thread, with nothing locked.
  Lookup look(std::string_view key, Nanos now, const std::shared_ptr<Follower>& follower,
              std::function<void()> onAbandoned) {
    const std::size_t index = shardOf(key);
    Shard& shard = m_shards[index];
    std::vector<Pointer> gone;
    const MutexLock lock(shard.mutex);
    if (Pointer hit = shard.entries.find(key, now, gone)) {
      ++shard.hits;
      return {std::move(hit), {}};
    }
    follower->m_shard = index;
    const auto under = shard.flights.find(key);
    if (under != shard.flights.end()) {
      ++shard.joined;
      follower->m_flight = under->second;
      under->second->m_followers.push_back(follower);
      return {};
    }
    ++shard.misses;
    auto flight = std::make_shared<Flight>();
    flight->m_key = key;
    flight->m_onAbandoned = std::move(onAbandoned);
    flight->m_abandoned.store(false, std::memory_order_relaxed);
    flight->m_followers.push_back(follower);
    follower->m_flight = flight;
    shard.flights.emplace(flight->m_key, flight);
    return {nullptr, Fetch(this, std::move(flight))};
  }

  /// Keeps an answer that was fetched outside any flight, as Fetch::finish() would.
  void store(std::string_view key, Pointer answer, std::size_t bytes, Nanos ttl, Nanos now,
             double unit) {
    Shard& shard = m_shards[shardOf(key)];
    std::vector<Pointer> gone;
    const MutexLock lock(shard.mutex);
    shard.entries.insert(key, std::move(answer), bytes, now + jittered(ttl, unit), gone);
  }

  /// True: it will not be called. False: its answer is on the way, or was there (K4).
  bool leave(Follower& follower) {
    Shard& shard = m_shards[follower.m_shard];
    std::function<void()> abandoned;
    {
      std::shared_ptr<Follower> gone;  // dies outside the lock
      const MutexLock lock(shard.mutex);
      const std::shared_ptr<Flight> flight = std::exchange(follower.m_flight, nullptr);
      if (!flight) return false;
      auto& all = flight->m_followers;
      const auto at = std::ranges::find(all, &follower, &std::shared_ptr<Follower>::get);
      gone = std::move(*at);
      all.erase(at);
      if (all.empty()) {
        shard.flights.erase(flight->m_key);
        flight->m_ended = true;
        flight->m_abandoned.store(true, std::memory_order_release);
        abandoned = std::move(flight->m_onAbandoned);
      }
    }
    if (abandoned) abandoned();
    return true;
  }

  /// Drops what has expired from one shard, the next at each call; how many.
  std::size_t sweep(Nanos now) {
    Shard& shard = m_shards[m_sweep.fetch_add(1, std::memory_order_relaxed) % Shards];
    std::vector<Pointer> gone;
    const MutexLock lock(shard.mutex);
    return shard.entries.sweep(now, gone);
  }

  void setCapacity(std::size_t capacity) {
    for (Shard& shard : m_shards) shard.setCapacity(capacity / Shards);
  }

  Stats stats() const {
    Stats sum;
    for (const Shard& shard : m_shards) {
      const MutexLock lock(shard.mutex);
      sum.hits += shard.hits;
      sum.misses += shard.misses;
      sum.joined += shard.joined;
      sum.evictions += shard.entries.evictions();
      sum.bytes += shard.entries.bytes();
      sum.entries += shard.entries.size();
      sum.flights += shard.flights.size();
    }
    return sum;
  }

 private:
  using Mutex = typename Sync::mutex;
  struct Worth {
    std::size_t bytes;
    Nanos expiresAt;
  };
  struct alignas(64) Shard {
    mutable Mutex mutex{LockRank::Cache};
    S3Fifo<Value> entries SLUICE_GUARDED_BY(mutex){0};
    // Keys are the flights' own.
    std::unordered_map<std::string_view, std::shared_ptr<Flight>> flights SLUICE_GUARDED_BY(mutex);
    std::uint64_t hits SLUICE_GUARDED_BY(mutex) = 0;
    std::uint64_t misses SLUICE_GUARDED_BY(mutex) = 0;
    std::uint64_t joined SLUICE_GUARDED_BY(mutex) = 0;

    void setCapacity(std::size_t capacity) {
      std::vector<Pointer> gone;
      const MutexLock lock(mutex);
      entries.setCapacity(capacity, gone);
    }
  };

  static Nanos jittered(Nanos ttl, double unit) {
    return static_cast<Nanos>(static_cast<double>(ttl) * (0.9 + 0.2 * unit));
  }

  /// The high bits, as the maps within use the low ones.
  static std::size_t shardOf(std::string_view key) {
    return (std::hash<std::string_view>{}(key)*0x9E3779B97F4A7C15ull >> 32) % Shards;
  }

  void end(Flight& flight, Pointer answer, const Worth* worth) {
    Shard& shard = m_shards[shardOf(flight.m_key)];
    std::list<std::shared_ptr<Follower>> followers;
    std::vector<Pointer> gone;
    {
      const MutexLock lock(shard.mutex);
      // Abandoned: by now the table may hold another flight for the key (K8).
      if (std::exchange(flight.m_ended, true)) return;
      if (worth && answer) {
        shard.entries.insert(flight.m_key, answer, worth->bytes, worth->expiresAt, gone);
      }
      followers.swap(flight.m_followers);
      for (const auto& follower : followers) follower->m_flight = nullptr;
      shard.flights.erase(flight.m_key);
    }
    for (const auto& follower : followers) {
      if (follower->m_answered) follower->m_answered(answer);
    }
  }

  std::array<Shard, Shards> m_shards;
  typename Sync::template atomic<std::uint64_t> m_sweep{};
};

template <class Value>
using ResponseCache = BasicResponseCache<Value, StdSync>;

}  // namespace sluice::core
