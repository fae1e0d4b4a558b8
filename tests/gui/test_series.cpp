// SPDX-License-Identifier: GPL-3.0-or-later
// What plots and tables are made of, without a window: rings, runs of states, levels, axes of time.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>
#include <cmath>

#include "tests/gui/recording.h"
#include "ui/model/breaker_words.h"
#include "ui/model/card_order.h"
#include "ui/model/chance.h"
#include "ui/model/engine_series.h"
#include "ui/model/provider_table.h"
#include "ui/model/shares.h"
#include "ui/model/time_axis.h"

using namespace sluice;
using namespace sluice::ui;
using sluice::test::Recording;

class TestSeries : public QObject {
  Q_OBJECT

  static double least() { return 0.5; }

 private slots:
  void ringsForgetTheOldest() {
    BucketRing<int> ring(2.0, 5);
    QVERIFY(ring.empty());
    QVERIFY(!ring.find(0));
    for (int i = 0; i < 20; ++i) ring.at(100 + i) += 1;
    QCOMPARE(ring.begin(), 110.0);
    QCOMPARE(ring.end(), 120.0);
    std::vector<std::pair<double, int>> seen;
    ring.visit(0, 1e9, [&](double at, int value) { seen.emplace_back(at, value); });
    QCOMPARE(seen.size(), std::size_t{5});
    QCOMPARE(seen.front().first, 110.0);
    for (const auto& [at, value] : seen) QCOMPARE(value, 2);
    ring.at(200) = 7;  // far ahead: what lies between is empty, not old
    QCOMPARE(*ring.find(200), 7);
    QCOMPARE(*ring.find(194), 0);
    QVERIFY(!ring.find(110));
    ring.at(150) += 1;  // time does not run back
    QCOMPARE(*ring.find(200), 8);
  }

  void anOpenPeriodBetweenTwoLooksIsKept() {
    Recording recording;
    SnapshotHistory history;
    history.add(recording.now());
    // It opens and recovers within 300 ms; both snapshots say CLOSED.
    recording.pass(core::kSecond, 3);
    history.add(
        {recording.event(Event::Kind::BreakerOpened, 0, "the breaker opened: status 503",
                         -700 * core::kMillisecond),
         recording.event(Event::Kind::BreakerHalfOpen, 0, "probes", -450 * core::kMillisecond),
         recording.event(Event::Kind::BreakerClosed, 0, "back", -400 * core::kMillisecond)});
    history.add(recording.now());
    const StateRuns& runs = *history.states().find("alpha");
    const double now = recording.seconds();
    double to = 0;
    const StateRun* run = runs.find(now - 0.6, now, &to);
    QVERIFY(run);
    QCOMPARE(run->look, ProviderLook::Open);
    QCOMPARE(run->cause, QStringLiteral("the breaker opened: status 503"));
    QVERIFY(std::abs(to - run->from - 0.25) < 1e-6);
    QCOMPARE(runs.find(now, now)->look, ProviderLook::Closed);
    // On a scale where it is far less than a pixel it is still there, and wins over its neighbours.
    const auto pieces = runs.pieces(now - 300, now, now, 2.0);
    QVERIFY(std::ranges::any_of(pieces, [](const LanePiece& piece) {
      return piece.look == ProviderLook::Open && piece.to - piece.from >= 2.0;
    }));
  }

