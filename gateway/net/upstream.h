// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSslConfiguration>
#include <QSslSocket>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/config/origin.h"
#include "gateway/net/address_race.h"
#include "gateway/net/dial.h"
#include "gateway/net/http_parser.h"
#include "gateway/net/stream_socket.h"

namespace sluice::net {

using config::Origin;

struct UpstreamFailure {
  enum class Kind : std::uint8_t {
    Ours,      ///< this process may open no more sockets
    Connect,   ///< name not found, refused, unreachable
    Tls,       ///< handshake or certificate
    Closed,    ///< connection lost before the answer was whole
    Protocol,  ///< what came is not HTTP we accept
  };
  Kind kind = Kind::Connect;
  std::string text;
};

class UpstreamPool;

/// One connection to an origin, at most one request at a time. Owned by its pool, confined to the
/// pool's thread.
class UpstreamConnection final : public QObject, private StreamSocket::Owner {
  Q_OBJECT
 public:
  /// One arrival of bytes of the answer.
  struct Part {
    const HttpHead& head;
    bool first;             ///< the head has just come
    std::string_view body;  ///< decoded, may be empty
    bool last;              ///< the answer is whole; the connection goes back to the pool
  };
  class Client {
   public:
    virtual ~Client() = default;
    /// Connected, and the request is handed to the system. May come again, when a stale connection
    /// was replaced.
    virtual void onUpstreamSent() = 0;
    /// A connection that was used before ended with no word of an answer. True: it was stale, and the
    /// request goes out once more on a fresh one; false: the request has failed.
    virtual bool onUpstreamStale() { return true; }
    virtual void onUpstreamPart(const Part& part) = 0;
    /// All that was handed over has gone out; only for requests sent piece by piece.
    virtual void onUpstreamDrained() {}
    /// The answer will not be whole. The connection is already gone.
    virtual void onUpstreamFailure(const UpstreamFailure& failure) = 0;
  };

  UpstreamConnection(UpstreamPool& pool, const Origin& origin);
  ~UpstreamConnection() override;

  /// Where to write the request before start(): empty, with its capacity kept.
  std::string& requestBuffer() { return m_out; }
  /// Sends the request buffer, connecting first where needed. `client` hears of the answer, until
  /// its last part, its failure, or cancel().
  /// `more`: the request goes on with sendMore(); such a one is never sent again by itself.
  void start(Client* client, bool more = false);
  /// `last`: that was all.
  void sendMore(std::string_view part, bool last);
  /// Bytes handed over that the system has not taken yet.
  std::int64_t unsentBytes() const;
  /// Closes the connection at once; the client hears no more.
  void cancel();
  /// Back-pressure: reads no more until resume(). Both are idempotent.
  void pause();
  void resume();

  bool connected() const { return m_connected; }

 private:
  friend class UpstreamPool;
  void connectNow();
  void encrypt(int descriptor, const QSslConfiguration& configuration);
  const ResponseParser::Limits& limits() const;
  void send();
  void write(std::string_view bytes);
  std::int64_t read(char* into, std::size_t most);
  bool isOpen() const;
  /// While it is idle: it has ended, or says what nobody asked for, as the loop knows and has not told.
  bool isSpoilt() const;
  void dropSocket();
  void onConnected();
  void onReadable();
  void onSocketReadable() override { onReadable(); }
  void onSocketWritten() override;
  void onSocketLost() override;
  /// No more comes. Clean: the connection was closed; else it broke.
  enum class Ending : std::uint8_t { Clean, Broken };
  /// What Qt's socket tells, maybe from within a read or a write of ours.
  void onSocketEnded(Ending ending);
  /// Once all that came before has been taken.
  void finish(Ending ending);
  void take(std::string_view input);
  void fail(UpstreamFailure::Kind kind, std::string text);
  void failSoon(UpstreamFailure::Kind kind, std::string text);
  void discard();

  UpstreamPool& m_pool;
  Origin m_origin;
  std::unique_ptr<Dial> m_dial;  // while connecting
  std::unique_ptr<StreamSocket> m_plain;
  std::unique_ptr<QSslSocket> m_tls;  // instead of it
  ResponseParser m_parser;
  Client* m_client = nullptr;
  std::string m_out;
  std::string m_in;
  std::string m_body;
  std::optional<Ending> m_ending;  // told of, and not finished yet
  int m_idleSeconds = 0;
  bool m_more = false;  // the request is not whole yet
  bool m_asksHead = false;
  bool m_connected = false;
  bool m_reused = false;  // has carried a request before
  bool m_heard = false;   // a byte of the current answer has come
  bool m_headGiven = false;
  bool m_paused = false;
  bool m_readableWhilePaused = false;
  bool m_decrypting = false;     // what its socket tells meanwhile is known already
  bool m_closeNotified = false;  // the origin has said that it ends, within TLS
  bool m_dead = false;
};

/// Keep-alive connections and TLS sessions of one worker, by origin. Confined to one thread.
class UpstreamPool final {
 public:
  static constexpr std::size_t kMaxIdlePerOrigin = 1024;
  static constexpr int kIdleSeconds = 20;

  explicit UpstreamPool(QObject* owner, Resolver resolver = systemResolver())
      : m_owner(owner), m_resolver(std::move(resolver)) {}
  ~UpstreamPool();

  /// An idle connection, or a new one that connects at start().
  UpstreamConnection& acquire(const Origin& origin);
  /// A new one.
  UpstreamConnection& open(const Origin& origin) { return *new UpstreamConnection(*this, origin); }
  /// Once a second: closes what has been idle for kIdleSeconds.
  void sweep();
  std::size_t idle() const;

 private:
  friend class UpstreamConnection;
  /// What a connection to that origin is to begin its handshake with: whom to trust (files are read
  /// once), and the session of an earlier one (RFC 8446 2.2). Empty: the origin's ca_file holds no
  /// certificate that can be read.
  std::optional<QSslConfiguration> tlsFor(const Origin& origin);
  void rememberSession(const Origin& origin, const QSslConfiguration& used);
  void giveBack(UpstreamConnection* connection);
  void forget(UpstreamConnection* connection);

  QObject* m_owner;
  const Resolver m_resolver;
  std::unordered_map<std::string, std::vector<UpstreamConnection*>> m_idle;
  std::unordered_map<std::string, QSslConfiguration> m_trust;  // by Origin::trusted
  std::unordered_map<std::string, QByteArray> m_sessions;
};

}  // namespace sluice::net
