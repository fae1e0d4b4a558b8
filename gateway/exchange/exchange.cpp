// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/exchange.h"

#include <algorithm>

#include "gateway/config/origin.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

using net::appendNumber;

namespace {

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr std::string_view kServerError = "server_error";
/// What an answer is taken to need while nothing is known of its model.
constexpr std::uint32_t kUsualOutput = 512;
/// What an origin closed before the request reached it comes back within the way there and back.
constexpr core::Nanos kMostStale = core::kSecond / 2;
/// So long a client that reads slowly may hold up others who wait for the same answer.
constexpr core::Nanos kMostHeldUp = core::kSecond;
/// More than any bucket holds.
constexpr std::uint64_t kMostTokens = 1ull << 33;

Need needOf(const dialect::ChatRequest& request, const route::RouteEntry& route,
            const Endpoint& endpoint) {
  if (endpoint.embeds() || endpoint.operation == Operation::CountTokens ||
      endpoint.operation == Operation::Pass) {
    return {request.promptTokens, 0};
  }
  const std::uint64_t choices = std::min(request.choices, kMostTokens);
  const auto times = [choices](std::uint64_t tokens) {
    return tokens > kMostTokens / choices ? kMostTokens : tokens * choices;
  };
  if (request.mostTokens) return {request.promptTokens + times(*request.mostTokens), 0};
  const std::uint32_t usual = route.runtime->usualOutput.load(std::memory_order_relaxed);
  return {request.promptTokens, times(usual > 0 ? usual : kUsualOutput)};
}

}  // namespace

Exchange::Exchange(net::HttpConnection& connection, Worker& worker)
    : m_connection(connection), m_worker(worker) {}

Exchange::~Exchange() {
  leaveFlight();
  abandon();
}

std::string Exchange::newRequestId() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id = "req_";
  std::uint64_t bits = m_worker.random()();
  for (int i = 0; i < 16; ++i, bits >>= 4) id.push_back(kHex[bits & 15]);
  return id;
}

// --- requests in

void Exchange::onRequest() {
  m_receivedAt = m_askedAt = m_worker.now();
  m_table = m_worker.tables().pin();
  m_requestId = newRequestId();
  const net::HttpHead& head = m_connection.request();
  const Target target = targetOf(head.target);
  m_path = target.path.substr(0, target.path.find('?'));
  m_query = target.path.substr(m_path.size());
  m_endpoint = endpointOf(m_path, m_query, head.find("anthropic-version").has_value());
  auto host = head.find("host");
  if (host && !target.authority.empty()) host = target.authority;  // which counts then
  if (!host && head.version >= 11) {
    answerError(400, {"the request has no Host field", kInvalid, {}, {}});
    return;
  }
  const bool known = m_endpoint.operation != Operation::Unknown;
  if (known && cameThrough(head, m_worker.services().via)) {
    answerLoop();
    return;
  }
  // A page that has rebound its name does not know a key.
  const bool needsKey = known && !m_table->clients.empty();
  if (needsKey && !identify()) {
    answerUnknownClient();
    return;
  }
  const std::string& listenHost = m_table->config->server.host;
  // Where others reach us they do so by names that we do not know.
  if (host && !needsKey && !hostAllowed(*host, listenHost) && config::isLoopback(listenHost)) {
    answerError(403, {"this gateway answers to localhost only; the Host field names another host",
                      "permission_error",
                      {},
                      {}});
    return;
  }
  // A page can send without being able to read the answer, and spend.
  const auto origin = head.find("origin");
  if (origin && !needsKey && isForeignPage(*origin, listenHost)) {
    answerError(403, {"pages of other hosts may not use this gateway; with client_keys they may, "
                      "with one of them",
                      "permission_error",
                      {},
                      {}});
    return;
  }
  if (known) {
    serve();
  } else if (m_path.starts_with("/_sluice/") && !m_worker.services().admin.token.empty()) {
    admin(m_path.substr(sizeof("/_sluice/") - 1));
  } else if (m_path == "/healthz") {
    head.method == "GET" ? health() : methodNotAllowed("GET");
  } else if (m_path == "/metrics") {
    head.method == "GET" ? metricsText() : methodNotAllowed("GET");
  } else {
    answerUnknownUrl();
  }
}

