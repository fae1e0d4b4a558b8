// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/exchange.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "gateway/exchange/forward.h"

namespace sluice::exchange {

using net::appendField;
using net::appendNumber;

namespace {

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr std::string_view kServerError = "server_error";
constexpr std::string_view kApiError = "api_error";
/// More than this unsent to the client pauses the provider.
constexpr std::int64_t kMostUnsent = 256 * 1024;
/// What an answer is taken to need while nothing is known of its model.
constexpr std::uint32_t kUsualOutput = 512;
/// More than any bucket holds.
constexpr std::uint64_t kMostTokens = 1ull << 33;

/// Whole seconds, rounded up, at least 1 (RFC 9110 10.2.3); an hour stands for "not by itself".
std::uint64_t retrySeconds(core::Nanos span) {
  constexpr std::uint64_t kHour = 3600;
  if (span == core::kNever) return kHour;
  const auto seconds = static_cast<std::uint64_t>(
      (std::max<core::Nanos>(span, 1) + core::kSecond - 1) / core::kSecond);
  return std::min(seconds, kHour);
}

Need needOf(const dialect::ChatRequest& request, const route::RouteEntry& route) {
  const std::uint64_t choices = std::min(request.choices, kMostTokens);
  const auto times = [choices](std::uint64_t tokens) {
    return tokens > kMostTokens / choices ? kMostTokens : tokens * choices;
  };
  if (request.mostTokens) return {request.promptTokens + times(*request.mostTokens), 0};
  const std::uint32_t usual = route.runtime->usualOutput.load(std::memory_order_relaxed);
  return {request.promptTokens, times(usual > 0 ? usual : kUsualOutput)};
}

bool isEventStream(const net::HttpHead& head) {
  const auto type = head.find("content-type");
  if (!type || !net::equalsIgnoreCase(type->substr(0, 17), "text/event-stream")) return false;
  const auto encoding = head.find("content-encoding");
  return !encoding || net::equalsIgnoreCase(*encoding, "identity");
}

}  // namespace

Exchange::Exchange(net::HttpConnection& connection, Worker& worker)
    : m_connection(connection), m_worker(worker) {}

Exchange::~Exchange() {
  leaveFlight();
  abandon();
}

// --- requests in

void Exchange::onRequest() {
  m_receivedAt = m_worker.now();
  m_table = m_worker.tables().pin();
  char id[24];
  const int size = std::snprintf(id, sizeof id, "req_%016" PRIx64, m_worker.random()());
  m_requestId.assign(id, static_cast<std::size_t>(size));

  const net::HttpHead& head = m_connection.request();
  const auto host = head.find("host");
  if (!host && head.version >= 11) {
    answerError(400, {"the request has no Host field", kInvalid, {}, {}});
    return;
  }
  const std::string_view target = head.target;
  const std::string_view path = target.substr(0, target.find('?'));
  // A page that has rebound its name does not know a key.
  const bool needsKey = path.starts_with("/v1/") && !m_table->clients.empty();
  if (needsKey && !identify()) {
    answerUnknownClient();
    return;
  }
  if (host && !needsKey && !hostAllowed(*host, m_table->config->server.host)) {
    answerError(403, {"this gateway answers to localhost only; the Host field names another host",
                      "permission_error",
                      {},
                      {}});
    return;
  }
  const std::string_view query = target.substr(path.size());
  constexpr std::string_view kModels = "/v1/models";
  const bool get = head.method == "GET";
  if (path == "/v1/chat/completions") {
    head.method == "POST" ? chat(query) : methodNotAllowed("POST");
  } else if (path == kModels) {
    get ? listModels() : methodNotAllowed("GET");
  } else if (path.starts_with("/v1/models/")) {
    get ? showModel(path.substr(kModels.size() + 1)) : methodNotAllowed("GET");
  } else if (path == "/healthz") {
    get ? health() : methodNotAllowed("GET");
  } else if (path.starts_with("/_sluice/") && !m_worker.services().admin.token.empty()) {
    admin(path.substr(sizeof("/_sluice/") - 1));
  } else if (path == "/metrics") {
    get ? metricsText() : methodNotAllowed("GET");
  } else {
    answerError(404, {"unknown request URL: " + head.method + " " + std::string(path),
                      kInvalid,
                      {},
                      "unknown_url"});
  }
}

void Exchange::onBadRequest(const net::ParseFailure& failure) {
  m_receivedAt = m_worker.now();
  m_table = m_worker.tables().pin();
  m_requestId = "none";
  beginRequest();
  reject(failure.status, {failure.text, kInvalid, {}, {}});
}

void Exchange::chat(std::string_view query) {
  beginRequest();
  auto read = m_worker.chatReader().read(m_connection.body(), m_table->countsTokens);
  if (const auto* fault = std::get_if<dialect::BodyFault>(&read)) {
    reject(400, {fault->message, kInvalid, fault->param, {}});
    return;
  }
  m_request = std::get<dialect::ChatRequest>(std::move(read));
  m_query = query;
  m_route = m_table->match(m_request.model);
  if (!m_route) {
    reject(404, {"the model '" + m_request.model + "' is not known to this gateway; see /v1/models",
                 kInvalid, "model", "model_not_found"});
    return;
  }
  if (!mayUse() || lookUp()) return;
  admitAndChoose();
}

void Exchange::admitAndChoose() {
  m_need = m_table->countsTokens ? needOf(m_request, *m_route) : Need{};
  if (!admitClient()) return;
  auto chosen = choose(m_worker, wishAt(m_receivedAt));
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
    return;
  }
  const auto& refusal = std::get<Refusal>(chosen);
  if (refusal.busy && enqueue(refusal)) return;
  if (throttle(refusal)) return;
  refuse(refusal);
}

