// SPDX-License-Identifier: GPL-3.0-or-later
// What a change of config keeps; the bugs that others had with it are named in their comments.
#include <QTest>

#include "gateway/route/registry.h"

using namespace sluice;
using core::kSecond;

namespace {

config::Provider provider(const std::string& id, std::uint32_t perMinute, std::uint32_t burst) {
  config::Provider made;
  made.id = id;
  made.baseUrl = "http://127.0.0.1:1/v1";
  made.limits.requestsPerMinute = perMinute;
  made.limits.burstRequests = burst;
  return made;
}

config::Config configOf(std::vector<config::Provider> providers) {
  config::Config config;
  config::Route route;
  route.model = "m";
  for (const auto& p : providers) route.targets.push_back({p.id, "", 1});
  config.providers = std::move(providers);
  config.routes = {route};
  return config;
}

int grants(route::ProviderRuntime& runtime, int tries, core::Nanos now) {
  int granted = 0;
  for (int i = 0; i < tries; ++i) granted += runtime.buckets.requests.tryAcquire(1, now).granted();
  return granted;
}

}  // namespace

class TestRegistry : public QObject {
  Q_OBJECT
  route::Registry m_registry;
  std::uint64_t m_revision = 0;

  std::shared_ptr<const route::RouteTable> apply(config::Config next, core::Nanos now = 0,
                                                 const route::Keys& keys = {}) {
    return m_registry
        .build(std::make_shared<const config::Config>(std::move(next)), keys, ++m_revision, 0, now)
        .table;
  }

 private slots:
  void init() {
    m_registry = {};
    m_revision = 0;
  }

  /// New limiter objects at every reload are full buckets; a loop of reloads is no limit at all.
  void aReloadRefillsBuckets() {
    auto table = apply(configOf({provider("a", 60, 10)}));
    const auto runtime = table->providers[0].runtime;
    QCOMPARE(grants(*runtime, 20, 0), 10);
    for (int i = 0; i < 50; ++i) table = apply(configOf({provider("a", 60, 10)}));
    QCOMPARE(table->providers[0].runtime, runtime);
    QCOMPARE(grants(*runtime, 20, 0), 0);
    // Neither does a larger burst.
    table = apply(configOf({provider("a", 60, 100)}));
    QCOMPARE(grants(*table->providers[0].runtime, 20, 0), 0);
    QCOMPARE(grants(*table->providers[0].runtime, 20, 5 * kSecond), 5);
  }

  /// The opposite: the old limit is held for ever.
  void aReloadIsIgnored() {
    apply(configOf({provider("a", 60, 10)}));
    const auto table = apply(configOf({provider("a", 600, 10)}));
    QCOMPARE(grants(*table->providers[0].runtime, 20, 0), 10);
    QCOMPARE(grants(*table->providers[0].runtime, 20, kSecond), 10);
  }

  /// A reload closes breakers, forgets cool-downs, and starts the turns anew.
  void aReloadForgetsState() {
    auto config = configOf({provider("a", 60, 10), provider("b", 60, 10)});
    auto table = apply(config);
    auto& runtime = *table->providers[0].runtime;
    for (int i = 0; i < 5; ++i) {
      runtime.breaker.tryAcquire(0).permit->report(core::Outcome::Failure, 0, 0.5);
    }
    runtime.coolDown.extend(9 * kSecond, 0);
    const auto turn = table->routes[0].runtime->turns.next();
    config.providers[0].breaker.consecutiveFailures = 3;
    table = apply(config);
    const auto& kept = *table->providers[0].runtime;
    QCOMPARE(int(kept.breaker.view(0).state), int(core::BreakerWord::Open));
    QCOMPARE(kept.coolDown.left(0), 9 * kSecond);
    QCOMPARE(table->routes[0].runtime->turns.next(), turn + 1);
  }

