// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/upstream.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "gateway/net/buffer.h"
#include "gateway/net/event_dispatcher.h"
#include "gateway/net/proxy.h"

namespace sluice::net {

namespace {

constexpr ResponseParser::Limits kResponseLimits{64 * 1024, 0, false};
constexpr ResponseParser::Limits kHeadLimits{64 * 1024, 0, true};

/// In one turn, so that who sends fast does not keep the others waiting.
constexpr int kMostReads = 8;

std::array<char, 64 * 1024>& scratch() {
  thread_local std::array<char, 64 * 1024> buffer;
  return buffer;
}

ProxySetting proxyOfEnvironment(const Origin& origin) {
  return proxyFor(origin, [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  });
}

}  // namespace

UpstreamConnection::UpstreamConnection(UpstreamPool& pool, const Origin& origin)
    : QObject(pool.m_owner), m_pool(pool), m_origin(origin), m_parser(kResponseLimits) {}

UpstreamConnection::~UpstreamConnection() {
  // A socket that is destroyed while open says that it disconnected.
  if (m_tls) m_tls->disconnect(this);
}

void UpstreamConnection::connectNow() {
  std::optional<QSslConfiguration> tls;
  if (m_origin.tls && !(tls = m_pool.tlsFor(m_origin))) {
    failSoon(UpstreamFailure::Kind::Tls,
             "no certificate can be read from ca_file " + m_origin.caFile);
    return;
  }
  ProxySetting way = proxyOfEnvironment(m_origin);
  if (!way.flaw.empty()) {
    failSoon(UpstreamFailure::Kind::Connect, std::move(way.flaw));
    return;
  }
  Dial::Outcome outcome;
  outcome.made = [this, tls = std::move(tls)](int descriptor) {
    m_dial.reset();
    if (tls) {
      encrypt(descriptor, *tls);
      return;
    }
    StreamSocket::Owner& owner = *this;
    m_plain = std::make_unique<StreamSocket>(descriptor, owner);
    onConnected();
  };
  outcome.failed = [this](std::string why, bool ours) {
    fail(ours ? UpstreamFailure::Kind::Ours : UpstreamFailure::Kind::Connect, std::move(why));
  };
  m_dial = std::make_unique<Dial>(m_pool.m_resolver, std::move(way.proxy), std::move(outcome));
  m_dial->run(m_origin.host, m_origin.port);
}

void UpstreamConnection::encrypt(int descriptor, const QSslConfiguration& configuration) {
  m_tls = std::make_unique<QSslSocket>();
  m_closeNotified = false;
  m_tls->setReadBufferSize(64 * 1024);  // back-pressure
  m_tls->setSslConfiguration(configuration);
  // Whose certificate it has to be; also the name that is asked for (SNI).
  m_tls->setPeerVerifyName(QString::fromStdString(m_origin.host));
  m_tls->setSocketDescriptor(descriptor);
  QSslSocket* tls = m_tls.get();
  connect(tls, &QSslSocket::encrypted, this, &UpstreamConnection::onConnected);
  connect(tls, &QSslSocket::bytesWritten, this, &UpstreamConnection::onSocketWritten);
  // bytesWritten tells what was encrypted, this what has gone out.
  connect(tls, &QSslSocket::encryptedBytesWritten, this, &UpstreamConnection::onSocketWritten);
  connect(tls, &QSslSocket::alertReceived, this,
          [this](QSsl::AlertLevel, QSsl::AlertType type, const QString&) {
            if (type == QSsl::AlertType::CloseNotify) m_closeNotified = true;
          });
  connect(tls, &QSslSocket::newSessionTicketReceived, this,
          [this] { m_pool.rememberSession(m_origin, m_tls->sslConfiguration()); });
  connect(tls, &QSslSocket::readyRead, this, &UpstreamConnection::onReadable);
  connect(tls, &QSslSocket::disconnected, this, [this] { onSocketEnded(Ending::Clean); });
  connect(tls, &QSslSocket::errorOccurred, this, [this](QAbstractSocket::SocketError e) {
    if (m_dead) return;
    if (m_connected) {
      // Also where TLS is ended and TCP is not: then nothing is told of as disconnected.
      const bool closed = e == QAbstractSocket::RemoteHostClosedError;
      onSocketEnded(closed ? Ending::Clean : Ending::Broken);
      return;
    }
    const bool handshake = e == QAbstractSocket::SslHandshakeFailedError;
    fail(handshake ? UpstreamFailure::Kind::Tls : UpstreamFailure::Kind::Connect,
         m_tls->errorString().toStdString());
  });
  tls->startClientEncryption();
}

void UpstreamConnection::sendMore(std::string_view part, bool last) {
  if (m_dead || !m_more) return;
  m_more = !last;
  if (m_connected) {
    write(part);
  } else {
    m_out.append(part);
  }
}

std::int64_t UpstreamConnection::unsentBytes() const {
  if (!m_connected) return static_cast<std::int64_t>(m_out.size());
  if (m_plain) return m_plain->unsent();
  return m_tls->bytesToWrite() + m_tls->encryptedBytesToWrite();
}

void UpstreamConnection::write(std::string_view bytes) {
  if (m_plain) {
    m_plain->write(bytes);
  } else {
    m_tls->write(bytes.data(), static_cast<qint64>(bytes.size()));
  }
}

std::int64_t UpstreamConnection::read(char* into, std::size_t most) {
  if (m_plain) return m_plain->read(into, most);
  const qint64 n = m_tls->read(into, static_cast<qint64>(most));
  if (n > 0 || !m_ending) return n;
  // It decrypts by and by; of an ended connection the rest is wanted now.
  m_decrypting = true;
  m_tls->flush();
  m_decrypting = false;
  return m_tls->read(into, static_cast<qint64>(most));
}

bool UpstreamConnection::isOpen() const {
  return m_plain ? m_plain->isOpen() : m_tls->state() == QAbstractSocket::ConnectedState;
}

bool UpstreamConnection::isSpoilt() const {
  return m_plain ? m_plain->readPending()
                 : isReadPending(static_cast<int>(m_tls->socketDescriptor()));
}

void UpstreamConnection::onSocketWritten() {
  if (m_client && !m_decrypting && unsentBytes() == 0) m_client->onUpstreamDrained();
}

void UpstreamConnection::start(Client* client, bool more) {
  m_more = more;
  m_asksHead = m_out.starts_with("HEAD ");
  m_client = client;
  m_heard = false;
  m_headGiven = false;
  m_idleSeconds = 0;
  m_parser.reset(limits());
  if (m_connected) {
    send();
  } else {
    connectNow();
  }
}

const ResponseParser::Limits& UpstreamConnection::limits() const {
  return m_asksHead ? kHeadLimits : kResponseLimits;
}

void UpstreamConnection::send() {
  write(m_out);
  m_client->onUpstreamSent();
}

void UpstreamConnection::onConnected() {
  m_connected = true;
  if (m_tls) m_tls->setSocketOption(QAbstractSocket::LowDelayOption, 1);
  if (m_client) send();
}

void UpstreamConnection::onReadable() {
  if (m_dead || !m_connected || m_decrypting) return;
  if (m_paused) {
    m_readableWhilePaused = true;
    return;
  }
  auto& buffer = scratch();
  // A socket of Qt's does not tell again of what is left, and holds no more than one of these.
  for (int reads = 0; !m_dead && !m_paused && (!m_plain || reads < kMostReads); ++reads) {
    const std::int64_t n = read(buffer.data(), buffer.size());
    if (n < 0 && !m_ending) m_ending = n == StreamSocket::kLost ? Ending::Broken : Ending::Clean;
    if (n <= 0) break;
    if (!m_client) {
      // Bytes nobody asked for: the peer is confused, and so would be the next request.
      discard();
      return;
    }
    if (!m_heard) {
      m_heard = true;
      emptyForReuse(m_out);  // it will not be sent again
    }
    take({buffer.data(), static_cast<std::size_t>(n)});
    if (static_cast<std::size_t>(n) < buffer.size() && !m_ending) return;
  }
  if (m_dead || !m_connected) return;
  if (m_paused) {
    m_readableWhilePaused = true;
  } else if (m_ending) {
    finish(*std::exchange(m_ending, std::nullopt));
  }
}

void UpstreamConnection::take(std::string_view input) {
  std::string held;
  if (!m_in.empty()) {
    m_in.append(input);
    held.swap(m_in);
    input = held;
  }
  for (;;) {
    input.remove_prefix(m_parser.feed(input, m_body));
    if (m_parser.failed()) {
      fail(UpstreamFailure::Kind::Protocol, m_parser.failure().text);
      return;
    }
    // Interim answers (1xx) only announce the real one (RFC 9110 15.2), but for one.
    if (!m_parser.complete() || m_parser.head().status / 100 != 1) break;
    if (m_parser.head().status == 101) {
      fail(UpstreamFailure::Kind::Protocol, "it switched to another protocol, unasked");
      return;
    }
    m_parser.reset(limits());
  }
  if (!m_parser.headDone()) {
    m_in.assign(input);
    return;
  }
  const bool first = !m_headGiven;
  m_headGiven = true;
  const bool last = m_parser.complete();
  if (!last) m_in.assign(input);
  Client* client = m_client;
  if (last) {
    m_client = nullptr;
    const bool keep =
        m_parser.head().keepAlive && input.empty() && !m_more && !m_ending && isOpen();
    // The part's views are of this connection: it must not be used anew before the client has
    // seen them, so it goes back to the pool afterwards.
    client->onUpstreamPart({m_parser.head(), first, m_body, true});
    emptyForReuse(m_body);
    if (m_dead) return;
    if (keep) {
      m_pool.giveBack(this);
    } else {
      discard();
    }
  } else if (first || !m_body.empty()) {
    client->onUpstreamPart({m_parser.head(), first, m_body, false});
    emptyForReuse(m_body);
    if (m_paused) m_body.shrink_to_fit();  // maybe for long
  }
}

void UpstreamConnection::onSocketLost() {
  // It may have answered before it went, as who refuses an upload does.
  m_ending = Ending::Broken;
  onReadable();
}

void UpstreamConnection::onSocketEnded(Ending ending) {
  if (m_dead || m_ending) return;  // the first that is told says why
  if (!m_connected) {
    fail(UpstreamFailure::Kind::Connect, "the connection closed before it was made");
    return;
  }
  m_ending = ending;
  QMetaObject::invokeMethod(this, &UpstreamConnection::onReadable, Qt::QueuedConnection);
}

void UpstreamConnection::finish(Ending ending) {
  if (!m_client) {
    discard();
    return;
  }
  if (m_reused && !m_heard && m_client->onUpstreamStale()) {
    // The stale-connection race: the origin closed an idle connection as we took it. It has not
    // begun to answer, so the request goes out once more, on a fresh connection.
    m_reused = false;
    m_connected = false;
    dropSocket();
    connectNow();
    return;
  }
  // The end of the connection may be that of the answer (RFC 9112 6.3), but not when it broke, nor when
  // anybody on the way may have closed it (RFC 9112 9.8).
  const bool unsaid = m_origin.tls && ending == Ending::Clean && !m_closeNotified;
  if (ending == Ending::Clean && !unsaid) m_parser.feedEnd();
  if (m_parser.complete() && m_headGiven) {
    Client* client = std::exchange(m_client, nullptr);
    client->onUpstreamPart({m_parser.head(), false, m_body, true});
    discard();
    return;
  }
  const std::string how =
      ending == Ending::Clean ? "the connection closed " : "the connection broke ";
  fail(UpstreamFailure::Kind::Closed,
       how + (m_headGiven ? "in the middle of the answer" : "before an answer came") +
           (m_headGiven && unsaid ? ", without the close_notify that ends TLS" : ""));
}

void UpstreamConnection::fail(UpstreamFailure::Kind kind, std::string text) {
  Client* client = std::exchange(m_client, nullptr);
  discard();
  if (client) client->onUpstreamFailure({kind, std::move(text)});
}

/// Not from within start(): the caller is not ready to hear of a failure.
void UpstreamConnection::failSoon(UpstreamFailure::Kind kind, std::string text) {
  QMetaObject::invokeMethod(
      this, [this, kind, text = std::move(text)] { fail(kind, text); }, Qt::QueuedConnection);
}

void UpstreamConnection::cancel() {
  m_client = nullptr;
  discard();
}

void UpstreamConnection::pause() {
  m_paused = true;
}

void UpstreamConnection::resume() {
  if (!m_paused) return;
  m_paused = false;
  if (m_dead || !m_readableWhilePaused) return;
  m_readableWhilePaused = false;
  onReadable();
}

void UpstreamConnection::discard() {
  if (m_dead) return;
  m_dead = true;
  m_client = nullptr;
  m_pool.forget(this);
  m_dial.reset();
  dropSocket();
  deleteLater();
}

/// It may be telling us something just now.
void UpstreamConnection::dropSocket() {
  if (m_plain) {
    m_plain->close();
    m_plain.release()->deleteLater();
  }
  if (m_tls) {
    m_tls->disconnect(this);
    m_tls->abort();
    m_tls.release()->deleteLater();
  }
}

UpstreamPool::~UpstreamPool() {
  for (auto& [key, connections] : m_idle) {
    for (UpstreamConnection* connection : connections) delete connection;
  }
}

std::optional<QSslConfiguration> UpstreamPool::tlsFor(const Origin& origin) {
  auto known = m_trust.find(origin.trusted);
  if (known == m_trust.end()) {
    QSslConfiguration trust = QSslConfiguration::defaultConfiguration();
    trust.setSslOption(QSsl::SslOptionDisableSessionPersistence, false);
    if (!origin.caFile.empty()) {
      const auto certificates =
          QSslCertificate::fromPath(QString::fromStdString(origin.caFile), QSsl::Pem);
      if (certificates.isEmpty()) return std::nullopt;  // may be mended: it is read again
      trust.addCaCertificates(certificates);
    }
    known = m_trust.emplace(origin.trusted, std::move(trust)).first;
  }
  QSslConfiguration configuration = known->second;
  const auto session = m_sessions.find(origin.key);
  if (session != m_sessions.end()) configuration.setSessionTicket(session->second);
  return configuration;
}

void UpstreamPool::rememberSession(const Origin& origin, const QSslConfiguration& used) {
  m_sessions[origin.key] = used.sessionTicket();
}

UpstreamConnection& UpstreamPool::acquire(const Origin& origin) {
  auto& idle = m_idle[origin.key];
  while (!idle.empty()) {
    // The one used last is the least likely to be stale.
    UpstreamConnection* connection = idle.back();
    idle.pop_back();
    if (!connection->isSpoilt()) return *connection;
    connection->discard();
  }
  return *new UpstreamConnection(*this, origin);
}

void UpstreamPool::giveBack(UpstreamConnection* connection) {
  auto& idle = m_idle[connection->m_origin.key];
  if (idle.size() >= kMaxIdlePerOrigin) {
    connection->discard();
    return;
  }
  connection->m_reused = true;
  connection->m_paused = false;
  connection->m_idleSeconds = 0;
  idle.push_back(connection);
}

void UpstreamPool::forget(UpstreamConnection* connection) {
  const auto at = m_idle.find(connection->m_origin.key);
  if (at != m_idle.end()) std::erase(at->second, connection);
}

void UpstreamPool::sweep() {
  for (auto& [key, connections] : m_idle) {
    const auto stale = connections;
    for (UpstreamConnection* connection : stale) {
      if (++connection->m_idleSeconds > kIdleSeconds) connection->discard();
    }
  }
}

std::size_t UpstreamPool::idle() const {
  std::size_t n = 0;
  for (const auto& [key, connections] : m_idle) n += connections.size();
  return n;
}

}  // namespace sluice::net