/// Checks of the config cannot know all names of this machine, nor what stands behind another.
void Exchange::answerLoop() {
  beginRequest();
  reject(508,
         {"this request was sent by this very gateway: the base_url of one of its providers leads "
          "back to it",
          kServerError,
          {},
          "loop_detected"},
         "x-should-retry: false\r\n");
}

void Exchange::serve() {
  const std::string& method = m_connection.request().method;
  if (!m_endpoint.method.empty() && method != m_endpoint.method) {
    methodNotAllowed(m_endpoint.method);
    return;
  }
  switch (m_endpoint.operation) {
    case Operation::ListModels:
      listModels();
      return;
    case Operation::ShowModel:
      showModel();
      return;
    case Operation::Pass:
      if (method == "TRACE" || method == "CONNECT") {
        refuseMethod();
      } else {
        pass();
      }
      return;
    default:
      ask();
      return;
  }
}

/// The answer to the one shows what was sent, the gateway's key as well (RFC 9110 9.3.8); of the other
/// nothing would be HTTP any more.
void Exchange::refuseMethod() {
  answerError(501, {"this gateway does not pass on " + m_connection.request().method,
                    kInvalid,
                    {},
                    "method_not_allowed"});
}

void Exchange::onBadRequest(const net::ParseFailure& failure) {
  m_receivedAt = m_worker.now();
  m_table = m_worker.tables().pin();
  m_requestId = newRequestId();
  // As far as it was read.
  const net::HttpHead& head = m_connection.request();
  const std::string_view target = head.target;
  m_path = target.substr(0, target.find('?'));
  m_query = {};
  m_endpoint = endpointOf(m_path, {}, head.find("anthropic-version").has_value());
  beginRequest();
  reject(failure.status, {failure.text, kInvalid, {}, {}});
}

void Exchange::ask() {
  beginRequest();
  if (!readRequest()) return;
  m_route = m_table->match(m_request.model);
  if (!m_route) {
    reject(404, {"the model '" + shownModel(m_request.model) +
                     "' is not known to this gateway; see /v1/models",
                 kInvalid, "model", "model_not_found"});
    return;
  }
  if (!mayUse()) return;
  if (!anyServes()) {
    if (m_endpoint.operation == Operation::CountTokens) {
      answerCount();
      return;
    }
    refuseOperation();
    return;
  }
  if (lookUp()) return;
  admitAndChoose();
}

void Exchange::refuseOperation() {
  reject(400, {"none of the providers of model '" + m_route->model + "' can be asked for " +
                   std::string(m_path),
               kInvalid, "model", "unsupported_operation"});
}

bool Exchange::readRequest() {
  const Operation operation = m_endpoint.operation;
  const bool counts = operation == Operation::CountTokens || m_table->countsTokens;
  std::string& body = m_connection.body();
  auto read = m_worker.peek().read(m_endpoint.caller, body, counts);
  if (const auto* fault = std::get_if<dialect::BodyFault>(&read)) {
    reject(400, {fault->message, kInvalid, fault->param, {}});
    return false;
  }
  m_request = std::get<dialect::ChatRequest>(std::move(read));
  if (m_endpoint.caller == Kind::Gemini) {
    m_request.model = percentDecoded(m_endpoint.model);
    m_request.stream = m_endpoint.stream;
    if (m_request.model.empty()) {
      reject(400, {"the path names no model", kInvalid, "model", {}});
      return false;
    }
  }
  if (m_endpoint.embeds() || operation == Operation::Complete) {
    // Their texts have other names than a conversation's.
    if (counts) m_request.promptTokens = (body.size() + 3) / 4;
    if (m_endpoint.embeds()) m_request.deterministic = true;
  }
  return true;
}

bool Exchange::anyServes() const {
  const auto one = [this](const route::RouteEntry& route) {
    return std::ranges::any_of(route.targets, [this](const route::TargetEntry& target) {
      return serves(m_table->providers[target.provider].config, m_endpoint);
    });
  };
  return one(*m_route) || std::ranges::any_of(m_route->fallbacks, [&](std::uint32_t index) {
           return one(m_table->routes[index]);
         });
}

void Exchange::admitAndChoose() {
  m_need = m_table->countsTokens ? needOf(m_request, *m_route, m_endpoint) : Need{};
  if (!admitClient()) return;
  auto chosen = choose(m_worker, wishAt(m_askedAt));
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
    return;
  }
  waitOrRefuse(std::get<Refusal>(chosen));
}

