// SPDX-License-Identifier: GPL-3.0-or-later
// How an attempt and a request end: once each, with every permit, token and count accounted for.
#include <algorithm>

#include "gateway/exchange/exchange.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

namespace {

/// No call uses more: a provider that says so is not to empty a bucket for years.
constexpr std::uint64_t kMostUsed = 10'000'000;

}  // namespace

void Exchange::beginRequest() {
  metrics::Counters& counters = m_worker.counters();
  counters.reserve(m_table->routeSlots, m_table->providerSlots);
  ++counters.started;
  m_counted = true;
}

void Exchange::endAttempt(core::Outcome outcome, Ending ending, core::Nanos now) {
  m_worker.unwatch(*this);
  m_phase = Phase::Idle;
  const std::string& id = m_provider->config.id;
  metrics::ProviderCounters& counters = m_worker.counters().providers[m_provider->runtime->slot];
  const auto report = tellBreaker(outcome, now);
  m_permit.reset();
  m_place.reset();
  const std::uint64_t tokens = settleTokens(ending);
  m_tokensUsed += tokens;
  if (PaidRoute* const fallback = paidFallback()) {
    fallback->used += tokens;
    fallback->toll.useTokens(fallback->used);
  }
  m_toll.useTokens(tokens);
  m_toll = {};
  const std::string why = ending == Ending::Failed ? countFailure(outcome) : std::string();
  if (report.opened) {
    ++counters.opened;
    std::string text = "the breaker opened: ";
    if (outcome == core::Outcome::HardDown) {
      text += "the provider refused our key (" + why + ")";
    } else if (report.probe) {
      text += "a probe failed (" + why + ")";
    } else {
      const std::uint32_t limit = m_provider->config.breaker.consecutiveFailures;
      text += limit == 1 ? "a call failed (" + why + ")"
                         : std::to_string(limit) + " failures in a row, the last: " + why;
    }
    m_worker.report(Event::Kind::BreakerOpened, id, std::move(text));
  }
  if (report.closed) noteClosed();
  switch (ending) {
    case Ending::Ok:
      ++counters.ok;
      break;
    case Ending::Failed:
      ++counters.failed;
      break;
    default:
      ++counters.cancelled;
      break;
  }
  if (ending != Ending::Cancelled) counters.total.record(core::micros(now - m_attemptAt));
}

core::CircuitBreaker::Report Exchange::tellBreaker(core::Outcome outcome, core::Nanos now) {
  route::ProviderRuntime& runtime = *m_provider->runtime;
  const bool hard = outcome == core::Outcome::HardDown;
  // A key that was replaced while the call was under way says nothing of the new one.
  if (hard && !m_provider->keyInForce()) outcome = core::Outcome::Neutral;
  m_worker.counters().providers[runtime.slot].verdicts.add(m_permit->generation(), outcome);
  const auto report = m_permit->report(outcome, now, m_worker.unit(), m_notBefore);
  // Replaced between the look and the report: whoever did that found nothing to undo.
  if (hard && report.opened && !m_provider->keyInForce()) runtime.breaker.retryHardDown(now);
  return report;
}

std::string Exchange::countFailure(core::Outcome outcome) {
  metrics::ProviderCounters& counters = m_worker.counters().providers[m_provider->runtime->slot];
  const Fault fault = faultOf(m_status);
  std::string status = "status " + std::to_string(m_status);
  if (outcome == core::Outcome::HardDown) {
    ++counters.keyRefused;
    return status;
  }
  if (fault == Fault::RateLimited) {
    ++counters.rateLimited;
    return status;
  }
  if (m_timedOut) {
    ++counters.timedOut;
    return "a time-out";
  }
  if (fault == Fault::Transient || fault == Fault::Unwilling || fault == Fault::Declined ||
      fault == Fault::HardDown || m_status / 100 == 3) {
    ++counters.serverErrors;
    return status;
  }
  if (m_connection.headSent()) {
    ++counters.cut;
    return "an answer that broke off";
  }
  ++counters.unreachable;
  return "no answer";
}

std::uint64_t Exchange::settleTokens(Ending ending) {
  if (auto usage = m_meter.usage()) {
    // Not the last word before a stream is whole: Anthropic's begins with a token or so of output.
    if (m_stream && (!streamDone() || m_watch.failed())) {
      usage->completion = std::max(usage->completion, m_meter.pieces());
    }
    metrics::Counters& counters = m_worker.counters();
    metrics::ProviderCounters& provider = counters.providers[m_provider->runtime->slot];
    provider.tokensIn += usage->prompt;
    provider.tokensOut += usage->completion;
    if (usage->completion > 0) {
      counters.outputs[m_route->runtime->slot].record(usage->completion);
    }
    return std::min(usage->total(), kMostUsed);
  }
  // It was not said: of what never began, or failed, nothing was used; of a stream, what has passed; of
  // an answer that is whole no more than its bytes can be, four to a token; of any other what was
  // reserved.
  if (!m_connection.headSent() || m_status >= 400) return 0;
  if (m_stream) return m_request.promptTokens + m_meter.pieces();
  if (ending != Ending::Ok || m_meter.bytes() == 0) return m_need.total();
  return std::min(m_need.total(), m_request.promptTokens + (m_meter.bytes() + 3) / 4);
}