  /// Counters owned by config objects begin at nought, or two providers share a slot.
  void aReloadResetsCounters() {
    auto table = apply(configOf({provider("a", 60, 10), provider("b", 60, 10)}));
    const auto slotOfA = table->providers[0].runtime->slot;
    const auto slotOfB = table->providers[1].runtime->slot;
    QVERIFY(slotOfA != slotOfB && slotOfA != 0);
    apply(configOf({provider("b", 60, 10)}));  // gone ...
    table = apply(configOf({provider("c", 60, 10), provider("b", 60, 10), provider("a", 60, 10)}));
    QCOMPARE(table->providers[2].runtime->slot, slotOfA);  // ... and back
    QCOMPARE(table->providers[1].runtime->slot, slotOfB);
    QVERIFY(table->providers[0].runtime->slot != slotOfA);
    QCOMPARE(m_registry.providerNames()[slotOfA], std::string("a"));
    QCOMPARE(table->providerSlots, std::size_t{4});
  }

  /// A provider removed and put back does not get a fresh bucket either.
  void aDetourRefillsBuckets() {
    auto table = apply(configOf({provider("a", 60, 10), provider("b", 60, 10)}));
    QCOMPARE(grants(*table->providers[0].runtime, 20, 0), 10);
    apply(configOf({provider("b", 60, 10)}));
    table = apply(configOf({provider("a", 60, 10)}));
    QCOMPARE(grants(*table->providers[0].runtime, 20, 0), 0);
  }

  void anotherKeyIsTriedAtOnce() {
    auto config = configOf({provider("a", 60, 10)});
    auto table = apply(config, 0, {{"a", {"old", ""}}});
    auto& breaker = table->providers[0].runtime->breaker;
    breaker.tryAcquire(0).permit->report(core::Outcome::HardDown, 0, 0.5);
    apply(config, kSecond, {{"a", {"old", ""}}});
    QVERIFY(!breaker.tryAcquire(kSecond).permit);
    apply(config, kSecond, {{"a", {"new", ""}}});
    QVERIFY(breaker.tryAcquire(kSecond).permit.has_value());
  }

  /// Whoever asked with the key before must not speak for the one in force.
  void aKeyIsInForceUntilItIsAnother() {
    const auto config = configOf({provider("a", 60, 10), provider("b", 60, 10)});
    const auto first = apply(config, 0, {{"a", {"old", ""}}, {"b", {"b", ""}}});
    const auto same = apply(config, 0, {{"a", {"old", ""}}, {"b", {"b", ""}}});
    QVERIFY(first->providers[0].keyInForce() && same->providers[0].keyInForce());
    const auto changed = apply(config, 0, {{"a", {"new", ""}}, {"b", {"b", ""}}});
    QVERIFY(!first->providers[0].keyInForce() && !same->providers[0].keyInForce());
    QVERIFY(changed->providers[0].keyInForce());
    QVERIFY(first->providers[1].keyInForce());
  }

  /// A request that has waited asks with the table it began with.
  void whatIsSwitchedOffIsSoForWhoHoldsAnOlderTable() {
    auto config = configOf({provider("a", 60, 10), provider("b", 60, 10)});
    const auto old = apply(config);
    const auto state = [&](int i) { return int(old->providers[i].runtime->state.load()); };
    QCOMPARE(state(0), int(config::ProviderState::Ready));
    config.providers[0].state = config::ProviderState::Drain;
    apply(config);
    QCOMPARE(state(0), int(config::ProviderState::Drain));
    QCOMPARE(state(1), int(config::ProviderState::Ready));
    apply(configOf({provider("a", 60, 10)}));
    QCOMPARE(state(0), int(config::ProviderState::Ready));
    QCOMPARE(state(1), int(config::ProviderState::Disabled));  // it is gone
    apply(configOf({provider("a", 60, 10), provider("b", 60, 10)}));
    QCOMPARE(state(1), int(config::ProviderState::Ready));
  }

  void aMissingKeyIsTold() {
    auto config = configOf({provider("a", 60, 10)});
    config.providers[0].apiKey = "env:SLUICE_TEST_NOT_SET";
    const auto shared = std::make_shared<const config::Config>(config);
    const auto built = m_registry.build(shared, route::readKeys(*shared), 1, 0, 0);
    QCOMPARE(built.warnings.size(), std::size_t{1});
    QVERIFY(!built.table->providers[0].ready());
  }
};

QTEST_APPLESS_MAIN(TestRegistry)
#include "test_registry.moc"