Wish Exchange::wishAt(core::Nanos now) const {
  const std::string_view affinity =
      m_route->affinity.empty()
          ? std::string_view{}
          : m_connection.request().find(m_route->affinity).value_or(std::string_view{});
  return {*m_table, *m_route, now, m_need, affinity, {}};
}

void Exchange::refuse(const Refusal& refusal) {
  std::string fields;
  const bool hopeless = refusal.retryIn == core::kNever && !refusal.limit;
  if (!hopeless) {
    fields = "Retry-After: ";
    appendNumber(fields, retrySeconds(refusal.retryIn));
    fields += "\r\n";
  }
  if (refusal.limit) {
    m_provider = refusal.limited;
    if (refusal.tooLarge) fields = "x-should-retry: false\r\n";
    reject(429,
           {refusal.reason,
            refusal.tokens ? "tokens" : "requests",
            {},
            refusal.tooLarge ? "request_too_large" : "rate_limit_exceeded"},
           fields);
    return;
  }
  if (refusal.busy) {
    m_provider = &m_table->providers[refusal.busy->provider];
    ++m_worker.counters().providers[m_provider->runtime->slot].busyRefused;
  }
  using metrics::Refusals;
  m_refusedFor = refusal.busy ? &Refusals::busy
                 : hopeless   ? &Refusals::noTarget
                              : &Refusals::breaker;
  reject(503, {refusal.reason, kServerError, {}, "no_available_provider"}, fields);
}

// --- the attempt

void Exchange::begin(Choice choice) {
  m_provider = choice.provider;
  m_permit.emplace(std::move(choice.permit));
  m_place.emplace(std::move(choice.place));
  m_tried.push_back(choice.target);
  m_toll = std::move(choice.toll);
  for (Toll* toll : {&m_toll, &m_clientToll, &m_routeToll}) toll->useRequest();
  attempt(choice);
}

