// SPDX-License-Identifier: GPL-3.0-or-later
// What comes from the provider goes to the client.
#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "gateway/exchange/exchange.h"
#include "gateway/exchange/first_look.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

using net::appendField;

namespace {

constexpr std::string_view kApiError = "api_error";

}  // namespace

void Exchange::onUpstreamPart(const net::UpstreamConnection::Part& part) {
  const core::Nanos now = m_worker.now();
  const auto& timeouts = m_provider->config.timeouts;
  if (part.last) m_upstream = nullptr;
  if (part.first) {
    m_events.reset();
    m_watch.begin(m_spoken);
    if (!takeHead(part.head, now)) return;
  }
  if (m_held) {
    hold(part);
    return;
  }
  if (m_translation) {
    relayTranslated(part);
    return;
  }
  const bool begun = m_phase == Phase::Relaying;
  const bool stream = begun ? m_stream : isEventStream(part.head);
  const std::string_view whole = stream ? m_events.feed(part.body) : std::string_view();
  m_watch.see(whole);
  if (!begun) {
    if (!mayBegin(part, stream, whole)) return;
    noteFirstByte(now);
    if (m_status < 400) tellProbe(now);
    beginAnswer(part);
  }
  if (m_stream) {
    if (m_lastPartAt > 0) {
      m_worker.counters().providers[m_provider->runtime->slot].gap.record(
          core::micros(now - m_lastPartAt));
    }
    m_lastPartAt = now;
    const std::string_view events = m_meter.events(whole, m_events.events());
    writeEvents(events);
    if (part.last) endEvents();
    if (m_events.overflow()) {
      failAttempt(502, kApiError, {}, "the provider sent an event that is too long");
      return;
    }
  } else {
    const std::string early = std::exchange(m_early, {});
    for (const std::string_view body : {std::string_view(early), part.body}) {
      if (m_endpoint.operation != Operation::Pass) m_meter.plain(body);
      m_connection.write(body);
      keep(body);
    }
  }
  if (part.last) {
    const bool hasEnd = m_endpoint.operation != Operation::Pass;
    if (m_stream && m_status == 200 && hasEnd && !streamDone()) {
      failAttempt(502, kApiError, {}, "the provider's stream ended before it was complete");
      return;
    }
    finishAnswer(now);
    return;
  }
  m_connection.flush();
  enter(Phase::Relaying, timeouts.idle, now);
  holdBackIfSlow();
}

bool Exchange::mayBegin(const net::UpstreamConnection::Part& part, bool stream,
                        std::string_view events) {
  const bool passed = m_endpoint.operation == Operation::Pass || m_status != 200;
  if (!part.last && !hasBegun(part, stream, events, passed)) return false;
  if (passed) return true;
  if (!stream) {
    std::string joined;
    const std::string_view body = behindEarly(part.body, joined);
    const std::string flaw = flawOf(m_spoken, part.head, body, part.last, m_request.stream);
    if (flaw.empty()) return true;
    const dialect::Error told = part.last && dialect::tellsOfError(body)
                                    ? dialect::readErrorOf(m_spoken, 0, body)
                                    : dialect::Error();
    told.kind == dialect::ErrorKind::Server ? breach(flaw) : failAsTold(told);
    return false;
  }
  if (m_watch.failed()) {
    failAsTold(errorTold(m_spoken, events));
    return false;
  }
  if (m_events.overflow()) {
    breach("sent an event that is too long");
    return false;
  }
  // "[DONE]" alone ends an answer that never began.
  if (m_events.events() == 0 || (m_events.done() && m_events.events() == 1)) {
    breach("ended its stream before an event of an answer was whole");
    return false;
  }
  return true;
}

/// What came before, and this. `joined`: room for it.
std::string_view Exchange::behindEarly(std::string_view body, std::string& joined) const {
  if (m_early.empty()) return body;
  return joined.assign(m_early).append(body);
}

/// A stream begins with a whole event, anything else with more than blanks, and an error, which some give
/// status 200, is looked at whole: until then another target can still do better. Comments and blanks are
/// how some tell that they are at work on it (OpenRouter, DeepSeek).
bool Exchange::hasBegun(const net::UpstreamConnection::Part& part, bool stream,
                        std::string_view events, bool passed) {
  const auto& timeouts = m_provider->config.timeouts;
  if (stream) {
    if (m_events.overflow() || (passed ? !events.empty() : m_events.events() > 0)) return true;
    if (!events.empty()) m_aliveAt = m_worker.now();
  } else {
    std::string joined;
    if (passed ? !part.body.empty() : beginsAnswer(behindEarly(part.body, joined))) return true;
    if (m_early.size() > kMostUnsent) return true;
    m_early.append(part.body);
    if (!part.body.empty()) m_aliveAt = m_worker.now();
  }
  // first_byte counts from the request, as headers does.
  if (m_aliveAt > 0) {
    enter(Phase::AwaitingBody, timeouts.idle, m_aliveAt);
  } else {
    enter(Phase::AwaitingBody, timeouts.firstByte, m_sentAt);
  }
  return false;
}

