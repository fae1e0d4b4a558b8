// SPDX-License-Identifier: GPL-3.0-or-later
// What follows a failed attempt while the client has been sent nothing: another target, the same one
// after a pause, or the answer of the last.
#include <algorithm>
#include <cmath>

#include "gateway/exchange/exchange.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

namespace {

/// A larger failing answer is relayed as it comes.
constexpr std::size_t kMostHeld = 64 * 1024;

}  // namespace

void Exchange::hold(const net::UpstreamConnection::Part& part) {
  const core::Nanos now = m_worker.now();
  m_last.body.append(part.body);
  if (m_last.body.size() > kMostHeld) {
    const Fault fault = faultSaid({});
    if (m_translation || fault == Fault::HardDown || fault == Fault::Unwilling ||
        fault == Fault::Declined) {
      if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
      finishHeld(now);
      return;
    }
    releaseHeld();
    if (part.last) {
      finishAnswer(now);
      return;
    }
    m_connection.flush();
    holdBackIfSlow();
    return;
  }
  if (part.last) {
    finishHeld(now);
    return;
  }
  enter(Phase::AwaitingBody, m_provider->config.timeouts.idle, now);
}

/// Too large to be kept: relayed from here on.
void Exchange::releaseHeld() {
  const core::Nanos now = m_worker.now();
  if (faultOf(m_status) == Fault::RateLimited) {
    coolDown(now);
    sayRetryAfter(now);
  }
  m_held = false;
  m_answered = m_last.status;
  std::string& head = m_connection.beginHead(m_last.status);
  head.append(m_last.fields);
  appendOwnFields(head);
  m_connection.endHead(net::HttpConnection::Framing::Stream);
  m_connection.write(m_last.body);
  m_last = {};
  enter(Phase::Relaying, m_provider->config.timeouts.idle, now);
}

void Exchange::finishHeld(core::Nanos now) {
  const dialect::Error said = heldError();
  if (refusedUs(said)) return;
  translateHeld();
  endHeld(said, now);
}

void Exchange::failAsTold(dialect::Error told) {
  using dialect::ErrorKind;
  if (told.message.empty()) told.message = "it told of an error and said no more";
  // In Chat a code may be a number, which tells its kind, or a word.
  if (told.code == "rate_limit_exceeded") told.kind = ErrorKind::RateLimit;
  if (told.kind == ErrorKind::Server) {
    failBy(told.code, "failed: " + told.message, Fault::Transient);
    return;
  }
  m_status = dialect::statusOf(told.kind);  // all that follows goes by it
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  if (refusedUs(told)) return;
  dialect::Error shown = told;
  shown.message = saidOf("failed: " + told.message);
  m_last = {m_status, "Content-Type: application/json\r\n",
            dialect::errorBody(m_endpoint.caller, m_status, shown)};
  if (m_endpoint.caller == Kind::Anthropic) addRequestId(m_last.body, m_requestId);
  endHeld(told, m_worker.now());
}

bool Exchange::refusedUs(const dialect::Error& said) {
  const Fault fault = faultSaid(said.code);
  if (fault == Fault::HardDown) {
    refusedKey(said.message);
    return true;
  }
  if (fault == Fault::Unwilling || fault == Fault::Declined) {
    refusedRequest(said.message, fault);
    return true;
  }
  return false;
}

void Exchange::endHeld(const dialect::Error& said, core::Nanos now) {
  const Fault fault = faultSaid(said.code);
  if (fault == Fault::RateLimited) {
    if (m_notBefore == 0 && said.retryAfter > 0) {
      m_notBefore = now + waitOf(said.retryAfter);
    }
    coolDown(now);
    sayRetryAfter(now);
  }
  const bool theirs = fault == Fault::Transient || fault == Fault::RateLimited;
  endAttempt(outcomeOf(fault), theirs ? Ending::Failed : Ending::Ok, now);
  if (fault == Fault::Caller || !retry(fault, now)) giveLast(fault);
}

bool Exchange::retry(Fault fault, core::Nanos now) {
  const config::Retry& limits = m_route->retry;
  if (m_final || m_bodyGone || m_attempts >= limits.attempts || now >= m_totalDeadline)
    return false;
  auto chosen = choose(m_worker, wishAt(now));
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
    return true;
  }
  // All have been asked. To ask again helps only against what may pass by itself soon.
  if (fault != Fault::Transient) return false;
  const double doubled = std::ldexp(static_cast<double>(core::nanos(limits.backoff)),
                                    static_cast<int>(m_attempts) - 1);
  const double most = std::min(doubled, static_cast<double>(core::nanos(limits.maxBackoff)));
  const auto pause = static_cast<core::Nanos>(most * (0.5 + 0.5 * m_worker.unit()));
  const core::Nanos until = std::max(now + pause, m_notBefore);
  if (until >= m_totalDeadline || until > now + core::nanos(limits.maxBackoff)) return false;
  m_tried.clear();
  m_phase = Phase::BackingOff;
  m_deadline = until;
  m_worker.watch(*this);
  return true;
}

void Exchange::onPauseOver(core::Nanos now) {
  m_worker.unwatch(*this);
  m_phase = Phase::Idle;
  auto chosen = choose(m_worker, wishAt(now));
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
  } else {
    giveLast(Fault::Transient);
  }
}

void Exchange::giveLast(Fault fault) {
  const bool callers = fault == Fault::Caller || fault == Fault::ContextLength;
  Last last = std::exchange(m_last, {});
  if (m_endpoint.array) last.body = EventArray::ofError(last.body);
  m_answered = last.status;
  std::string& head = m_connection.beginHead(last.status);
  head.append(last.fields);
  // The client's SDK would only repeat what was tried here (OpenAI's clients honour this field).
  if (m_final || (!callers && m_attempts > 1)) net::appendField(head, "x-should-retry", "false");
  appendOwnFields(head);
  m_connection.endHead(net::HttpConnection::Framing::Length, last.body.size());
  m_connection.write(last.body);
  endRequest(callers ? Ending::Ok : Ending::Failed);
  reset();
  m_connection.end();
}

}  // namespace sluice::exchange
