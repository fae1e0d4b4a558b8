// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/core/time.h"

/// A cache bounded in bytes that keeps what is asked for again: S3-FIFO. New entries go through a
/// small queue; those asked for there move to the main one, others are forgotten but for their hash,
/// which lets them into the main queue should they come back.
///
/// Thread safety: one thread at a time; response_cache.h puts each behind a lock.
///
/// Invariants (tests name them):
///   K1 bytes <= capacity after every call
///   K2 an entry is in exactly one queue; what is only remembered by its hash holds no value
///   K5 what has expired is not found
///   K7 the full key decides: a hash in common is not a hit
///
/// Cost: one hash and one look-up a find; amortised one eviction an insertion.
/// Source: J. Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
namespace sluice::core {

template <class Value>
class S3Fifo {
 public:
  using Pointer = std::shared_ptr<const Value>;
  /// What an entry takes beside its key and value, about.
  static constexpr std::size_t kOverhead = 192;

  explicit S3Fifo(std::size_t capacity) : m_capacity(capacity) {}

  /// Null: not there, or expired. What is dropped is put into `gone`, here and below, to be destroyed
  /// by the caller when it holds no lock.
  Pointer find(std::string_view key, Nanos now, std::vector<Pointer>& gone) {
    const auto at = m_index.find(key);
    if (at == m_index.end()) return nullptr;
    Entry& entry = *at->second;
    if (entry.expiresAt <= now) {
      gone.push_back(std::move(entry.value));
      drop(at->second);
      return nullptr;
    }
    entry.hits = std::min(entry.hits + 1, kMostHits);
    return entry.value;
  }

  /// `bytes`: of the value. Replaces what was there. False: larger than an eighth of the capacity,
  /// so not kept.
  bool insert(std::string_view key, Pointer value, std::size_t bytes, Nanos expiresAt,
              std::vector<Pointer>& gone) {
    if (const auto at = m_index.find(key); at != m_index.end()) {
      gone.push_back(at->second->value);
      drop(at->second);
    }
    const std::size_t size = bytes + key.size() + kOverhead;
    if (size > m_capacity / 8) return false;
    while (m_bytes + size > m_capacity) evict(gone);
    const bool returns = forgetGhost(hashOf(key));
    Queue& queue = returns ? m_main : m_small;
    queue.entries.push_front({std::string(key), std::move(value), size, expiresAt, 0, returns});
    m_index.emplace(queue.entries.front().key, queue.entries.begin());
    queue.bytes += size;
    m_bytes += size;
    return true;
  }

  /// Drops what has expired; how many.
  std::size_t sweep(Nanos now, std::vector<Pointer>& gone) {
    std::size_t swept = 0;
    for (Queue* queue : {&m_small, &m_main}) {
      for (auto at = queue->entries.begin(); at != queue->entries.end();) {
        const auto entry = at++;
        if (entry->expiresAt > now) continue;
        gone.push_back(entry->value);
        drop(entry);
        ++swept;
      }
    }
    return swept;
  }

  void setCapacity(std::size_t capacity, std::vector<Pointer>& gone) {
    m_capacity = capacity;
    while (m_bytes > m_capacity) evict(gone);
  }

  std::size_t bytes() const { return m_bytes; }
  std::size_t size() const { return m_index.size(); }
  std::uint64_t evictions() const { return m_evictions; }

 private:
  static constexpr unsigned kMostHits = 3;

  struct Entry {
    std::string key;
    Pointer value;
    std::size_t size;
    Nanos expiresAt;
    unsigned hits;
    bool main;
  };
  using List = std::list<Entry>;
  struct Queue {
    List entries;  // newest first
    std::size_t bytes = 0;
  };

  static std::size_t hashOf(std::string_view key) { return std::hash<std::string_view>{}(key); }
  Queue& queueOf(const Entry& entry) { return entry.main ? m_main : m_small; }

  void drop(typename List::iterator entry) {
    Queue& queue = queueOf(*entry);
    queue.bytes -= entry->size;
    m_bytes -= entry->size;
    m_index.erase(entry->key);
    queue.entries.erase(entry);
  }

  /// Makes room by one entry. There is one.
  void evict(std::vector<Pointer>& gone) {
    const bool fromSmall = m_main.entries.empty() || m_small.bytes >= m_capacity / 10;
    if (!fromSmall || !evictSmall(gone)) evictMain(gone);
  }

  /// False: all that was there has moved on.
  bool evictSmall(std::vector<Pointer>& gone) {
    while (!m_small.entries.empty()) {
      const auto last = std::prev(m_small.entries.end());
      if (last->hits <= 1) {
        rememberGhost(hashOf(last->key));
        leave(last, gone);
        return true;
      }
      last->hits = 0;
      last->main = true;
      m_small.bytes -= last->size;
      m_main.bytes += last->size;
      m_main.entries.splice(m_main.entries.begin(), m_small.entries, last);
    }
    return false;
  }

  void evictMain(std::vector<Pointer>& gone) {
    for (;;) {
      const auto last = std::prev(m_main.entries.end());
      if (last->hits == 0) {
        leave(last, gone);
        return;
      }
      --last->hits;
      m_main.entries.splice(m_main.entries.begin(), m_main.entries, last);
    }
  }

  void leave(typename List::iterator entry, std::vector<Pointer>& gone) {
    ++m_evictions;
    gone.push_back(std::move(entry->value));
    drop(entry);
  }

  void rememberGhost(std::size_t hash) {
    forgetGhost(hash);
    m_ghosts.emplace(hash, m_ghostOrder.insert(m_ghostOrder.end(), hash));
    // As many as the main queue holds.
    while (m_ghosts.size() > std::max<std::size_t>(m_main.entries.size(), 16)) {
      forgetGhost(m_ghostOrder.front());
    }
  }
  bool forgetGhost(std::size_t hash) {
    const auto at = m_ghosts.find(hash);
    if (at == m_ghosts.end()) return false;
    m_ghostOrder.erase(at->second);
    m_ghosts.erase(at);
    return true;
  }

  std::size_t m_capacity;
  std::size_t m_bytes = 0;
  std::uint64_t m_evictions = 0;
  Queue m_small;
  Queue m_main;
  std::unordered_map<std::string_view, typename List::iterator> m_index;  // keys of the entries
  std::list<std::size_t> m_ghostOrder;                                    // oldest first
  std::unordered_map<std::size_t, std::list<std::size_t>::iterator> m_ghosts;
};

}  // namespace sluice::core