void Exchange::attempt(const Choice& choice) {
  ++m_worker.counters().providers[m_provider->runtime->slot].started;
  const bool first = m_attempts++ == 0;
  m_attemptAt = first && m_queuedFor == 0 ? m_receivedAt : m_worker.now();
  const auto& timeouts = m_provider->config.timeouts;
  // The first provider's: retries do not make a request last longer.
  if (first) m_totalDeadline = m_attemptAt + core::nanos(timeouts.total);
  m_status = 0;
  m_notBefore = 0;
  m_held = m_final = m_timedOut = false;
  enter(Phase::Connecting, timeouts.connect, m_attemptAt);

  const bool askUsage = m_request.stream && !m_request.usageAsked && m_provider->config.askUsage &&
                        !m_request.askUsage.text.empty();
  m_meter.begin(askUsage);
  std::array<dialect::Splice, 2> edits;
  std::size_t count = 0;
  if (!choice.modelToken.empty()) {
    edits[count++] = {m_request.modelAt, m_request.modelSize, choice.modelToken};
  }
  if (askUsage) edits[count++] = m_request.askUsage;
  if (count == 2 && edits[1].at < edits[0].at) std::swap(edits[0], edits[1]);
  const std::span<const dialect::Splice> splices(edits.data(), count);
  const std::string& body = m_connection.body();
  m_upstream = &m_worker.pool().acquire(m_provider->origin);
  std::string& out = m_upstream->requestBuffer();
  out.append("POST ")
      .append(m_provider->origin.basePath)
      .append("/chat/completions")
      .append(m_query);
  out.append(" HTTP/1.1\r\n");
  appendField(out, "Host", m_provider->origin.authority);
  appendForwardedRequestFields(out, m_connection.request());
  if (!m_provider->authorization.empty()) {
    appendField(out, "Authorization", m_provider->authorization);
  }
  appendField(out, "X-Request-Id", m_requestId);
  out.append("Content-Length: ");
  appendNumber(out, dialect::splicedSize(body, splices));
  out.append("\r\n\r\n");
  dialect::appendSpliced(out, body, splices);
  m_worker.watch(*this);
  m_upstream->start(this);
}

void Exchange::enter(Phase phase, std::chrono::milliseconds limit, core::Nanos now) {
  m_phase = phase;
  m_deadline = now + core::nanos(limit);
}

void Exchange::onUpstreamSent() {
  const core::Nanos now = m_worker.now();
  if (m_phase == Phase::Connecting && now > m_attemptAt) m_sendCost = now - m_attemptAt;
  enter(Phase::AwaitingHead, m_provider->config.timeouts.headers, now);
}

