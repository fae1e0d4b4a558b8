// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/cache/answer_cache.h"
#include "gateway/dialect/embeddings.h"
#include "gateway/dialect/openai.h"
#include "gateway/exchange/chooser.h"
#include "gateway/exchange/endpoint.h"
#include "gateway/exchange/event_array.h"
#include "gateway/exchange/fault.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/meter.h"
#include "gateway/exchange/stream_watch.h"
#include "gateway/exchange/toll.h"
#include "gateway/exchange/translation.h"
#include "gateway/exchange/worker.h"
#include "gateway/net/http_connection.h"
#include "gateway/net/sse.h"
#include "gateway/net/upstream.h"
#include "gateway/route/route_table.h"

namespace sluice::exchange {

/// The life of one request at a time on one client connection: read -> choose -> attempt -> relay ->
/// settle. Settles exactly once on every path: permit, counters, upstream. Confined to its worker.
///
/// Until the first byte of the provider's body nothing is written to the client, so that a failure
/// is a clean error; after it, a stream ends with an error event and anything else is cut: never a
/// silent end.
class Exchange final : public net::HttpConnection::Handler,
                       private net::UpstreamConnection::Client {
 public:
  Exchange(net::HttpConnection& connection, Worker& worker);
  ~Exchange() override;

  void onRequest() override;
  void onBadRequest(const net::ParseFailure& failure) override;
  bool onHead() override;
  void onBody() override;
  void onBodyFailure(const net::ParseFailure& failure) override;
  void onClientGone() override;
  void onStop() override;
  void onDrained() override;

  /// Called by the worker some times a second while it is watched.
  void checkDeadline(core::Nanos now);

 private:
  friend class Worker;
  enum class Phase : std::uint8_t {
    Idle,
    Aside,
    Following,
    Receiving,  ///< until the body tells its model
    Queued,
    Throttled,
    BackingOff,
    Connecting,
    AwaitingHead,
    AwaitingBody,
    Relaying
  };
  enum class Ending : std::uint8_t { Ok, Failed, Cancelled, Rejected };

  /// More than so many bytes unsent to one side pause the other; one read (64 KiB) may come on top.
  static constexpr std::int64_t kMostUnsent = 32 * 1024;

  void onUpstreamSent() override;
  bool onUpstreamStale() override;
  void onUpstreamPart(const net::UpstreamConnection::Part& part) override;
  void onUpstreamDrained() override;
  void onUpstreamFailure(const net::UpstreamFailure& failure) override;

  std::string newRequestId();

  // answers of our own
  void serve();
  void ask();
  /// What the endpoint needs of the request's body. False: refused, and answered.
  bool readRequest();
  bool anyServes() const;
  void pass();
  void lookForModel();
  void beginUpload(const Choice& choice);
  void sendMore();
  void refuseOperation();
  void refuseMethod();
  void listModels();
  bool passesLists();
  void showModel();
  void answerCount();
  void respondJson(const std::string& body, std::string_view moreFields = {});
  /// What could not be carried to the provider, as a header has it; of a kept answer, when it was made.
  std::string droppedText() const;
  void appendDropped(std::string& head) const;
  void health();
  void metricsText();
  /// An answer that another thread made.
  struct Reply {
    int status;
    std::string_view contentType;
    std::string body;
  };
  /// Has the answer made on the control thread, as that may take milliseconds. `make` runs there.
  void answerAside(std::function<Reply()> make);
  void onReply(const Reply& reply);
  /// /_sluice/...: for who knows the token.
  void admin(std::string_view path);
  void answerUnknownUrl();
  void methodNotAllowed(std::string_view allowed);
  void answerError(int status, const dialect::ErrorBody& error, std::string_view fields = {});
  void reject(int status, const dialect::ErrorBody& error, std::string_view fields = {});

  // who asks
  /// False: nobody whom the config knows.
  bool identify();
  void answerUnknownClient();
  void answerLoop();
  /// False: the model is not for this client, and it was told.
  bool mayUse();
  /// The client may use some models only.
  bool isLimitedToModels() const { return m_client && !m_client->config.models.empty(); }
  /// False: refused, and answered; by the limits of the client or of the route.
  bool admitClient();
  /// Takes what is needed. False: refused, and answered.
  bool pay(const TollGate& gate, Toll& toll, route::Refused& counts, const std::string& whose);

  // answers kept
  /// True: the answer was there, or one under way is waited for.
  bool lookUp();
  void onAnswer(const cache::AnswerCache::Pointer& answer);
  void replay(const cache::Answer& answer);
  /// Of a good answer that is relayed, a copy is made as it passes.
  void beginKeeping(std::string_view contentType);
  void keep(std::string_view body);
  void storeKept(core::Nanos now);
  /// The client waits no more. True: others wait for what we fetch.
  bool leaveFlight();
  /// Nobody is to wait any more for what we fetch.
  void endFlight();
  /// Goes on without a client.
  void detach();
  void onAbandoned();
  void stopWaiting();
  /// What is under way waits for the client: to read what it gets, or to send more of its body.
  bool clientIsSlow() const;
  /// Ends what goes on without a client.
  void abandon();
  void forgetFlight();

  // until a target admits
  void admitAndChoose();
  void refuse(const Refusal& refusal);
  void waitOrRefuse(const Refusal& refusal);
  /// Waits for a call at that target to end. False: the queue is full.
  bool enqueue(const Refusal& refusal);
  void onPlace();
  /// Waits for a limit to let it through, if the route wants so. False: it is not worth it.
  bool throttle(const Refusal& refusal);
  void onThrottleOver(core::Nanos now);
  void leaveThrottle();
  /// What the request is chosen for, now; not again where it was tried in this round.
  Wish wishAt(core::Nanos now) const;
  void leaveQueue(std::optional<core::ConcurrencyLimiter::Permit> place);
  void begin(Choice choice);
  void payFallback(Choice& choice);
  /// Of m_fallback.
  PaidRoute* paidFallback();

  // the attempt
  /// Makes what is to be sent to that target, if its dialect is another than the client's. A fault: it
  /// cannot be said there.
  std::optional<dialect::BodyFault> prepare(const Choice& choice);
  std::optional<dialect::BodyFault> prepareEmbedding(const Choice& choice);
  dialect::EmbedForm embedForm(Kind kind) const;
  dialect::AnswerContext answerContext() const;
  /// A target's dialect cannot say it: another's may.
  void beginElsewhere(const dialect::BodyFault& fault);
  void attempt(const Choice& choice);
  void noteSendCost();
  void appendHead(std::string& out, const Choice& choice);
  Towards towards() const;
  /// False: the attempt is over.
  bool takeHead(const net::HttpHead& head, core::Nanos now);
  /// What the provider says is left of its limits counts where ours have more.
  void observeLimits(const net::HttpHead& head, core::Nanos now);
  /// Keeps a failing answer back until it is whole: another target may do better.
  void hold(const net::UpstreamConnection::Part& part);
  void releaseHeld();
  void finishHeld(core::Nanos now);
  /// True: it was no answer for the client, and the attempt is over.
  bool refusedUs(const dialect::Error& said);
  /// Of what stands in m_last, for the client should there be nothing better.
  void endHeld(const dialect::Error& said, core::Nanos now);
  /// False: what has come of the answer is not to be relayed, or not yet. `events`: of a stream, those
  /// that are whole.
  bool mayBegin(const net::UpstreamConnection::Part& part, bool stream, std::string_view events);
  std::string_view behindEarly(std::string_view body, std::string& joined) const;
  /// False: nothing of an answer has come yet. `passed`: nothing is known of its form.
  bool hasBegun(const net::UpstreamConnection::Part& part, bool stream, std::string_view events,
                bool passed);
  void beginAnswer(const net::UpstreamConnection::Part& part);
  void finishAnswer(core::Nanos now);
  /// The provider failed us: a clean error, an error event, or a cut, as far as things have gone.
  void failAttempt(int status, std::string_view type, std::string_view code,
                   const std::string& message, Fault fault = Fault::Transient);
  /// An answer that did not come whole: the head of some says all the same whose the fault is. False: it
  /// does not.
  bool failAsSaid();
  void appendOwnFields(std::string& head);
  /// Which x-ratelimit-* are ours to write.
  OwnFields ownFields() const;
  void noteFirstByte(core::Nanos now);
  /// Whole events for the client, also into what is kept.
  void writeEvents(std::string_view events);
  void endArray();
  void endEvents();
  /// The in-band error, in the client's dialect.
  void endStreamWith(int status, const dialect::ErrorBody& error);
  void refusedKey(const std::string& words);
  void refusedRequest(const std::string& words, Fault fault);
  /// What a failing answer says. `code`: its own, in OpenAI's words.
  Fault faultSaid(std::string_view code) const;
  /// An attempt that ends without an answer that could be given on. "provider 'x' ...".
  void failBy(std::string_view code, const std::string& what, Fault fault);
  /// "provider 'x' ...", without its key.
  std::string saidOf(const std::string& what) const;
  /// A failure that the provider told of in an answer of status 200, before the client was sent anything:
  /// as the status of its kind would have said it.
  void failAsTold(dialect::Error told);
  /// Ours, for a provider's 429: the provider's may be missing, or nonsense.
  void sayRetryAfter(core::Nanos now);
  /// The stream that is relayed has had its last event.
  bool streamDone() const;
  void holdBackIfSlow();

  // an answer in another dialect
  void relayTranslated(const net::UpstreamConnection::Part& part);
  void relayTranslatedEvents(const net::UpstreamConnection::Part& part, core::Nanos now);
  void beginTranslated(const net::HttpHead& head);
  void finishTranslated(core::Nanos now);
  void failTranslated(core::Nanos now);
  void breach(std::string_view what);
  void translateHeld();
  /// What the answer says that is held, in OpenAI's codes.
  dialect::Error heldError() const;

  /// Server-Timing (W3C): where the time to the first byte went, in milliseconds.
  void appendTiming(std::string& head);
  void keepAlive(core::Nanos now);
  void enter(Phase phase, std::chrono::milliseconds limit, core::Nanos now);

  // after a failed attempt, with nothing sent to the client
  /// Goes on with another target, or with the same after a pause. The attempt has ended, as what it held
  /// may be what the next one needs: another model of the same provider. False: neither is possible, and
  /// nothing was done.
  bool retry(Fault fault, core::Nanos now);
  void onPauseOver(core::Nanos now);
  /// Gives the client the answer of the last attempt.
  void giveLast(Fault fault);

  // settling
  void beginRequest();
  void endAttempt(core::Outcome outcome, Ending ending, core::Nanos now);
  core::CircuitBreaker::Report tellBreaker(core::Outcome outcome, core::Nanos now);
  void noteClosed();
  /// What is relayed has begun: if it is a probe, it went well.
  void tellProbe(core::Nanos now);
  /// Why the attempt failed, in few words; counts it.
  std::string countFailure(core::Outcome outcome);
  void coolDown(core::Nanos now);
  /// What the attempt is taken to have cost, once for each; counts it.
  std::uint64_t settleTokens(Ending ending);
  void endRequest(Ending ending);
  void logRequest(Ending ending);
  void reset();

  net::HttpConnection& m_connection;
  Worker& m_worker;
  std::shared_ptr<const route::RouteTable> m_table;  // pinned for the whole request
  const route::ClientEntry* m_client = nullptr;
  Need m_need;
  Toll m_clientToll;
  Toll m_routeToll;
  Toll m_toll;                         // the provider's, for the attempt
  std::vector<PaidRoute> m_fallbacks;  // that were asked
  std::uint64_t m_tokensUsed = 0;      // of all attempts
  const route::RouteEntry* m_route = nullptr;
  const route::RouteEntry* m_fallback = nullptr;  // whose target was asked last, if not m_route's
  const route::ProviderEntry* m_provider = nullptr;
  const route::ProviderEntry* m_firstAsked = nullptr;       // the first attempt's
  std::optional<core::CircuitBreaker::Permit> m_permit;     // held while an attempt is under way
  std::optional<core::ConcurrencyLimiter::Permit> m_place;  // as well
  dialect::ChatRequest m_request;
  Endpoint m_endpoint;
  std::string_view m_path;                     // of the request's target, below the version
  std::string_view m_query;                    // of the request's target
  Kind m_spoken = Kind::Chat;                  // to the provider of the attempt
  std::unique_ptr<Translation> m_translation;  // null: forwarded as it is
  EventArray m_array;
  const route::TargetEntry* m_waitsFor = nullptr;     // while queued
  const route::RouteEntry* m_waitsOn = nullptr;       // and its route
  const route::ProviderEntry* m_limitedBy = nullptr;  // while throttled
  std::shared_ptr<core::ConcurrencyLimiter::Waiter> m_waiter;
  std::shared_ptr<Exchange*> m_self;        // for who tells the waiter: null when it waits no more
  std::shared_ptr<Exchange*> m_asideSelf;   // the same, for who makes an answer aside
  std::string m_cacheKey;                   // empty: the answer is not to be kept
  std::shared_ptr<Exchange*> m_flightSelf;  // the same, for who tells the follower
  std::shared_ptr<cache::AnswerCache::Follower> m_follower;
  std::optional<cache::AnswerCache::Fetch> m_fetch;  // others may wait for what we do
  std::shared_ptr<cache::Answer> m_kept;             // as far as it has come
  std::string m_keptDropped;                         // of the kept answer that is given
  std::string m_early;                               // of what is no stream: no answer so far
  net::UpstreamConnection* m_upstream = nullptr;
  net::SseSplitter m_events;
  StreamWatch m_watch;
  Meter m_meter;
  std::string m_requestId;
  std::vector<const route::TargetEntry*> m_tried;  // in this round
  std::uint32_t m_attempts = 0;
  /// The answer of the last attempt, should there be no better one.
  struct Last {
    int status = 0;
    std::string fields;
    std::string body;
  };
  Last m_last;
  core::Nanos m_receivedAt = 0;
  core::Nanos m_askedAt = 0;  // when a target could first be looked for
  core::Nanos m_attemptAt = 0;
  core::Nanos m_sentAt = 0;  // the last of the request
  core::Nanos m_sendCost = 0;
  core::Nanos m_aliveAt = 0;  // the last that was no answer yet, and no silence; 0: none
  core::Nanos m_lastPartAt = 0;
  core::Nanos m_keptAliveAt = 0;  // the last comment to the client
  core::Nanos m_queuedFor = 0;
  core::Nanos m_pausedAt = 0;                  // while m_paused
  core::Nanos m_pausedFor = 0;                 // before
  core::Nanos m_deadline = core::kNever;       // of the phase
  core::Nanos m_totalDeadline = core::kNever;  // of the attempt
  std::size_t m_watchIndex = 0;                // the worker's
  int m_status = 0;                            // the provider's
  int m_answered = 0;                          // what the client was told
  core::Nanos m_firstByteAfter = 0;            // since the request came; 0: nothing has come
  core::Nanos m_notBefore = 0;                 // what the provider asked for; 0: nothing
  Phase m_phase = Phase::Idle;
  /// What the request would be refused for, if it is not its own fault.
  std::uint64_t metrics::Refusals::*m_refusedFor = nullptr;
  bool m_modelIsBare = false;    // in a form, not in JSON
  bool m_uploads = false;        // the body is sent on as it comes, and is not whole yet
  bool m_uploadChunked = false;  // in chunks
  bool m_bodyGone = false;       // what was sent is not there to be sent again
  bool m_hasKey = false;         // the client sent one, known or not
  bool m_counted = false;        // a request is counted as started and not yet as ended
  bool m_held = false;           // a failing answer is being kept in m_last
  bool m_final = false;          // its provider says that to ask again does not help
  bool m_stream = false;         // an event stream is being relayed
  bool m_paused = false;         // the client is slower than the provider
  bool m_timedOut = false;       // a time limit ended the attempt
  bool m_detached = false;       // the client has gone, others wait for the answer
  enum class Cached : std::uint8_t { None, Bypass, Miss, Hit };
  Cached m_cached = Cached::None;
};

}  // namespace sluice::exchange
