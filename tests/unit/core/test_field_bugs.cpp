// SPDX-License-Identifier: GPL-3.0-or-later
// Bugs that were found in other gateways and limiters, each kept out by name. The interleavings of
// the racy ones are in tests/model; here is what each looks like when it happens.
#include <QTest>
#include <algorithm>
#include <vector>

#include "gateway/core/balancer.h"
#include "gateway/core/circuit_breaker.h"
#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/histogram.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/response_cache.h"
#include "gateway/core/round_robin.h"
#include "gateway/core/token_bucket.h"
#include "gateway/core/triple_buffer.h"

using namespace sluice::core;

namespace {

constexpr BreakerParams kParams{2, kSecond, 8 * kSecond, 2, 10 * kSecond};
constexpr Nanos kMinute = 60 * kSecond;

void trip(CircuitBreaker& breaker, Nanos now) {
  while (breaker.view(now).state == BreakerWord::Closed) {
    breaker.tryAcquire(now).permit->report(Outcome::Failure, now, 0.5);
  }
}

int grants(TokenBucket& bucket, int tries, Nanos now) {
  int granted = 0;
  for (int i = 0; i < tries; ++i) granted += bucket.tryAcquire(1, now).granted();
  return granted;
}

}  // namespace

class TestFieldBugs : public QObject {
  Q_OBJECT
 private slots:
  /// Several readers of one "last refill" each add the interval's tokens.
  void doubleRefill() {
    TokenBucket bucket;
    bucket.fill(60, kMinute, 60, 0);
    QCOMPARE(grants(bucket, 100, 0), 60);
    QCOMPARE(grants(bucket, 100, 10 * kSecond), 10);
    QCOMPARE(grants(bucket, 100, 10 * kSecond), 0);
  }

  /// A refill that others have taken meanwhile is trusted: an underflow, or a wrong time to wait.
  void refillThatOthersTook() {
    TokenBucket bucket;
    bucket.fill(60, kMinute, 1, 0);
    QVERIFY(bucket.tryAcquire(1, 0).granted());
    QVERIFY(bucket.tryAcquire(1, kSecond).granted());
    const auto refused = bucket.tryAcquire(1, kSecond);
    QVERIFY(!refused.granted());
    QCOMPARE(refused.retryAt, 2 * kSecond);
    QCOMPARE(bucket.availableApprox(kSecond), std::int64_t{0});
  }

  /// A refill that equals a take leaves the bits as they were, and every racer's CAS succeeds.
  void takesThatLeaveTheWordAsItWas() {
    TokenBucket bucket;
    bucket.fill(60, kMinute, 1, 0);
    for (int second = 0; second < 100; ++second) {
      QCOMPARE(grants(bucket, 3, second * kSecond), 1);
    }
  }

  /// The cap applied beside the take, not within it.
  void moreThanTheCapacityAfterALongRest() {
    TokenBucket bucket;
    bucket.fill(600, kMinute, 5, 0);
    QCOMPARE(grants(bucket, 100, 3600 * kSecond), 5);
    QCOMPARE(bucket.availableApprox(3600 * kSecond), std::int64_t{0});
  }

  /// A time read before another thread's, applied after it, turns the bucket back.
  void aStaleClockRefillsTwice() {
    TokenBucket bucket;
    bucket.fill(60, kMinute, 1, 0);
    QVERIFY(bucket.tryAcquire(1, 10 * kSecond).granted());
    QVERIFY(!bucket.tryAcquire(1, 9 * kSecond).granted());
    QVERIFY(!bucket.tryAcquire(1, 10 * kSecond).granted());
    QVERIFY(bucket.tryAcquire(1, 11 * kSecond).granted());
  }