  void eventsAndSnapshotsAgree() {
    Recording recording;
    SnapshotHistory history;
    history.add(recording.now());
    // The snapshot is the first to tell; the event, late, brings the cause and the exact moment.
    recording.pass(100 * core::kMillisecond, 1);
    recording.provider(0).breaker.state = BreakerState::Open;
    history.add(recording.now());
    history.add(
        {recording.event(Event::Kind::BreakerOpened, 0, "5 in a row", -60 * core::kMillisecond)});
    const StateRuns& runs = *history.states().find("alpha");
    QCOMPARE(runs.all().size(), std::size_t{2});
    QCOMPARE(runs.all().back().cause, QStringLiteral("5 in a row"));
    QVERIFY(std::abs(runs.all().back().from - (recording.seconds() - 0.06)) < 1e-6);
    // A snapshot that is older than the newest event says nothing about it.
    EngineSnapshot old = recording.now();
    old.takenAt -= 80 * core::kMillisecond;
    old.providers[0].breaker.state = BreakerState::Closed;
    StateLog log;
    log.observe(old);
    log.add(recording.event(Event::Kind::BreakerOpened, 0, "x"));
    log.observe(old);
    QCOMPARE(log.find("alpha")->all().back().look, ProviderLook::Open);
    // Switched off by the config, its breaker is not what is shown.
    recording.pass(core::kSecond, 0);
    recording.provider(0).state = config::ProviderState::Disabled;
    history.add(recording.now());
    history.add({recording.event(Event::Kind::BreakerClosed, 0, "late")});
    QCOMPARE(runs.all().back().look, ProviderLook::Disabled);
    QVERIFY(!history.states().find("nobody"));
  }

  void transitionsOutOfOrderFindTheirPlace() {
    StateRuns runs;
    runs.observe(10, ProviderLook::Closed);
    runs.transition(30, ProviderLook::Closed, QStringLiteral("c"));
    runs.transition(20, ProviderLook::Open, QStringLiteral("a"));
    runs.transition(25, ProviderLook::HalfOpen, QStringLiteral("b"));
    QCOMPARE(runs.find(22, 40)->look, ProviderLook::Open);
    QCOMPARE(runs.find(27, 40)->look, ProviderLook::HalfOpen);
    QVERIFY(!runs.find(9, 40));
    for (std::size_t i = 1; i < runs.all().size(); ++i) {
      QVERIFY(runs.all()[i - 1].from <= runs.all()[i].from);
    }
  }