/// The provider has ended in good order: what it left out of the form is put there.
void Exchange::endEvents() {
  if (m_endpoint.operation == Operation::Pass) {
    writeEvents(m_events.rest());
  } else if (m_spoken == Kind::Chat && !m_watch.failed() &&
             (m_events.restIsDone() || (!m_events.done() && m_watch.finished(m_request.choices)))) {
    // Some servers forget [DONE], or the empty line behind it.
    const bool begun = m_events.restIsDone();
    writeEvents(m_events.feed(!begun ? "data: [DONE]\n\n" : m_events.done() ? "\n" : "\n\n"));
  }
}

bool Exchange::takeHead(const net::HttpHead& head, core::Nanos now) {
  m_status = head.status;
  observeLimits(head, now);
  const bool redirects = m_status / 100 == 3 && m_endpoint.operation != Operation::Pass;
  if (redirects || m_status > 599) {
    std::string what = "answered with status " + std::to_string(m_status);
    if (const auto to = head.find("location"); redirects && to) {
      what.append(", a redirect to ").append(to->substr(0, to->find('?')));
    }
    failBy("upstream_protocol", what + "; check its base_url", Fault::Unwilling);
    return false;
  }
  if (m_status < 400) return true;
  const auto wait = retryAfterOf(head, std::time(nullptr));
  m_notBefore = wait ? now + *wait : 0;
  m_final = head.find("x-should-retry") == "false";
  m_held = true;
  m_last = {m_status, {}, {}};
  OwnFields own = ownFields();
  own.all = m_translation != nullptr;
  own.retryAfter = m_status == 429;
  if (own.all) m_last.fields = "Content-Type: application/json\r\n";
  appendForwardedResponseFields(m_last.fields, head, own);
  return true;
}

void Exchange::observeLimits(const net::HttpHead& head, core::Nanos now) {
  const config::Limits& limits = m_provider->config.limits;
  auto& buckets = m_provider->runtime->buckets;
  const bool anthropic = m_spoken == Kind::Anthropic;
  if (limits.requestsPerMinute) {
    const auto left = remainingOf(head, anthropic ? "anthropic-ratelimit-requests-remaining"
                                                  : "x-ratelimit-remaining-requests");
    if (left) buckets.requests.observeRemaining(*left, now);
  }
  if (limits.tokensPerMinute) {
    const auto left = remainingOf(
        head, anthropic ? "anthropic-ratelimit-tokens-remaining" : "x-ratelimit-remaining-tokens");
    if (left) buckets.tokens.observeRemaining(*left, now);
  }
}

void Exchange::holdBackIfSlow() {
  if (m_paused || m_connection.unsentBytes() <= kMostUnsent) return;
  m_paused = true;
  m_pausedAt = m_worker.now();
  m_upstream->pause();
  m_events.release();
}

/// It is our key that was refused, not the client's.
void Exchange::refusedKey(const std::string& words) {
  failBy("upstream_credentials",
         "refused the gateway's key (status " + std::to_string(m_status) +
             (words.empty() ? "" : ": " + words) + "); check its api_key",
         Fault::HardDown);
}

void Exchange::refusedRequest(const std::string& words, Fault fault) {
  failBy("upstream_refused",
         "refused the request (status " + std::to_string(m_status) +
             (words.empty() ? "" : ": " + words) + ")",
         fault);
}

Fault Exchange::faultSaid(std::string_view code) const {
  // Of all requests only those that a key may have been refused for are looked through.
  const bool introduced = m_status == 401 && forwardsIdentity(m_connection.request(), towards());
  return faultOf(m_status, code, introduced);
}

void Exchange::failBy(std::string_view code, const std::string& what, Fault fault) {
  failAttempt(502, kApiError, code, saidOf(what), fault);
}

std::string Exchange::saidOf(const std::string& what) const {
  std::string_view secret = m_provider->authorization;
  if (secret.starts_with("Bearer ")) secret.remove_prefix(sizeof("Bearer ") - 1);
  return "provider '" + m_provider->config.id + "' " + quoted(what, secret);
}

void Exchange::sayRetryAfter(core::Nanos now) {
  const core::Nanos until = m_notBefore > 0 ? m_notBefore : now + kCoolDown;
  appendField(m_last.fields, "Retry-After", std::to_string(retrySeconds(until - now)));
}