void Exchange::waitOrRefuse(const Refusal& refusal) {
  if (refusal.busy && enqueue(refusal)) return;
  if (throttle(refusal)) return;
  refuse(refusal);
}

Wish Exchange::wishAt(core::Nanos now) const {
  const std::string_view affinity =
      m_route->affinity.empty()
          ? std::string_view{}
          : m_connection.request().find(m_route->affinity).value_or(std::string_view{});
  return {*m_table, *m_route, now, m_need, m_endpoint, affinity, m_tried, m_fallbacks};
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
  if (const auto fault = prepare(choice)) {
    m_tried.push_back(choice.target);
    // What the choice holds goes back while the table is still here, and before others are asked.
    { const Choice over = std::move(choice); }
    beginElsewhere(*fault);
    return;
  }
  m_provider = choice.provider;
  m_permit.emplace(std::move(choice.permit));
  m_place.emplace(std::move(choice.place));
  m_tried.push_back(choice.target);
  m_toll = std::move(choice.toll);
  payFallback(choice);
  for (Toll* toll : {&m_toll, &m_clientToll, &m_routeToll}) toll->useRequest();
  attempt(choice);
}

void Exchange::payFallback(Choice& choice) {
  m_fallback = nullptr;
  if (choice.route == m_route) return;
  m_fallback = choice.route;
  if (paidFallback()) return;
  m_fallbacks.push_back({m_fallback, std::move(choice.routeToll)});
  m_fallbacks.back().toll.useRequest();
}

PaidRoute* Exchange::paidFallback() {
  const auto found = std::ranges::find(m_fallbacks, m_fallback, &PaidRoute::route);
  return found == m_fallbacks.end() ? nullptr : &*found;
}

void Exchange::beginElsewhere(const dialect::BodyFault& fault) {
  auto chosen = choose(m_worker, wishAt(m_worker.now()));
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
    return;
  }
  if (m_attempts > 0) {
    giveLast(Fault::Transient);  // of a target that did understand
    return;
  }
  // One that may understand cannot be asked just now: that passes.
  const auto& refusal = std::get<Refusal>(chosen);
  if (refusal.busy || refusal.retryIn != core::kNever) {
    waitOrRefuse(refusal);
    return;
  }
  reject(400, {fault.message, kInvalid, fault.param, {}});
}

void Exchange::enter(Phase phase, std::chrono::milliseconds limit, core::Nanos now) {
  m_phase = phase;
  m_deadline = now + core::nanos(limit);
}

void Exchange::onUpstreamSent() {
  const core::Nanos now = m_worker.now();
  if (m_sendCost == 0) m_sendCost = now - m_attemptAt;
  m_sentAt = now;
  enter(Phase::AwaitingHead, m_provider->config.timeouts.headers, now);
  // What went out at once is not told of as drained.
  if (m_uploads && m_upstream->unsentBytes() == 0) onUpstreamDrained();
}

bool Exchange::onUpstreamStale() {
  const core::Nanos now = m_worker.now();
  // Who closes later has had the request, and may have worked on it: to ask again is another attempt.
  if (now - m_sentAt > kMostStale) return false;
  enter(Phase::Connecting, m_provider->config.timeouts.connect, now);
  return true;
}

bool Exchange::clientIsSlow() const {
  return m_paused ||
         (m_uploads && m_upstream && m_upstream->connected() && m_upstream->unsentBytes() == 0);
}

void Exchange::onUpstreamFailure(const net::UpstreamFailure& failure) {
  m_upstream = nullptr;
  if (failure.kind == net::UpstreamFailure::Kind::Ours) {
    failAttempt(503, kServerError, "no_sockets",
                "this gateway may open no more connections: " + failure.text, Fault::NotTheirs);
    return;
  }
  if (m_stream && streamDone()) {
    finishAnswer(m_worker.now());  // all was said; how the connection ended does not matter
    return;
  }
  failBy({}, "failed: " + failure.text, Fault::Transient);
}

