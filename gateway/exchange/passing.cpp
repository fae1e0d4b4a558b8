// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that are passed on as they are: of their bodies only the model is looked for, in the first
// bytes, and the rest goes on as it comes.
#include <charconv>

#include "gateway/exchange/body_peek.h"
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

namespace {

/// So much of a body is waited for, for it to name its model.
constexpr std::size_t kMostPeeked = 1024 * 1024;
constexpr std::string_view kModelField = "x-sluice-model";

void appendChunk(std::string& out, std::string_view part) {
  if (part.empty()) return;
  char size[16];
  const auto end = std::to_chars(size, size + sizeof size, part.size(), 16).ptr;
  out.append(size, end).append("\r\n").append(part).append("\r\n");
}

}  // namespace

bool Exchange::onHead() {
  const net::HttpHead& head = m_connection.request();
  const std::string_view target = targetOf(head.target).path;
  const std::string_view path = target.substr(0, target.find('?'));
  return endpointOf(path, {}, head.find("anthropic-version").has_value()).operation ==
         Operation::Pass;
}

void Exchange::pass() {
  beginRequest();
  if (const std::string fault = pathFault(m_path); !fault.empty()) {
    reject(404, {"this gateway does not pass on " + std::string(m_path) + ": " + fault,
                 "invalid_request_error",
                 {},
                 "unknown_url"});
    return;
  }
  m_phase = Phase::Receiving;
  lookForModel();
}

void Exchange::onBody() {
  if (m_phase == Phase::Receiving) {
    lookForModel();
  } else if (m_uploads && m_upstream) {
    sendMore();
  }
  // Nobody takes it now: it waits.
  const bool wanted = m_phase == Phase::Receiving && isLimitedToModels();
  if (!wanted && !m_connection.bodyComplete() && m_connection.body().size() >= kMostPeeked) {
    m_connection.pauseInput();
  }
}

void Exchange::onBodyFailure(const net::ParseFailure& failure) {
  stopWaiting();
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  if (m_permit) endAttempt(core::Outcome::Neutral, Ending::Cancelled, m_worker.now());
  if (m_connection.headSent()) {
    endRequest(Ending::Cancelled);
    reset();
    m_connection.abort();
    return;
  }
  reject(failure.status, {failure.text, "invalid_request_error", {}, {}});
}

void Exchange::lookForModel() {
  const net::HttpHead& head = m_connection.request();
  const std::string& body = m_connection.body();
  const bool whole = m_connection.bodyComplete();
  const std::string_view type = head.find("content-type").value_or("");
  const bool inBody = m_endpoint.model.empty();
  if (!inBody) {
    m_request.model = percentDecoded(m_endpoint.model);
  } else {
    if (isLimitedToModels() && !whole) return;  // all of it is looked at, up to server.max_body
    const ModelPeek peek = peekModel(type, body, whole);
    if (peek.state == ModelPeek::State::More && body.size() < kMostPeeked) return;
    if (peek.state == ModelPeek::State::Found) {
      m_request.model = peek.model;
      m_request.modelAt = peek.at;
      m_request.modelSize = peek.size;
      m_modelIsBare = !peek.json;
    } else {
      m_request.model = head.find(kModelField).value_or("");
    }
  }
  m_phase = Phase::Idle;
  m_askedAt = m_worker.now();
  m_route = m_table->match(m_request.model);
  if (!m_route) {
    if (m_request.model.empty()) {
      reject(400, {"the request names no model that could tell which provider is meant; put it "
                   "before the files of a form, or name it in the field x-sluice-model, or have a "
                   "route '*'",
                   "invalid_request_error", "model", "model_not_found"});
    } else {
      reject(404, {"the model '" + shownModel(m_request.model) +
                       "' is not known to this gateway; see /v1/models",
                   "invalid_request_error", "model", "model_not_found"});
    }
    return;
  }
  if (!mayUse()) return;
  if (isLimitedToModels() && inBody && !body.empty() && !namesOneModel(type, body)) {
    reject(403, {"the key '" + m_client->config.id +
                     "' may use some models only, and what this request asks for is not certain: "
                     "its body has to name the model, once, in JSON or in a form",
                 "permission_error", "model", "model_not_allowed"});
    return;
  }
  if (!anyServes()) {
    refuseOperation();
    return;
  }
  admitAndChoose();
}

void Exchange::beginUpload(const Choice& choice) {
  const net::HttpHead& head = m_connection.request();
  std::string& body = m_connection.body();
  const bool whole = m_connection.bodyComplete();
  // A connection that was idle may turn out to be closed, and then all would have to be sent again.
  m_upstream = whole ? &m_worker.pool().acquire(m_provider->origin)
                     : &m_worker.pool().open(m_provider->origin);
  std::string& out = m_upstream->requestBuffer();
  appendHead(out, choice);
  dialect::Splice splice{0, 0, {}};
  if (!choice.modelName.empty() && m_request.modelSize > 0) {
    splice = {m_request.modelAt, m_request.modelSize,
              m_modelIsBare ? choice.modelName : choice.modelToken};
  }
  const std::span<const dialect::Splice> splices(&splice, 1);
  const auto length = head.find("content-length");
  m_uploads = !whole;
  m_uploadChunked = !whole && !length;
  const bool hasBody = !whole || !body.empty() || length;
  if (m_uploadChunked) {
    out.append("Transfer-Encoding: chunked\r\n\r\n");
    std::string first;
    dialect::appendSpliced(first, body, splices);
    appendChunk(out, first);
  } else {
    if (hasBody) {
      std::uint64_t size = body.size();
      if (!whole) std::from_chars(length->data(), length->data() + length->size(), size);
      out.append("Content-Length: ");
      net::appendNumber(out, size + splice.text.size() - splice.size);
      out.append("\r\n");
    }
    out.append("\r\n");
    dialect::appendSpliced(out, body, splices);
  }
  m_bodyGone = !whole;
  if (m_uploads) body.clear();
  m_worker.watch(*this);
  m_upstream->start(this, m_uploads);
  noteSendCost();
  if (m_uploads && m_connection.inputPaused()) m_connection.resumeInput();
}

void Exchange::sendMore() {
  std::string& body = m_connection.body();
  const bool last = m_connection.bodyComplete();
  if (m_uploadChunked) {
    std::string chunk;
    appendChunk(chunk, body);
    if (last) chunk.append("0\r\n\r\n");
    m_upstream->sendMore(chunk, last);
  } else {
    m_upstream->sendMore(body, last);
  }
  body.clear();
  m_uploads = !last;
  // The head is waited for from the last byte on.
  m_sentAt = m_worker.now();
  if (m_phase == Phase::AwaitingHead) {
    enter(Phase::AwaitingHead, m_provider->config.timeouts.headers, m_sentAt);
  }
  if (!last && m_upstream->unsentBytes() > kMostUnsent) m_connection.pauseInput();
}

void Exchange::onUpstreamDrained() {
  if (m_uploads && m_connection.inputPaused()) m_connection.resumeInput();
}

}  // namespace sluice::exchange