void Exchange::noteFirstByte(core::Nanos now) {
  m_worker.counters().providers[m_provider->runtime->slot].firstByte.record(
      core::micros(now - m_attemptAt));
  m_provider->runtime->latency.observe(now - m_attemptAt, now);
}

void Exchange::writeEvents(std::string_view events) {
  if (!m_endpoint.array) {
    m_connection.write(events);
    keep(events);
    return;
  }
  std::string elements;
  m_array.append(events, elements);
  m_connection.write(elements);
  keep(elements);
}

void Exchange::endArray() {
  std::string end;
  m_array.end(end);
  m_connection.write(end);
  keep(end);
}

bool Exchange::streamDone() const {
  if (m_translation) {
    return m_translation->stream &&
           m_translation->stream->state() == dialect::StreamTranslator::State::Ended;
  }
  // Of what is only passed on the grammar is not known.
  if (m_endpoint.operation == Operation::Pass) return false;
  return m_spoken == Kind::Chat ? m_events.done() || m_watch.failed() : m_watch.ended();
}

void Exchange::beginAnswer(const net::UpstreamConnection::Part& part) {
  m_phase = Phase::Relaying;
  m_answered = m_status;
  m_firstByteAfter = m_worker.now() - m_receivedAt;
  m_stream = isEventStream(part.head);
  OwnFields own = ownFields();
  own.contentType = m_stream && m_endpoint.array;
  if (isEncoded(part.head)) {
    endFlight();  // not everybody who asks takes it so
  } else {
    beginKeeping(own.contentType ? "application/json"
                                 : part.head.find("content-type").value_or("application/json"));
  }
  if (!m_uploads) m_connection.releaseBody();
  std::string& head = m_connection.beginHead(part.head.status);
  appendForwardedResponseFields(head, part.head, own);
  if (own.contentType) appendField(head, "Content-Type", "application/json");
  if (m_stream) appendStreamFields(head, part.head);
  appendOwnFields(head);
  appendTiming(head);
  const auto length = part.head.find("content-length");
  if (part.last && !m_stream && m_connection.request().method != "HEAD") {
    m_connection.endHead(net::HttpConnection::Framing::Length, m_early.size() + part.body.size());
  } else if (length && !m_stream) {
    m_connection.endHead(net::HttpConnection::Framing::Length,
                         std::strtoull(std::string(*length).c_str(), nullptr, 10));
  } else {
    m_connection.endHead(net::HttpConnection::Framing::Stream);
  }
}

void Exchange::finishAnswer(core::Nanos now) {
  // A failure that is told of in the stream has reached the client; it is the provider's all the same.
  const bool told = m_stream && m_watch.failed();
  const Fault fault = told ? Fault::Transient : faultOf(m_status);
  const bool failed = fault == Fault::Transient || fault == Fault::RateLimited;
  const Ending ending = failed ? Ending::Failed : Ending::Ok;
  const core::Nanos sendCost = m_sendCost;
  if (m_stream && m_endpoint.array) endArray();
  if (!told) storeKept(now);
  endAttempt(outcomeOf(fault), ending, now);
  endRequest(ending);
  reset();
  m_connection.end();
  m_worker.counters().overhead.record(core::micros(sendCost + m_worker.now() - now));
}

/// Whole events only are relayed, so that a comment may stand after any of them.
void Exchange::keepAlive(core::Nanos now) {
  const core::Nanos after = core::nanos(m_table->config->server.streamKeepAlive);
  if (after == 0 || now - std::max(m_lastPartAt, m_keptAliveAt) < after) return;
  m_keptAliveAt = now;
  // Between the elements of an array a blank may stand as well.
  m_connection.write(m_endpoint.array ? "\n" : ": keep-alive\n\n");
  m_connection.flush();
}

void Exchange::endStreamWith(int status, const dialect::ErrorBody& error) {
  if (m_translation && m_translation->stream) {
    m_translation->out.clear();
    m_translation->stream->fail({dialect::errorKindOf(status), std::string(error.message),
                                 std::string(error.code), std::string(error.param)},
                                m_translation->out);
    writeEvents(m_translation->out);
  } else {
    writeEvents(errorEvents(m_endpoint.caller, status, error, m_requestId, m_watch.nextSequence()));
  }
  if (m_endpoint.array) endArray();
}

void Exchange::onDrained() {
  if (!m_paused) return;
  m_paused = false;
  const core::Nanos now = m_worker.now();
  m_pausedFor += now - m_pausedAt;
  m_deadline = now + core::nanos(m_provider->config.timeouts.idle);
  if (m_upstream) m_upstream->resume();
}

}  // namespace sluice::exchange