void Exchange::checkDeadline(core::Nanos now) {
  if (m_phase == Phase::Idle || m_phase == Phase::Following || m_phase == Phase::Receiving) return;
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
  if (m_stream && !m_paused && !streamDone()) keepAlive(now);
  if (m_fetch && m_paused && m_pausedFor + now - m_pausedAt > kMostHeldUp) endFlight();
  // While the client is the slow one, the provider's silence is not its own doing.
  const bool slowClient = clientIsSlow();
  const bool phaseOver = !slowClient && now >= m_deadline;
  if (!phaseOver && now < m_totalDeadline) return;
  if (m_stream && streamDone()) {
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
              "provider '" + m_provider->config.id + "' " + std::string(what),
              slowClient ? Fault::NotTheirs : Fault::Transient);
}

void Exchange::failAttempt(int status, std::string_view type, std::string_view code,
                           const std::string& message, Fault fault) {
  const bool broke = fault == Fault::Transient || fault == Fault::NotTheirs;
  if (m_held && broke && failAsSaid()) return;
  const core::Nanos now = m_worker.now();
  const bool stream = m_stream;
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  const dialect::ErrorBody error{message, type, {}, code};
  if (!m_connection.headSent()) {
    m_last = {status, "Content-Type: application/json\r\n",
              errorText(m_endpoint.caller, status, error, m_requestId)};
    if (fault == Fault::RateLimited) sayRetryAfter(now);
    endAttempt(outcomeOf(fault), Ending::Failed, now);
    if (!retry(fault, now)) giveLast(fault);
    return;
  }
  if (stream) endStreamWith(status, error);
  // Of a 429 that is relayed the head has said all there is to learn of its provider.
  if (faultOf(m_status) == Fault::RateLimited) fault = Fault::RateLimited;
  endAttempt(outcomeOf(fault), Ending::Failed, now);
  endRequest(Ending::Failed);
  reset();
  if (stream) {
    m_connection.end();
  } else {
    m_connection.abort();
  }
}

/// Whatever became of the rest of what it said.
bool Exchange::failAsSaid() {
  const Fault said = faultSaid({});
  switch (said) {
    case Fault::HardDown:
      refusedKey({});
      return true;
    case Fault::Declined:
      refusedRequest({}, said);
      return true;
    case Fault::RateLimited:
      coolDown(m_worker.now());
      failAttempt(429, "requests", "rate_limit_exceeded",
                  "provider '" + m_provider->config.id +
                      "' limits its rate (status 429), and its answer broke off",
                  said);
      return true;
    default:
      return false;
  }
}

void Exchange::onStop() {
  const dialect::ErrorBody error{"the gateway is stopping", kServerError, {}, "gateway_stopping"};
  const bool begun = m_connection.headSent();
  const bool stream = m_stream;
  stopWaiting();
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  if (begun && stream) endStreamWith(503, error);
  if (m_permit) endAttempt(core::Outcome::Neutral, Ending::Cancelled, m_worker.now());
  endRequest(Ending::Cancelled);
  if (!begun) {
    answerError(503, error);
    return;
  }
  reset();
  stream ? m_connection.end() : m_connection.abort();
}

void Exchange::onClientGone() {
  if (leaveFlight()) {
    endRequest(Ending::Cancelled);
    detach();
    return;
  }
  abandon();
}

/// Of whatever it waits for it is not told any more, and takes no place of others.
void Exchange::stopWaiting() {
  switch (m_phase) {
    case Phase::Aside:
      *m_asideSelf = nullptr;
      m_asideSelf.reset();
      break;
    case Phase::BackingOff:
      m_worker.unwatch(*this);
      break;
    case Phase::Throttled:
      leaveThrottle();
      break;
    case Phase::Queued: {
      m_worker.unwatch(*this);
      const route::ProviderEntry& provider = m_table->providers[m_waitsFor->provider];
      (void)provider.runtime->concurrency.cancel(*m_waiter);  // what it yields goes to the next
      *m_self = nullptr;
      m_waiter.reset();
      break;
    }
    default:
      return;
  }
  m_phase = Phase::Idle;
}

void Exchange::abandon() {
  stopWaiting();
  if (m_upstream) std::exchange(m_upstream, nullptr)->cancel();
  if (m_permit) endAttempt(core::Outcome::Neutral, Ending::Cancelled, m_worker.now());
  endRequest(Ending::Cancelled);
  reset();
}

}  // namespace sluice::exchange