  void tinyRunsBecomeOneFlappingPiece() {
    StateRuns runs;
    runs.observe(0, ProviderLook::Closed);
    for (int i = 0; i < 14; ++i) {
      runs.transition(50 + i * 0.05, i % 2 ? ProviderLook::Closed : ProviderLook::Open,
                      QStringLiteral("%1").arg(i));
    }
    const auto pieces = runs.pieces(0, 100, 100, 1.0);
    QCOMPARE(pieces.front().look, ProviderLook::Closed);
    QCOMPARE(pieces.front().from, 0.0);  // the state at the left edge is known
    QCOMPARE(pieces.back().to, 100.0);   // and the last one lasts until now
    const auto flapping =
        std::ranges::find_if(pieces, [](const LanePiece& p) { return p.runs > 3; });
    QVERIFY(flapping != pieces.end());
    QCOMPARE(flapping->look, ProviderLook::Open);
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      QVERIFY(pieces[i].from >= pieces[i - 1].to - 1e-9);
    }
    for (int i = 0; i < 10'000; ++i) {
      runs.transition(200 + i, i % 2 ? ProviderLook::Closed : ProviderLook::Open, {});
    }
    QVERIFY(runs.all().size() <= StateRuns::kMost);
  }

  void levelsAreWorkedOutBetweenLooks() {
    BucketLevel level;
    const auto bucket = [](std::int64_t available, std::uint64_t capacity = 100,
                           std::uint64_t perMinute = 600) {
      return BucketSnapshot{true, available, capacity, perMinute};
    };
    level.add(0, bucket(0));
    for (int i = 1; i <= 20; ++i) level.add(i, bucket(std::min(100, i * 10)));
    // All as foreseen: one moment is kept, and the corner is found where it is full.
    const auto line = level.line(0, 20);
    QCOMPARE(line.size(), std::size_t{3});
    QCOMPARE(line[1].at, 10.0);
    QCOMPARE(line[1].level, 100.0);
    QCOMPARE(line[2].level, 100.0);
    QCOMPARE(level.levelAt(5), 50.0);
    QCOMPARE(level.levelAt(15), 100.0);
    level.add(21, bucket(40));  // sixty were taken since the last look
    QVERIFY(std::abs(level.levelAt(20) - 100) < 1e-9);
    QVERIFY(std::abs(level.levelAt(20.5) - 70) < 1e-9);
    QVERIFY(std::abs(level.levelAt(22) - 50) < 1e-9);
    level.add(23, bucket(60, 30));  // a lower capacity: what was saved is not taken away
    const auto capacity = level.capacity(0, 23);
    QCOMPARE(capacity.front().level, 100.0);
    QCOMPARE(capacity.back().level, 30.0);
    QCOMPARE(level.levelAt(23), 60.0);
    level.add(24.5, BucketSnapshot{});
    QVERIFY(std::isnan(level.levelAt(25)));
    QCOMPARE(BucketLevel::fullIn(bucket(40)), 6.0);
    QCOMPARE(BucketLevel::fullIn(bucket(100)), 0.0);
    QVERIFY(BucketLevel::fullIn(bucket(0, 10, 0)) < 0);
    for (int i = 0; i < 30'000; ++i) level.add(100 + i, bucket(i % 2 ? 10 : 90));
    QVERIFY(level.line(0, 1e9).size() <= 3 * BucketLevel::kMost);
  }

  void trafficBecomesRatesWithGaps() {
    Recording recording;
    TrafficSeries series;
    series.add(recording.now());
    for (int i = 0; i < 100; ++i) {
      recording.pass(100 * core::kMillisecond, 2, i % 10 == 0 ? 1 : 0);
      series.add(recording.now());
    }
    const auto* ring = series.provider("alpha", TrafficSeries::kFine);
    QVERIFY(ring && !series.provider("nobody", TrafficSeries::kFine));
    const TrafficPiece* piece = ring->find(recording.seconds() - 3);
    QVERIFY(piece);
    QVERIFY(std::abs(piece->perSecond(piece->started) - 20) < 1e-3);
    QCOMPARE(piece->failing[std::size_t(Failing::ServerError)], 1u);
    const TrafficPiece* all = series.all(TrafficSeries::kFine).find(recording.seconds() - 3);
    QVERIFY(std::abs(all->perSecond(all->started) - 40) < 1e-3);
    QCOMPARE(all->failing[std::size_t(Failing::ServerError)], 2u);
    // While nobody looked nothing is known, and what came since is not put into one second.
    const auto before = series.all(TrafficSeries::kFine).find(recording.seconds())->started;
    recording.pass(20 * core::kSecond, 10'000);
    series.add(recording.now());
    const TrafficPiece* between = series.all(TrafficSeries::kFine).find(recording.seconds() - 10);
    QVERIFY(!between || between->covered == 0);
    QCOMPARE(series.all(TrafficSeries::kFine).find(recording.seconds()), nullptr);
    QVERIFY(before < 100);
  }

  void percentilesAreOfMergedCounts() {
    Recording recording;
    TrafficSeries series;
    series.add(recording.now());
    // One provider answers in 10 ms, the other in 1 s: the median of all is not their mean.
    for (int i = 0; i < 10; ++i) {
      recording.pass(core::kSecond, 0);
      for (int k = 0; k < 90; ++k) recording.provider(0).total.record(10'000);
      for (int k = 0; k < 10; ++k) recording.provider(1).total.record(1'000'000);
      series.add(recording.now());
    }
    const Latencies* l = series.latencies(TrafficSeries::kFine).find(recording.seconds());
    QVERIFY(l && l->count >= 900);
    QVERIFY2(l->p50 > 9'000 && l->p50 < 11'500, qPrintable(QString::number(l->p50)));
    QVERIFY2(l->p95 > 900'000 && l->p95 < 1'150'000, qPrintable(QString::number(l->p95)));
    const auto* heat = series.heat("beta", 300);
    QVERIFY(heat);
    const HeatCell* cell = heat->find(recording.seconds() - 6);
    QVERIFY(cell->counts[HeatBins::indexOf(1'000'000)] > 0);
    QCOMPARE(cell->counts[HeatBins::indexOf(10'000)], std::uint16_t{0});
  }

  void memoryOfSeriesIsBounded() {
    Recording recording({"a"});
    TrafficSeries series;
    for (int i = 0; i < 8 * 3600; ++i) {
      recording.pass(core::kSecond, 1);
      series.add(recording.now());
    }
    std::size_t fine = 0, coarse = 0;
    series.all(TrafficSeries::kFine).visit(0, 1e12, [&](double, const TrafficPiece&) { ++fine; });
    series.all(TrafficSeries::kCoarse).visit(0, 1e12, [&](double, const TrafficPiece&) {
      ++coarse;
    });
    QCOMPARE(fine, TwoSteps::kFinePieces);
    QCOMPARE(coarse, TwoSteps::kCoarsePieces);
    // At most two values for each pixel, and only as old as there are.
    const double now = series.last();
    QCOMPARE(series.stepFor(now - 300, 300, 400), TrafficSeries::kFine);
    QCOMPARE(series.stepFor(now - 300, 300, 100), TrafficSeries::kCoarse);
    QCOMPARE(series.stepFor(now - 3600, 60, 1000), TrafficSeries::kCoarse);
  }

  void timeFollowsUntilSomebodyLooksElsewhere() {
    TimeAxis axis;
    QSignalSpy moved(&axis, &TimeAxis::moved);
    QSignalSpy mode(&axis, &TimeAxis::modeChanged);
    axis.advance(0, 10);
    QCOMPARE(axis.to() - axis.from(), TimeAxis::kShortest);
    axis.advance(0, 1000);
    QCOMPARE(axis.to(), 1000.0);
    QCOMPARE(axis.from(), 700.0);
    axis.zoom(0.5, 900);
    QVERIFY(!axis.live());
    QCOMPARE(mode.count(), 1);
    QVERIFY(std::abs(axis.from() - 800) < 1e-9 && std::abs(axis.to() - 950) < 1e-9);
    axis.advance(0, 1010);  // time goes on, the view holds
    QVERIFY(std::abs(axis.to() - 950) < 1e-9);
    QVERIFY(std::abs(axis.behind() - 60) < 1e-9);
    axis.pan(-100);
    QVERIFY(std::abs(axis.from() - 700) < 1e-9);
    axis.pan(1e9);  // the future is not there
    QVERIFY(std::abs(axis.to() - 1010) < 1e-9);
    axis.zoom(1e-9, 1000);
    QVERIFY(std::abs(axis.to() - axis.from() - TimeAxis::kLeast) < 1e-9);
    axis.returnToLive();
    QVERIFY(axis.live());
    QCOMPARE(axis.behind(), 0.0);
    QCOMPARE(axis.from(), 710.0);
    axis.toggle();
    QVERIFY(!axis.live());
    axis.toggle();
    QVERIFY(axis.live());
    axis.setSpan(60);
    QCOMPARE(axis.from(), 950.0);
    axis.setSpan(TimeAxis::kAll);
    QCOMPARE(axis.from(), 0.0);
  }

  void chanceIsAsWideAsItIs() {
    const Band none = chanceBand(0.4, 0);
    QVERIFY(none.low == 0 && none.high == 1);
    const Band hundred = chanceBand(0.5, 100);
    QVERIFY(std::abs(hundred.low - 0.397) < 0.002 && std::abs(hundred.high - 0.603) < 0.002);
    const Band many = chanceBand(0.5, 10'000);
    QVERIFY(many.high - many.low < 0.021);
    QVERIFY(chanceBand(0.01, 50).low == 0);
    // Of seeded draws at most some of 20 in 100 leave the band.
    std::uint64_t state = 42;
    int outside = 0;
    for (int round = 0; round < 1'000; ++round) {
      int hits = 0;
      for (int i = 0; i < 200; ++i) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        hits += static_cast<double>(state >> 11) / 9007199254740992.0 < 0.3;
      }
      const Band band = chanceBand(0.3, 200);
      outside += hits / 200.0 < band.low || hits / 200.0 > band.high;
    }
    QVERIFY2(outside > 10 && outside < 80, qPrintable(QString::number(outside)));
  }

  /// Looks that are a second apart, as of a hidden window, come a little late each time: now and then
  /// one second has none. What came in it was asked all the same.
  void secondsWithoutALookAreNotGaps() {
    Recording recording;
    SnapshotHistory history;
    EngineSeries engine;
    history.add(recording.now());
    engine.add(recording.now(), 1 << 20);
    const double begin = recording.seconds();
    constexpr core::Nanos kLate = 1'050 * core::kMillisecond;
    for (int i = 0; i < 60; ++i) {
      recording.pass(kLate, 105);
      history.add(recording.now());
      engine.add(recording.now(), 1 << 20);
    }
    const double end = std::floor(recording.seconds());
    const TrafficSeries& traffic = history.traffic();
    std::uint64_t asked = 0;
    int seconds = 0;
    const auto see = [&](double at, const TrafficPiece& piece) {
      if (at <= begin || at >= end) return;
      QVERIFY2(std::abs(piece.perSecond(piece.started) - 100) < 6,
               qPrintable(QString::number(piece.perSecond(piece.started))));
      ++seconds;
    };
    traffic.provider("alpha", 1)->visit(begin, end, see);
    QCOMPARE(seconds, static_cast<int>(end - begin) - 1);
    traffic.provider("alpha", 1)->visit(0, 1e9, [&](double, const TrafficPiece& piece) {
      asked += piece.started;
    });
    QCOMPARE(asked, std::uint64_t{60 * 105});
    for (double at = begin + 2.5; at < end; ++at) {
      const Latencies* latencies = traffic.latencies(1).find(at);
      QVERIFY(latencies && latencies->count > 0);
      const EnginePiece* piece = engine.of(1).find(at);
      QVERIFY(piece && piece->known);
    }
    // What nobody looked at for long is one.
    recording.pass(10 * core::kSecond, 1000);
    history.add(recording.now());
    QCOMPARE(traffic.provider("alpha", 1)->end(), end + 1);
  }

  void sharesAreSetAgainstWeights() {
    config::Config config;
    for (const char* id : {"alpha", "beta"}) {
      config.providers.emplace_back().id = id;
    }
    config::Route route;
    route.model = "m";
    route.targets = {{"alpha", "", 3}, {"beta", "", 1}};
    config.routes = {route};
    Recording recording;
    recording.now().routes = {{"m", {}, {"alpha", "beta"}, {0, 0}}};
    SnapshotHistory history;
    history.add(recording.now());
    recording.pass(core::kSecond, 100);
    recording.now().routes[0].picks = {300, 100};
    history.add(recording.now());
    auto shares = sharesOf(config, recording.now(), history);
    QCOMPARE(shares.size(), std::size_t{1});
    QCOMPARE(shares[0].n, 400u);
    QCOMPARE(*shares[0].shares[0].target, 0.75);
    QCOMPARE(shares[0].shares[0].actual, 0.75);
    QVERIFY(!shares[0].shares[0].off());
    recording.now().routes[0].picks = {200, 200};
    history.add(recording.now());
    shares = sharesOf(config, recording.now(), history);
    QVERIFY(shares[0].shares[0].off());
    // Not of a window in which a target came or went, or the weights were others.
    const std::vector<Event> opened = {recording.event(Event::Kind::BreakerOpened, 1, "x")};
    SnapshotHistory moved = history;
    moved.add(opened);
    moved.add(recording.now());
    QVERIFY(!sharesOf(config, recording.now(), moved)[0].shares[0].off());
    SnapshotHistory changed = history;
    changed.add({recording.event(Event::Kind::ConfigApplied, 0, "weight 1 -> 3")});
    changed.add(recording.now());
    QVERIFY(!sharesOf(config, recording.now(), changed)[0].shares[0].off());
    recording.now().routes[0].picks = {10, 10};
    history.add(recording.now());
    QVERIFY(!sharesOf(config, recording.now(), history)[0].shares[0].off());  // too few to tell
    // One that cannot serve has no share to expect.
    recording.provider(0).breaker.state = BreakerState::Open;
    shares = sharesOf(config, recording.now(), history);
    QCOMPARE(*shares[0].shares[0].target, 0.0);
    QCOMPARE(*shares[0].shares[1].target, 1.0);
    config.routes[0].balance = config::Balance::Latency;
    QVERIFY(!sharesOf(config, recording.now(), history)[0].shares[1].target);
  }

  void theWorstComesFirstAndHoldsStill() {
    Recording recording({"a", "b", "c"});
    SnapshotHistory history;
    history.add(recording.now());
    CardOrder order;
    QVERIFY(order.update(recording.now(), history));
    QCOMPARE(order.ids(), (std::vector<std::string>{"a", "b", "c"}));
    recording.provider(2).breaker.state = BreakerState::Open;
    QVERIFY(order.update(recording.now(), history));
    QCOMPARE(order.ids(), (std::vector<std::string>{"c", "a", "b"}));
    order.setFrozen(true);
    recording.provider(2).breaker.state = BreakerState::Closed;
    recording.provider(1).breaker.state = BreakerState::HalfOpen;
    QVERIFY(!order.update(recording.now(), history));
    recording.now().providers.emplace_back().id = "d";
    QVERIFY(order.update(recording.now(), history));  // one that came is shown all the same
    QCOMPARE(order.ids(), (std::vector<std::string>{"c", "a", "b", "d"}));
    order.setFrozen(false);
    QVERIFY(order.update(recording.now(), history));
    QCOMPARE(order.ids().front(), std::string("b"));
  }
  /// Shares go to and fro with every answer; cards that follow are not read.
  void sharesMoveCardsOnlyOnceInAWhile() {
    Recording recording({"a", "b"});
    SnapshotHistory history;
    CardOrder order;
    const auto passes = [&](core::Nanos span, std::uint64_t failed) {
      recording.pass(span, 0);
      recording.provider(1).started += 100;
      recording.provider(1).ok += 100 - failed;
      recording.provider(1).failed += failed;
      history.add(recording.now());
      return order.update(recording.now(), history);
    };
    QVERIFY(passes(0, 0));
    QVERIFY(!passes(CardOrder::kRest / 2, 50));
    QCOMPARE(order.ids().front(), std::string("a"));
    QVERIFY(passes(CardOrder::kRest / 2, 0));
    QCOMPARE(order.ids().front(), std::string("b"));
    // A state is news at once.
    recording.provider(0).breaker.state = BreakerState::Open;
    QVERIFY(passes(CardOrder::kRest / 10, 0));
    QCOMPARE(order.ids().front(), std::string("a"));
  }

  void whyItHasNotTripped() {
    BreakerSnapshot b;
    b.failureThreshold = 5;
    b.failures = 2;
    b.windowCalls = 3;
    b.windowFailures = 2;
    b.minimumCalls = 10;
    b.errorRate = 0.5;
    b.window = 30 * core::kSecond;
    QVERIFY(breakerWords(b).contains(QLatin1String("3 of 10 calls needed")));
    QVERIFY(breakerWords(b).contains(QLatin1String("2 of 5 failures in a row")));
    b.windowCalls = 40;
    QVERIFY(breakerWords(b).contains(QLatin1String("2 of 40 calls failed")));
    b.state = BreakerState::HalfOpen;
    b.probesOk = 1;
    b.probesNeeded = 2;
    QVERIFY(breakerWords(b).contains(QLatin1String("1 of 2 probes")));
    ProviderSnapshot p;
    QCOMPARE(bindingOf(p), Binding::None);
    p.requests = {true, 90, 100, 600};
    p.tokens = {true, 100, 1000, 6000};
    QCOMPARE(bindingOf(p), Binding::Tokens);
    p.concurrency = {true, 10, 10, 0, 4};
    QCOMPARE(bindingOf(p), Binding::Concurrency);
    ScopeSnapshot scope;
    QCOMPARE(bindingOf(scope), Binding::None);
    scope.tokens = {true, 100, 1000, 6000};
    QCOMPARE(bindingOf(scope), Binding::Tokens);
    scope.requests = {true, 9, 100, 600};
    QCOMPARE(bindingOf(scope), Binding::Requests);
  }

  void markersAreMadeOfEvents() {
    MarkerLog log;
    log.add({Event::Kind::ConfigApplied, 10 * core::kSecond, "", "revision 2"});
    log.add({Event::Kind::ConfigApplied, 10 * core::kSecond + 100 * core::kMillisecond, "",
             "revision 3"});
    log.add({Event::Kind::BreakerOpened, 11 * core::kSecond, "a", "no marker"});
    log.add({Event::Kind::ConfigApplied, 20 * core::kSecond, "", "revision 4"});
    QCOMPARE(log.all().size(), std::size_t{2});  // two so close are one
    QCOMPARE(log.between(9, 12).front().text, QStringLiteral("revision 3"));
    QVERIFY(log.between(12, 19).empty());
    for (int i = 0; i < 5'000; ++i) {
      log.add({Event::Kind::ConfigApplied, (100 + i) * core::kSecond, "", "x"});
    }
    QCOMPARE(log.all().size(), MarkerLog::kMost);
  }

  void theTableKeepsTheRulesOfModels() {
    ProviderTable table;
    QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&table);
    sorted.setSortRole(ProviderTable::SortRole);
    QAbstractItemModelTester sortedTester(&sorted,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    Recording recording({"a", "b", "c"});
    SnapshotHistory history;
    history.add(recording.now());
    table.show(recording.now(), history);
    QCOMPARE(table.rowCount(), 3);
    const auto text = [&](int row, int column) {
      return table.index(row, column).data().toString();
    };
    QCOMPARE(text(0, ProviderTable::P95), QStringLiteral("\u2013"));  // not known is not 0
    recording.pass(core::kSecond, 50, 5);
    recording.provider(1).breaker.state = BreakerState::Open;
    history.add(recording.now());
    QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
    table.show(recording.now(), history);
    QCOMPARE(changed.count(), 1);
    QVERIFY(text(1, ProviderTable::State).contains(QLatin1String("OPEN")));
    QCOMPARE(text(0, ProviderTable::Errors), QStringLiteral("10.0 %"));
    const QPersistentModelIndex kept(table.index(2, 0));
    recording.now().providers.erase(recording.now().providers.begin());
    recording.now().providers.insert(recording.now().providers.begin() + 1, ProviderSnapshot{});
    recording.now().providers[1].id = "new";
    history.add(recording.now());
    table.show(recording.now(), history);
    QCOMPARE(table.rowCount(), 3);
    QCOMPARE(kept.data().toString(), QStringLiteral("c"));
    std::swap(recording.now().providers[0], recording.now().providers[2]);
    table.show(recording.now(), history);
    QCOMPARE(table.providerAt(0), QStringLiteral("c"));
    sorted.sort(ProviderTable::Rate, Qt::DescendingOrder);
    recording.now().providers.clear();
    table.show(recording.now(), history);
    QCOMPARE(table.rowCount(), 0);
  }
};

QTEST_MAIN(TestSeries)
#include "test_series.moc"