void Exchange::onUpstreamPart(const net::UpstreamConnection::Part& part) {
  const core::Nanos now = m_worker.now();
  const auto& timeouts = m_provider->config.timeouts;
  if (part.last) m_upstream = nullptr;
  if (part.first) {
    m_status = part.head.status;
    const config::Limits& limits = m_provider->config.limits;
    if (limits.requestsPerMinute) {
      const auto left = remainingOf(part.head, "x-ratelimit-remaining-requests");
      if (left) m_provider->runtime->buckets.requests.observeRemaining(*left, now);
    }
    if (limits.tokensPerMinute) {
      const auto left = remainingOf(part.head, "x-ratelimit-remaining-tokens");
      if (left) m_provider->runtime->buckets.tokens.observeRemaining(*left, now);
    }
    if (m_status >= 400) {
      const auto wait = retryAfterOf(part.head, std::time(nullptr));
      m_notBefore = wait ? now + *wait : 0;
      m_final = part.head.find("x-should-retry") == "false";
    }
    if (faultOf(m_status) == Fault::HardDown) {
      // It is our key that was refused, not the client's.
      failAttempt(502, kApiError, "upstream_credentials",
                  "provider '" + m_provider->config.id + "' refused the gateway's key (status " +
                      std::to_string(m_status) + "); check its api_key",
                  Fault::HardDown);
      return;
    }
    if (m_status >= 400) {
      m_held = true;
      m_last = {m_status, {}, {}};
      appendForwardedResponseFields(m_last.fields, part.head, ownLimits());
    }
  }
  if (m_held) {
    hold(part);
    return;
  }
  if (m_phase < Phase::Relaying) {
    if (part.body.empty() && !part.last) {
      // first_byte counts from the request, as headers does.
      enter(Phase::AwaitingBody, timeouts.firstByte, m_attemptAt);
      return;
    }
    m_worker.counters().providers[m_provider->runtime->slot].firstByte.record(
        core::micros(now - m_attemptAt));
    m_provider->runtime->latency.observe(now - m_attemptAt, now);
    beginAnswer(part);
  }
  if (m_stream) {
    if (m_lastPartAt > 0) {
      m_worker.counters().providers[m_provider->runtime->slot].gap.record(
          core::micros(now - m_lastPartAt));
    }
    m_lastPartAt = now;
    const std::string_view events = m_meter.events(m_events.feed(part.body));
    m_connection.write(events);
    keep(events);
    if (m_events.overflow()) {
      failAttempt(502, kApiError, {}, "the provider sent an event that is too long");
      return;
    }
  } else {
    m_meter.plain(part.body);
    m_connection.write(part.body);
    keep(part.body);
  }
  if (part.last) {
    if (m_stream && m_status == 200 && !m_events.done()) {
      failAttempt(502, kApiError, {}, "the provider's stream ended before it was complete");
      return;
    }
    finishAnswer(now);
    return;
  }
  m_connection.flush();
  enter(Phase::Relaying, timeouts.idle, now);
  if (!m_paused && m_connection.unsentBytes() > kMostUnsent) {
    m_paused = true;
    m_upstream->pause();
  }
}

void Exchange::beginAnswer(const net::UpstreamConnection::Part& part) {
  m_phase = Phase::Relaying;
  m_answered = m_status;
  m_firstByteAfter = m_worker.now() - m_receivedAt;
  m_stream = isEventStream(part.head);
  m_events.reset();
  beginKeeping(part.head.find("content-type").value_or("application/json"));
  std::string& head = m_connection.beginHead(part.head.status);
  appendForwardedResponseFields(head, part.head, ownLimits());
  appendOwnFields(head);
  appendTiming(head);
  const auto length = part.head.find("content-length");
  if (part.last && !m_stream) {
    m_connection.endHead(net::HttpConnection::Framing::Length, part.body.size());
  } else if (length && !m_stream) {
    m_connection.endHead(net::HttpConnection::Framing::Length,
                         std::strtoull(std::string(*length).c_str(), nullptr, 10));
  } else {
    m_connection.endHead(net::HttpConnection::Framing::Stream);
  }
}

void Exchange::finishAnswer(core::Nanos now) {
  const Fault fault = faultOf(m_status);
  const bool failed = fault == Fault::Transient || fault == Fault::RateLimited;
  const Ending ending = failed ? Ending::Failed : Ending::Ok;
  const core::Nanos sendCost = m_sendCost;
  storeKept(now);
  endAttempt(outcomeOf(fault), ending, now);
  endRequest(ending);
  reset();
  m_connection.end();
  m_worker.counters().overhead.record(core::micros(sendCost + m_worker.now() - now));
}

void Exchange::onUpstreamFailure(const net::UpstreamFailure& failure) {
  m_upstream = nullptr;
  if (m_stream && m_events.done()) {
    finishAnswer(m_worker.now());  // all was said; how the connection ended does not matter
    return;
  }
  failAttempt(502, kApiError, {},
              "provider '" + m_provider->config.id + "' failed: " + failure.text);
}

