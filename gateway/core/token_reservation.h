// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <utility>

#include "gateway/core/token_bucket.h"

/// Tokens taken from a bucket for a call whose true cost is known only at its end. Settles once:
/// what was taken too much goes back, what was used beyond is charged.
///
/// Thread safety: one thread; the bucket is shared. Must not outlive the bucket.
///
/// Invariant:
///   V1 whatever is moved, forgotten or said twice, the bucket has given exactly what was used
namespace sluice::core {

template <class Sync>
class BasicTokenReservation {
 public:
  using Bucket = BasicTokenBucket<Sync>;

  BasicTokenReservation() = default;
  /// `taken` tokens were granted by `bucket`.
  BasicTokenReservation(Bucket& bucket, std::uint64_t taken) : m_bucket(&bucket), m_taken(taken) {}
  BasicTokenReservation(BasicTokenReservation&& other) noexcept
      : m_bucket(std::exchange(other.m_bucket, nullptr)),
        m_taken(other.m_taken),
        m_used(other.m_used) {}
  BasicTokenReservation& operator=(BasicTokenReservation&& other) noexcept {
    std::swap(m_bucket, other.m_bucket);
    std::swap(m_taken, other.m_taken);
    std::swap(m_used, other.m_used);
    return *this;
  }
  BasicTokenReservation(const BasicTokenReservation&) = delete;
  BasicTokenReservation& operator=(const BasicTokenReservation&) = delete;
  ~BasicTokenReservation() { settle(); }

  /// Tokens used so far, all told; the last word counts. Never said: nothing was used, as for a call
  /// that never reached its provider. Cut at Bucket::kMostCharge.
  void setUsed(std::uint64_t tokens) { m_used = std::min(tokens, Bucket::kMostCharge); }

  /// Now rather than at the end of its life. Again: nothing.
  void settle() {
    Bucket* bucket = std::exchange(m_bucket, nullptr);
    if (!bucket || m_used == m_taken) return;
    if (m_used > m_taken) {
      bucket->charge(m_used - m_taken);
    } else {
      bucket->refund(m_taken - m_used);
    }
  }

 private:
  Bucket* m_bucket = nullptr;
  std::uint64_t m_taken = 0;
  std::uint64_t m_used = 0;
};

using TokenReservation = BasicTokenReservation<StdSync>;

}  // namespace sluice::core
