// SPDX-License-Identifier: GPL-3.0-or-later
// What each step of a request's decision costs, alone and with another thread at the same word.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "gateway/core/circuit_breaker.h"
#include "gateway/core/histogram.h"
#include "gateway/core/round_robin.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/core/token_bucket.h"
#include "gateway/dialect/openai.h"

using namespace sluice::core;

namespace {

CircuitBreaker breaker;
void breakerAdmitAndReport(benchmark::State& state) {
  for (auto _ : state) {
    auto admission = breaker.tryAcquire(1);
    benchmark::DoNotOptimize(admission.permit->report(Outcome::Success, 1, 0.5));
  }
}
BENCHMARK(breakerAdmitAndReport)->ThreadRange(1, 2);

TokenBucket full;
void bucketGrant(benchmark::State& state) {
  if (state.thread_index() == 0) full.fill(1ull << 32, 1, 1ull << 32, 0);
  Nanos now = 0;
  for (auto _ : state) benchmark::DoNotOptimize(full.tryAcquire(1, ++now));
}
BENCHMARK(bucketGrant)->ThreadRange(1, 2);

TokenBucket empty;
void bucketDenial(benchmark::State& state) {
  if (state.thread_index() == 0) {
    empty.fill(1, 3600 * kSecond, 1, 0);
    empty.tryAcquire(1, 0);
  }
  for (auto _ : state) benchmark::DoNotOptimize(empty.tryAcquire(1, 1));
}
BENCHMARK(bucketDenial)->ThreadRange(1, 2);

RoundRobin turns;
void roundRobinTurn(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(turns.next());
}
BENCHMARK(roundRobinTurn)->ThreadRange(1, 2);

SnapshotCell<int> cell;
void snapshotPin(benchmark::State& state) {
  if (state.thread_index() == 0) cell.publish(std::make_shared<const int>(1));
  SnapshotCell<int>::Reader reader(cell);
  for (auto _ : state) benchmark::DoNotOptimize(reader.pin());
}
BENCHMARK(snapshotPin)->ThreadRange(1, 2);

void histogramRecord(benchmark::State& state) {
  Histogram histogram;
  std::uint64_t micros = 1;
  for (auto _ : state) {
    histogram.record(micros = micros * 5 % 1'000'000 + 1);
    benchmark::DoNotOptimize(histogram);
  }
}
BENCHMARK(histogramRecord);

void readChatRequest(benchmark::State& state) {
  sluice::dialect::ChatReader reader;
  std::string body =
      R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":")" +
      std::string(static_cast<std::size_t>(state.range(0)), 'x') + "\"}]}";
  for (auto _ : state) benchmark::DoNotOptimize(reader.read(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(readChatRequest)->Arg(200)->Arg(100'000);

}  // namespace