void Exchange::checkDeadline(core::Nanos now) {
  if (m_phase == Phase::Idle || m_phase == Phase::Following) return;
  if (m_phase == Phase::Queued) {
    if (now < m_deadline) return;
    // A place that was given just now is ours all the same.
    const route::ProviderEntry& provider = m_table->providers[m_waitsFor->provider];
    leaveQueue(provider.runtime->concurrency.cancel(*m_waiter));
    return;
  }
  if (m_phase == Phase::BackingOff || m_phase == Phase::Throttled) {
    if (now < m_deadline) return;
    m_phase == Phase::Throttled ? onThrottleOver(now) : onPauseOver(now);
    return;
  }
  if (m_stream && !m_paused && !m_events.done()) keepAlive(now);
  // While the client is the slow one, the provider's silence is our own doing.
  const bool phaseOver = !m_paused && now >= m_deadline;
  if (!phaseOver && now < m_totalDeadline) return;
  if (m_stream && m_events.done()) {
    if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
    finishAnswer(now);
    return;
  }
  std::string_view what = "was not done within its total timeout";
  if (phaseOver) {
    switch (m_phase) {
      case Phase::Connecting:
        what = "could not be reached within the connect timeout";
        break;
      case Phase::AwaitingHead:
        what = "did not answer within the headers timeout";
        break;
      case Phase::AwaitingBody:
        what = "sent no body within the first_byte timeout";
        break;
      default:
        what = "fell silent for longer than the idle timeout";
        break;
    }
  }
  m_timedOut = true;
  failAttempt(504, "timeout", "upstream_timeout",
              "provider '" + m_provider->config.id + "' " + std::string(what));
}

/// Whole events only are relayed, so that a comment may stand after any of them.
void Exchange::keepAlive(core::Nanos now) {
  const core::Nanos after = core::nanos(m_table->config->server.streamKeepAlive);
  if (after == 0 || now - std::max(m_lastPartAt, m_keptAliveAt) < after) return;
  m_keptAliveAt = now;
  m_connection.write(": keep-alive\n\n");
  m_connection.flush();
}

void Exchange::failAttempt(int status, std::string_view type, std::string_view code,
                           const std::string& message, Fault fault) {
  const core::Nanos now = m_worker.now();
  const bool stream = m_stream;
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  const dialect::ErrorBody error{message, type, {}, code};
  if (!m_connection.headSent()) {
    m_last = {status, "Content-Type: application/json\r\n", dialect::errorBody(error)};
    if (retry(fault, now)) return;
    endAttempt(outcomeOf(fault), Ending::Failed, now);
    giveLast(fault);
    return;
  }
  endAttempt(outcomeOf(fault), Ending::Failed, now);
  endRequest(Ending::Failed);
  reset();
  if (stream) {
    m_connection.write(dialect::errorEvent(error));
    m_connection.end();
  } else {
    m_connection.abort();
  }
}

void Exchange::onClientGone() {
  if (leaveFlight()) {
    endRequest(Ending::Cancelled);
    detach();
    return;
  }
  abandon();
}

void Exchange::abandon() {
  if (m_phase == Phase::BackingOff) m_worker.unwatch(*this);
  if (m_phase == Phase::Throttled) {
    m_worker.unwatch(*this);
    --m_worker.throttled();
    m_phase = Phase::Idle;
  }
  if (m_phase == Phase::Queued) {
    m_worker.unwatch(*this);
    const route::ProviderEntry& provider = m_table->providers[m_waitsFor->provider];
    (void)provider.runtime->concurrency.cancel(*m_waiter);  // what it yields goes to the next
    *m_self = nullptr;
    m_waiter.reset();
    m_phase = Phase::Idle;
  }
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  if (m_permit) endAttempt(core::Outcome::Neutral, Ending::Cancelled, m_worker.now());
  endRequest(Ending::Cancelled);
  reset();
}

void Exchange::onDrained() {
  if (!m_paused) return;
  m_paused = false;
  m_deadline = m_worker.now() + core::nanos(m_provider->config.timeouts.idle);
  if (m_upstream) m_upstream->resume();
}

}  // namespace sluice::exchange
