// SPDX-License-Identifier: GPL-3.0-or-later
// What goes to a provider: forwarded as it came, or in the words of its own dialect.
#include <algorithm>
#include <array>
#include <ctime>

#include "gateway/dialect/embeddings.h"
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/forward.h"

namespace sluice::exchange {

using net::appendField;
using net::appendNumber;

namespace {

constexpr std::string_view kAnthropicVersion = "2023-06-01";

}  // namespace

std::optional<dialect::BodyFault> Exchange::prepare(const Choice& choice) {
  m_translation.reset();
  m_spoken = spokenTo(choice.provider->config, m_endpoint.caller);
  if (m_endpoint.embeds()) return prepareEmbedding(choice);
  if (!m_endpoint.generates() || m_spoken == m_endpoint.caller) return std::nullopt;
  dialect::RequestTask task;
  task.model = choice.modelName.empty() ? std::string_view(m_request.model) : choice.modelName;
  task.stream = m_request.stream;
  task.askUsage = choice.provider->config.askUsage;
  auto made = dialect::translateRequest(m_endpoint.caller, m_spoken, m_connection.body(), task);
  if (auto* fault = std::get_if<dialect::BodyFault>(&made)) return std::move(*fault);
  auto& request = std::get<dialect::TranslatedRequest>(made);
  m_translation = std::make_unique<Translation>();
  m_translation->request = std::move(request.body);
  m_translation->dropped = std::move(request.dropped);
  m_translation->from = m_spoken;
  m_translation->context = answerContext();
  return std::nullopt;
}

std::optional<dialect::BodyFault> Exchange::prepareEmbedding(const Choice& choice) {
  // Only Gemini's are of another form; and there the model stands in the body as well.
  const bool toGemini = m_spoken == Kind::Gemini;
  const bool fromGemini = m_endpoint.caller == Kind::Gemini;
  if (toGemini == fromGemini && (!toGemini || choice.modelName.empty())) return std::nullopt;
  const std::string_view model =
      choice.modelName.empty() ? std::string_view(m_request.model) : choice.modelName;
  auto made = dialect::translateEmbedRequest(embedForm(m_endpoint.caller), embedForm(m_spoken),
                                             m_connection.body(), model);
  if (auto* fault = std::get_if<dialect::BodyFault>(&made)) return std::move(*fault);
  auto& request = std::get<dialect::TranslatedRequest>(made);
  m_translation = std::make_unique<Translation>();
  m_translation->request = std::move(request.body);
  m_translation->dropped = std::move(request.dropped);
  m_translation->from = m_spoken;
  m_translation->context = answerContext();
  m_translation->embeds = true;
  return std::nullopt;
}

dialect::EmbedForm Exchange::embedForm(Kind kind) const {
  if (kind != Kind::Gemini) return dialect::EmbedForm::OpenAi;
  // Of the two forms, the one for several holds all that OpenAI's can.
  const bool one = m_endpoint.caller == Kind::Gemini && m_endpoint.operation == Operation::Embed;
  return one ? dialect::EmbedForm::GeminiOne : dialect::EmbedForm::GeminiMany;
}

dialect::AnswerContext Exchange::answerContext() const {
  dialect::AnswerContext context;
  context.model = m_request.model;
  context.id = m_requestId.substr(m_requestId.find('_') + 1);
  context.created = std::time(nullptr);
  context.includeUsage = m_request.usageAsked;
  return context;
}

void Exchange::attempt(const Choice& choice) {
  ++m_worker.counters().providers[m_provider->runtime->slot].started;
  const bool first = m_attempts++ == 0;
  if (first) m_firstAsked = m_provider;
  m_attemptAt = first && m_queuedFor == 0 ? m_askedAt : m_worker.now();
  const auto& timeouts = m_provider->config.timeouts;
  // The first provider's: retries do not make a request last longer.
  if (first) m_totalDeadline = m_attemptAt + core::nanos(timeouts.total);
  m_status = 0;
  m_notBefore = 0;
  m_sendCost = 0;
  m_aliveAt = 0;
  m_early.clear();
  m_held = m_final = m_timedOut = false;
  enter(Phase::Connecting, timeouts.connect, m_attemptAt);

  if (m_endpoint.operation == Operation::Pass) {
    m_meter.begin(m_spoken, false);
    beginUpload(choice);
    return;
  }
  const bool askUsage = !m_translation && m_request.stream && !m_request.usageAsked &&
                        m_provider->config.askUsage && !m_request.askUsage.text.empty();
  m_meter.begin(m_spoken, askUsage);
  m_upstream = &m_worker.pool().acquire(m_provider->origin);
  std::string& out = m_upstream->requestBuffer();
  appendHead(out, choice);
  out.append("Content-Length: ");
  if (m_translation) {
    appendNumber(out, m_translation->request.size());
    out.append("\r\n\r\n").append(m_translation->request);
    m_translation->request = {};
  } else {
    std::array<dialect::Splice, 2> edits;
    std::size_t count = 0;
    if (!choice.modelToken.empty() && m_request.modelSize > 0) {
      edits[count++] = {m_request.modelAt, m_request.modelSize, choice.modelToken};
    }
    if (askUsage) edits[count++] = m_request.askUsage;
    if (count == 2 && edits[1].at < edits[0].at) std::swap(edits[0], edits[1]);
    const std::span<const dialect::Splice> splices(edits.data(), count);
    const std::string& body = m_connection.body();
    appendNumber(out, dialect::splicedSize(body, splices));
    out.append("\r\n\r\n");
    dialect::appendSpliced(out, body, splices);
  }
  m_worker.watch(*this);
  m_upstream->start(this);
  noteSendCost();
}

/// What connecting takes is the provider's.
void Exchange::noteSendCost() {
  if (m_phase == Phase::Connecting) m_sendCost = m_worker.now() - m_attemptAt;
}

/// All but the fields that tell of the body's length, and the empty line.
void Exchange::appendHead(std::string& out, const Choice& choice) {
  const bool foreign = m_translation != nullptr;
  out.append(m_endpoint.operation == Operation::Pass ? m_connection.request().method : "POST");
  out.append(" ").append(m_provider->origin.basePath);
  if (m_endpoint.operation == Operation::Pass) {
    // Below the version, which base_url has as well.
    out.append(m_path.substr(m_path.find('/', 1))).append(withoutSecrets(m_query));
  } else {
    const std::size_t from = out.size();
    const bool inPath = m_spoken == Kind::Gemini;
    appendPath(out, m_endpoint, m_spoken,
               !inPath                    ? std::string()
               : choice.modelName.empty() ? percentEncoded(m_request.model)
                                          : percentEncoded(choice.modelName),
               m_request.stream);
    if (!m_query.empty() && !foreign) {
      std::string rest = withoutSecrets(m_query);
      if (!rest.empty() && out.find('?', from) != std::string::npos) rest.front() = '&';
      out.append(rest);
    }
  }
  out.append(" HTTP/1.1\r\n");
  appendField(out, "Host", m_provider->origin.authority);
  const net::HttpHead& head = m_connection.request();
  appendForwardedRequestFields(out, head, towards());
  if (!m_provider->authorization.empty()) {
    appendField(out, m_provider->keyField, m_provider->authorization);
  }
  if (m_spoken == Kind::Anthropic && (foreign || !head.find("anthropic-version"))) {
    appendField(out, "anthropic-version", kAnthropicVersion);
  }
  appendField(out, "X-Request-Id", m_requestId);
  appendField(out, "Via", m_worker.services().via);
}

Towards Exchange::towards() const {
  const bool keyed = !m_provider->authorization.empty();
  return {keyed ? std::string_view(m_provider->keyField) : std::string_view(),
          m_translation != nullptr, m_provider != m_firstAsked};
}

}  // namespace sluice::exchange
