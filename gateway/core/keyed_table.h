// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/core/sync.h"

/// A table that grows at run time: the limiters of client keys, sessions. Shards of a map behind a
/// mutex each; values are shared, so that one found before it was removed stays valid.
///
/// Thread safety: all operations from any thread. `make`, `idle` and `visit` run under a shard's
/// lock: they must be short and must not come back to the table.
///
/// Invariants (tests name them):
///   Y1 however many ask for a new key at once, they get one and the same value
///   Y2 a value obtained before its removal stays valid
///   Y3 only what `idle` says may go is evicted: dropping a limiter that is not full again would be
///      a free refill
namespace sluice::core {

template <class Value, class Sync>
class BasicKeyedTable {
 public:
  using Pointer = std::shared_ptr<Value>;
  static constexpr std::size_t kShards = 32;

  /// The value of `key`, made by `make()` -> Pointer if there is none.
  template <class Make>
  Pointer findOrMake(std::string_view key, Make&& make) {
    const std::size_t hash = std::hash<std::string_view>{}(key);
    Shard& shard = shardOf(hash);
    const MutexLock lock(shard.mutex);
    const auto at = shard.map.find(key);
    if (at != shard.map.end()) return at->second;
    return shard.map.emplace(std::string(key), make()).first->second;
  }

  /// Null: there is none.
  Pointer find(std::string_view key) const {
    const Shard& shard = shardOf(std::hash<std::string_view>{}(key));
    const MutexLock lock(shard.mutex);
    const auto at = shard.map.find(key);
    return at == shard.map.end() ? nullptr : at->second;
  }

  bool remove(std::string_view key) {
    Shard& shard = shardOf(std::hash<std::string_view>{}(key));
    Pointer gone;  // dies outside the lock
    const MutexLock lock(shard.mutex);
    const auto at = shard.map.find(key);
    if (at == shard.map.end()) return false;
    gone = std::move(at->second);
    shard.map.erase(at);
    return true;
  }

  /// Drops the values for which `idle(value)`; how many.
  template <class Idle>
  std::size_t evict(Idle&& idle) {
    std::size_t dropped = 0;
    for (Shard& shard : m_shards) {
      const MutexLock lock(shard.mutex);
      dropped += std::erase_if(shard.map, [&](const auto& entry) {
        // Somebody holds it who may be about to take from it.
        return entry.second.use_count() == 1 && idle(*entry.second);
      });
    }
    return dropped;
  }

  /// Calls visit(key, value) for each, a shard at a time.
  template <class Visit>
  void forEach(Visit&& visit) const {
    for (const Shard& shard : m_shards) {
      const MutexLock lock(shard.mutex);
      for (const auto& [key, value] : shard.map) visit(key, *value);
    }
  }

  std::size_t sizeApprox() const {
    std::size_t size = 0;
    for (const Shard& shard : m_shards) {
      const MutexLock lock(shard.mutex);
      size += shard.map.size();
    }
    return size;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Mutex = typename Sync::mutex;
  struct alignas(64) Shard {
    mutable Mutex mutex{LockRank::Table};
    std::unordered_map<std::string, Pointer, Hash, std::equal_to<>> map SLUICE_GUARDED_BY(mutex);
  };

  /// The high bits, as the map within uses the low ones.
  static constexpr std::size_t indexOf(std::size_t hash) {
    return static_cast<std::size_t>(hash * 0x9E3779B97F4A7C15ull >> 59);
  }
  Shard& shardOf(std::size_t hash) { return m_shards[indexOf(hash)]; }
  const Shard& shardOf(std::size_t hash) const { return m_shards[indexOf(hash)]; }

  std::array<Shard, kShards> m_shards;
};

template <class Value>
using KeyedTable = BasicKeyedTable<Value, StdSync>;

}  // namespace sluice::core
