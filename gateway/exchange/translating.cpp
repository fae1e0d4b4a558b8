// SPDX-License-Identifier: GPL-3.0-or-later
// Answers of a provider that speaks another dialect than the client: translated whole, or event by
// event.
#include "gateway/dialect/embeddings.h"
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

namespace {

/// A larger answer that is not a stream is taken for a broken one.
constexpr std::size_t kMostWhole = 64 * 1024 * 1024;

}  // namespace

void Exchange::relayTranslated(const net::UpstreamConnection::Part& part) {
  const core::Nanos now = m_worker.now();
  const auto& timeouts = m_provider->config.timeouts;
  if (part.body.empty() && !part.last) {
    if (m_phase < Phase::AwaitingBody) enter(Phase::AwaitingBody, timeouts.firstByte, m_sentAt);
    return;
  }
  if (!m_translation->begun) {
    m_translation->begun = true;
    const bool events = isEventStream(part.head);
    if (m_request.stream != events) {
      breach(m_request.stream ? "answered with something else than a stream of events"
                              : "answered with a stream nobody asked for");
      return;
    }
    noteFirstByte(now);
    m_events.reset();
  }
  if (m_request.stream) {
    relayTranslatedEvents(part, now);
    return;
  }
  m_translation->whole.append(part.body);
  if (m_translation->whole.size() > kMostWhole) {
    breach("sent an answer that is too long");
    return;
  }
  if (part.last) {
    finishTranslated(now);
    return;
  }
  enter(Phase::AwaitingBody, timeouts.idle, now);
}

void Exchange::relayTranslatedEvents(const net::UpstreamConnection::Part& part, core::Nanos now) {
  using State = dialect::StreamTranslator::State;
  Translation& translation = *m_translation;
  if (!translation.stream) {
    translation.stream.emplace(m_spoken, m_endpoint.caller, translation.context);
  }
  if (m_lastPartAt > 0) {
    m_worker.counters().providers[m_provider->runtime->slot].gap.record(
        core::micros(now - m_lastPartAt));
  }
  m_lastPartAt = now;
  translation.out.clear();
  State state = translation.stream->feed(m_events.feed(part.body), translation.out);
  if (state == State::Open && m_events.overflow()) {
    breach("sent an event that is too long");
    return;
  }
  // The last event may lack its empty line; an error may be no event at all.
  if (state == State::Open && part.last) {
    state = translation.stream->feed(m_events.rest(), translation.out);
  }
  if (state == State::Open && part.last) state = translation.stream->finish(translation.out);
  m_meter.set(translation.stream->usage(), translation.stream->pieces());
  if (state == State::Failed || state == State::Broken) {
    failTranslated(now);
    return;
  }
  if (!translation.out.empty()) {
    if (!m_connection.headSent()) beginTranslated(part.head);
    writeEvents(translation.out);
  }
  if (part.last) {
    finishAnswer(now);
    return;
  }
  m_connection.flush();
  enter(m_connection.headSent() ? Phase::Relaying : Phase::AwaitingBody,
        m_provider->config.timeouts.idle, now);
  holdBackIfSlow();
}

/// The provider said in its stream that it failed, or broke its own grammar; what is to be said of it
/// stands at the end of what is for the client.
void Exchange::failTranslated(core::Nanos now) {
  dialect::StreamTranslator& stream = *m_translation->stream;
  const bool broken = stream.state() == dialect::StreamTranslator::State::Broken;
  if (!m_connection.headSent()) {
    if (broken) {
      breach("broke the rules of its stream: " + stream.breach());
    } else {
      failAsTold(stream.error());
    }
    return;
  }
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  writeEvents(m_translation->out);
  if (m_endpoint.array) endArray();
  endAttempt(core::Outcome::Failure, Ending::Failed, now);
  endRequest(Ending::Failed);
  reset();
  m_connection.end();
}

void Exchange::breach(std::string_view what) {
  failBy("upstream_protocol", std::string(what), Fault::Transient);
}

void Exchange::beginTranslated(const net::HttpHead& head) {
  const core::Nanos now = m_worker.now();
  m_phase = Phase::Relaying;
  m_answered = m_status;
  m_firstByteAfter = now - m_receivedAt;
  tellProbe(now);
  m_stream = m_request.stream;
  const std::string_view type =
      m_stream && !m_endpoint.array ? "text/event-stream; charset=utf-8" : "application/json";
  beginKeeping(type);
  m_connection.releaseBody();
  std::string& out = m_connection.beginHead(m_status);
  net::appendField(out, "Content-Type", type);
  OwnFields own = ownFields();
  own.all = true;
  appendForwardedResponseFields(out, head, own);
  if (m_stream) appendStreamFields(out, {});
  appendOwnFields(out);
  appendTiming(out);
  if (m_stream) {
    m_connection.endHead(net::HttpConnection::Framing::Stream);
  } else {
    m_connection.endHead(net::HttpConnection::Framing::Length, m_translation->out.size());
  }
}

void Exchange::finishTranslated(core::Nanos now) {
  Translation& translation = *m_translation;
  auto made = translation.embeds
                  ? dialect::translateEmbedAnswer(embedForm(m_spoken), embedForm(m_endpoint.caller),
                                                  m_connection.body(), translation.whole,
                                                  translation.context.model)
                  : dialect::translateAnswer(m_spoken, m_endpoint.caller, translation.whole,
                                             translation.context);
  if (const auto* broken = std::get_if<dialect::Breach>(&made)) {
    if (dialect::tellsOfError(translation.whole)) {  // of status 200, as in a stream
      failAsTold(dialect::readErrorOf(m_spoken, 0, translation.whole));
      return;
    }
    breach("sent an answer that cannot be understood: " + broken->message);
    return;
  }
  auto& answer = std::get<dialect::TranslatedAnswer>(made);
  m_meter.set(answer.usage, 0, translation.whole.size());
  translation.out = std::move(answer.body);
  beginTranslated({});
  m_connection.write(translation.out);
  keep(translation.out);
  finishAnswer(now);
}

dialect::Error Exchange::heldError() const {
  return dialect::readErrorOf(m_spoken, m_status, m_last.body);
}

/// The last attempt's failing answer, in the client's dialect.
void Exchange::translateHeld() {
  if (!m_translation) return;
  auto made = dialect::translateError(m_spoken, m_endpoint.caller, m_last.status, m_last.body);
  m_last.status = made.status;
  m_last.body = std::move(made.body);
  if (m_endpoint.caller == Kind::Anthropic) addRequestId(m_last.body, m_requestId);
}

}  // namespace sluice::exchange