  /// A reload makes new limiters, and new limiters are full.
  void aReloadRefills() {
    TokenBucket bucket;
    bucket.fill(60, kMinute, 60, 0);
    grants(bucket, 60, 0);
    for (int i = 0; i < 1'000; ++i) bucket.reconfigure(60, kMinute, 60, 0);
    for (int i = 0; i < 1'000; ++i) bucket.reconfigure(60u + i % 2, kMinute, 60, 0);
    QCOMPARE(grants(bucket, 10, 0), 0);
  }

  /// Requests larger than the bucket wait for what never comes.
  void tooLargeIsToldApart() {
    TokenBucket bucket;
    bucket.fill(60, kMinute, 5, 0);
    QCOMPARE(int(bucket.tryAcquire(6, 0).kind), int(TokenBucket::Result::Kind::TooLarge));
    QCOMPARE(bucket.availableApprox(0), std::int64_t{5});
  }

  /// Failures that come in late open it again and again: the open period never ends.
  void lateFailuresProlongTheOpenPeriod() {
    CircuitBreaker breaker(kParams);
    std::vector<CircuitBreaker::Permit> late;
    for (int i = 0; i < 5; ++i) late.push_back(std::move(*breaker.tryAcquire(0).permit));
    trip(breaker, 0);
    const Nanos wait = breaker.view(0).retryIn;
    for (auto& permit : late) {
      QVERIFY(!permit.report(Outcome::Failure, wait / 2, 0.99).applied);
    }
    QVERIFY(breaker.tryAcquire(wait + kSecond).permit);
  }

  /// A success from before the trip closes a half-open breaker.
  void staleResultsDecideHalfOpen() {
    CircuitBreaker breaker(kParams);
    auto old = std::move(*breaker.tryAcquire(0).permit);
    auto older = std::move(*breaker.tryAcquire(0).permit);
    trip(breaker, 0);
    auto probe = breaker.tryAcquire(5 * kSecond);
    QVERIFY(probe.permit);
    old.report(Outcome::Success, 5 * kSecond, 0.5);
    older.report(Outcome::Success, 5 * kSecond, 0.5);
    QCOMPARE(int(breaker.view(5 * kSecond).state), int(BreakerWord::HalfOpen));
    QCOMPARE(breaker.view(5 * kSecond).probesOk, 0u);
  }

  /// Counts of one period are still there in the next.
  void countsSurviveAClose() {
    CircuitBreaker breaker(kParams);
    trip(breaker, 0);
    for (int i = 0; i < 2; ++i) {
      breaker.tryAcquire(5 * kSecond).permit->report(Outcome::Success, 5 * kSecond, 0.5);
    }
    QCOMPARE(int(breaker.view(5 * kSecond).state), int(BreakerWord::Closed));
    breaker.tryAcquire(5 * kSecond).permit->report(Outcome::Failure, 5 * kSecond, 0.5);
    QCOMPARE(int(breaker.view(5 * kSecond).state), int(BreakerWord::Closed));
    QCOMPARE(breaker.view(5 * kSecond).failures, 1u);
  }

  /// All that come while it is half-open are let through.
  void halfOpenHerd() {
    CircuitBreaker breaker(kParams);
    trip(breaker, 0);
    std::vector<CircuitBreaker::Permit> probes;
    for (int i = 0; i < 100; ++i) {
      auto admission = breaker.tryAcquire(5 * kSecond);
      if (admission.permit) probes.push_back(std::move(*admission.permit));
    }
    QCOMPARE(probes.size(), std::size_t{2});
  }

  /// A probe that never reports holds it half-open for ever.
  void stuckInHalfOpen() {
    CircuitBreaker breaker(kParams);
    trip(breaker, 0);
    auto lost = breaker.tryAcquire(5 * kSecond);
    auto lostToo = breaker.tryAcquire(5 * kSecond);
    QVERIFY(lost.permit && lostToo.permit);
    QVERIFY(!breaker.tryAcquire(6 * kSecond).permit);
    QVERIFY(breaker.tryAcquire(20 * kSecond).permit);
    QVERIFY(!lost.permit->report(Outcome::Success, 20 * kSecond, 0.5).applied);
  }

  /// A client that leaves counts as a failure of the provider, or as its recovery.
  void cancellationIsAVerdict() {
    CircuitBreaker breaker(kParams);
    for (int i = 0; i < 10; ++i) {
      breaker.tryAcquire(0).permit->report(Outcome::Neutral, 0, 0.5);
      (void)breaker.tryAcquire(0);  // dropped unreported
    }
    QCOMPARE(int(breaker.view(0).state), int(BreakerWord::Closed));
    QCOMPARE(breaker.view(0).failures, 0u);
    trip(breaker, 0);
    for (int i = 0; i < 10; ++i) (void)breaker.tryAcquire(5 * kSecond);
    QCOMPARE(int(breaker.view(5 * kSecond).state), int(BreakerWord::HalfOpen));
    QCOMPARE(breaker.view(5 * kSecond).probesInFlight, 0u);
  }

  /// A signed counter overflows, or an index outlives the list it was taken for.
  void indexOutOfRange() {
    const auto three = expandSmooth(std::vector<std::uint32_t>{1, 1, 1});
    for (const std::uint64_t ticket : {UINT64_MAX, UINT64_MAX - 1, std::uint64_t{1} << 63}) {
      QVERIFY(*pickInTurn(std::vector<Candidate>(3), three, ticket) < 3);
      QVERIFY(!pickInTurn({}, {}, ticket));
    }
  }

  /// The weights of the old and the new value are taken for each other.
  void ewmaForgetsAtOnce() {
    PeakEwma latency(10 * kSecond);
    latency.observe(kSecond, 0);
    latency.observe(kMillisecond, 10 * kMillisecond);
    QVERIFY(latency.millisApprox(10 * kMillisecond, 0) > 990);
  }

  /// Among equals the first is always chosen, by every worker at once.
  void firstHostBias() {
    const std::vector<Candidate> equal(3);
    std::uint64_t random = 0;
    std::vector<bool> seen(3);
    for (int i = 0; i < 100; ++i) {
      seen[*pickCheapest(equal, [&] { return random += 0x9E3779B97F4A7C15; })] = true;
    }
    QVERIFY(std::ranges::all_of(seen, [](bool b) { return b; }));
  }

  /// What is in flight is counted down twice, or not at all.
  void inFlightLeaks() {
    ConcurrencyLimiter limiter(1);
    {
      auto permit = limiter.tryAcquire();
      auto moved = std::move(permit);
      auto again = std::move(moved);
      QCOMPARE(limiter.view().inFlight, 1u);
    }
    QCOMPARE(limiter.view().inFlight, 0u);
    QVERIFY(limiter.tryAcquire());
  }

  /// A permit is handed to one who has just given up, and nobody gives it back.
  void permitsLeakToThoseWhoLeft() {
    ConcurrencyLimiter limiter(1);
    auto held = limiter.tryAcquire();
    auto waiter = std::make_shared<ConcurrencyLimiter::Waiter>(nullptr);
    QVERIFY(limiter.acquire(waiter).queued);
    held.reset();
    QVERIFY(limiter.cancel(*waiter));  // too late to leave: it is theirs, and dropped here
    QCOMPARE(limiter.view().inFlight, 0u);
    QVERIFY(!limiter.cancel(*waiter));  // and only once
  }

  /// Count, sum and buckets read one after the other while they change.
  void tornStatistics() {
    struct Whole {
      std::uint64_t ok = 0;
      Histogram total;
    };
    TripleBuffer<Whole> published;
    Whole live;
    for (std::uint64_t i = 1; i <= 10; ++i) {
      ++live.ok;  // in the middle of an update somebody looks
      const Whole& seen = published.fetch();
      QCOMPARE(seen.ok, i - 1);
      QCOMPARE(seen.total.count(), i - 1);
      QCOMPARE(seen.total.countAtOrBelow(Histogram::kLargest), i - 1);
      live.total.record(i);
      published.writer() = live;
      published.publish();
    }
  }

  /// The leader's client leaves, and all who waited for its fetch fail; or the slot stays for ever.
  void leaderLeavesAndFollowersFail() {
    using Cache = BasicResponseCache<int, StdSync, 1>;
    Cache cache(10'000);
    int told = 0;
    auto leader = std::make_shared<Cache::Follower>([&](auto) { told += 100; });
    auto follower =
        std::make_shared<Cache::Follower>([&](auto answer) { told += answer ? *answer : 0; });
    auto lead = cache.look("k", 0, leader, nullptr);
    QVERIFY(!cache.look("k", 0, follower, nullptr).fetch);
    QVERIFY(cache.leave(*leader));
    lead.fetch->finish(std::make_shared<const int>(1));
    QCOMPARE(told, 1);
    { auto abandoned = cache.look("k", 0, leader, nullptr); }
    QVERIFY(cache.look("k", 0, follower, nullptr).fetch.has_value());
  }
};

QTEST_APPLESS_MAIN(TestFieldBugs)
#include "test_field_bugs.moc"