void Exchange::coolDown(core::Nanos now) {
  const core::Nanos until = m_notBefore > 0 ? m_notBefore : now + kCoolDown;
  if (!m_provider->runtime->coolDown.extend(until, now)) return;
  m_worker.report(Event::Kind::CoolDown, m_provider->config.id,
                  "answered 429: left alone for " +
                      std::to_string((until - now + core::kSecond - 1) / core::kSecond) + " s");
}

void Exchange::noteClosed() {
  ++m_worker.counters().providers[m_provider->runtime->slot].closed;
  m_worker.report(Event::Kind::BreakerClosed, m_provider->config.id,
                  "the breaker closed: the provider is back");
}

/// A stream may go on for minutes, and who waits for a probe to end would be refused as long.
void Exchange::tellProbe(core::Nanos now) {
  if (!m_permit->isProbe()) return;
  if (!tellBreaker(core::Outcome::Success, now).closed) return;
  noteClosed();
  // The rest of it counts as any other call.
  auto admission = m_provider->runtime->breaker.tryAcquire(now);
  if (admission.permit && !admission.permit->isProbe()) m_permit = std::move(admission.permit);
}

void Exchange::endRequest(Ending ending) {
  m_clientToll.useTokens(m_tokensUsed);
  m_routeToll.useTokens(m_tokensUsed);
  if (!m_counted) return;
  m_counted = false;
  if (m_worker.logsRequests(m_table->config->log.level)) logRequest(ending);
  const std::size_t route = m_route ? m_route->runtime->slot : 0;
  const std::size_t provider = m_provider ? m_provider->runtime->slot : 0;
  metrics::Cell& cell = m_worker.counters().cells[route][provider];
  switch (ending) {
    case Ending::Ok:
      ++cell.ok;
      break;
    case Ending::Failed:
      ++cell.failed;
      break;
    case Ending::Cancelled:
      ++cell.cancelled;
      break;
    case Ending::Rejected:
      ++cell.rejected;
      break;
  }
}

void Exchange::logRequest(Ending ending) {
  static constexpr std::string_view kOutcomes[] = {"ok", "failed", "cancelled", "rejected"};
  static constexpr std::string_view kCached[] = {"", "bypass", "miss", "hit"};
  const core::Nanos now = m_worker.now();
  RequestLine line;
  line.id = m_requestId;
  if (m_client) line.client = m_client->config.id;
  const std::string model = shownModel(m_request.model);
  line.model = model;
  if (m_provider) line.provider = m_provider->config.id;
  const std::string dropped = droppedText();
  line.dropped = dropped;
  line.cache = kCached[static_cast<std::size_t>(m_cached)];
  line.outcome = kOutcomes[static_cast<std::size_t>(ending)];
  line.status = ending == Ending::Cancelled ? 499 : m_answered;
  line.attempts = m_attempts;
  line.tokens = m_tokensUsed;
  line.queued = m_queuedFor;
  line.firstByte = m_firstByteAfter;
  line.total = now - m_receivedAt;
  line.stream = m_request.stream;
  m_worker.log(line, m_table->config->log.format);
}

void Exchange::reset() {
  m_fetch.reset();  // who follows goes on alone, if there was no answer
  forgetFlight();
  m_kept.reset();
  m_cacheKey.clear();
  m_cached = Cached::None;
  if (std::exchange(m_detached, false)) m_worker.letGo(m_connection);
  for (Toll* toll : {&m_toll, &m_clientToll, &m_routeToll}) *toll = {};  // of what the table keeps
  m_fallbacks.clear();
  m_need = {};
  m_tokensUsed = 0;
  m_client = nullptr;
  m_table.reset();
  m_route = m_fallback = nullptr;
  m_provider = nullptr;
  m_firstAsked = nullptr;
  m_attemptAt = m_sentAt = 0;
  m_sendCost = 0;
  m_aliveAt = 0;
  m_keptDropped.clear();
  m_early.clear();
  m_lastPartAt = 0;
  m_keptAliveAt = 0;
  m_queuedFor = 0;
  m_pausedAt = m_pausedFor = 0;
  m_waitsFor = nullptr;
  m_waitsOn = nullptr;
  m_tried.clear();
  m_attempts = 0;
  m_last = {};
  m_held = m_final = false;
  m_status = 0;
  m_answered = 0;
  m_firstByteAfter = 0;
  m_request = {};
  m_translation.reset();
  m_uploads = m_uploadChunked = m_bodyGone = m_modelIsBare = false;
  m_array.reset();
  m_watch.begin(Kind::Chat);
  m_notBefore = 0;
  m_phase = Phase::Idle;
  m_stream = false;
  m_paused = false;
  m_timedOut = false;
  m_refusedFor = nullptr;
}

}  // namespace sluice::exchange
