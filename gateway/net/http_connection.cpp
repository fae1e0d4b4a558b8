// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/http_connection.h"

#include <array>
#include <charconv>

namespace sluice::net {

namespace {

constexpr std::size_t kPipelineBytes = 64 * 1024;
/// With more than this unsent, no further request is answered.
constexpr std::int64_t kMostUnread = 64 * 1024;
constexpr int kLingerSeconds = 2;
/// Reads in one turn, so that who sends fast does not keep the others waiting; what is left is told of
/// again.
constexpr int kMostReads = 8;

std::array<char, 64 * 1024>& scratch() {
  thread_local std::array<char, 64 * 1024> buffer;
  return buffer;
}

}  // namespace

HttpConnection::HttpConnection(qintptr descriptor, const RequestParser::Limits& limits,
                               QObject* parent)
    : QObject(parent),
      m_socket(static_cast<int>(descriptor), *this),
      m_limits(limits),
      m_parser(limits) {}

HttpConnection::~HttpConnection() {
  m_dead = true;
  // The handler refers to this connection: it goes first, while everything is still here.
  m_handler.reset();
  closeSocket();
}

void HttpConnection::setHandler(std::unique_ptr<Handler> handler) {
  m_handler = std::move(handler);
}

void HttpConnection::onSocketWritten() {
  m_stalledSeconds = 0;
  m_quietSeconds = 0;
  if (m_dead || m_socket.unsent() > 0) return;
  if (m_closing) {
    die();
    return;
  }
  if (m_lingering) m_socket.shutdownWrite();
  if (m_busy) {
    m_handler->onDrained();
  } else {
    processHeld();
  }
}

bool HttpConnection::choked() const {
  return m_socket.unsent() > kMostUnread;
}

/// What has been left lying while there was no answering it.
void HttpConnection::processHeld() {
  if (!m_in.empty()) process({});
  if (!m_inputHeld || m_dead) return;
  m_inputHeld = false;
  onSocketReadable();
}

void HttpConnection::onSocketReadable() {
  // A request that is gathered is timed as a whole, also while its handler leaves the body lying: one
  // byte a second does not keep it alive.
  const bool gathered = m_receiving ? !m_body.empty() : !m_busy && m_parser.started();
  if (!gathered) m_quietSeconds = 0;
  auto& buffer = scratch();
  for (int reads = 0; !m_dead && reads < kMostReads; ++reads) {
    if (m_inputPaused || (m_busy ? m_in.size() >= kPipelineBytes : choked())) {
      m_inputHeld = true;
      return;
    }
    const std::int64_t n = m_socket.read(buffer.data(), buffer.size());
    if (n < 0) {
      // Who has said all still gets what it asked for, if that is there already.
      if (n == StreamSocket::kEnded && !m_busy && m_socket.unsent() > 0) {
        closeOnceSent();
      } else {
        onDisconnected();
      }
      return;
    }
    if (n == 0) return;
    if (!m_lingering && !m_closing) process({buffer.data(), static_cast<std::size_t>(n)});
    if (static_cast<std::size_t>(n) < buffer.size()) return;
  }
}

/// More of a body that the handler takes as it comes.
void HttpConnection::receive(std::string_view input) {
  const std::size_t taken = m_parser.feed(input, m_body);
  m_in.assign(input.substr(taken));
  if (m_parser.failed()) {
    m_keepAlive = false;
    m_handler->onBodyFailure(m_parser.failure());
    return;
  }
  m_receiving = !m_parser.complete();
  m_handler->onBody();
}

void HttpConnection::resumeInput() {
  if (!m_inputPaused) return;
  m_inputPaused = false;
  if (!m_inputHeld || m_dead) return;
  m_inputHeld = false;
  onSocketReadable();
}

void HttpConnection::process(std::string_view input) {
  if (m_receiving && !m_processing) {
    std::string held;
    if (!m_in.empty()) {
      m_in.append(input);
      held.swap(m_in);
      input = held;
    }
    receive(input);
    return;
  }
  if (m_busy || m_processing) {
    m_in.append(input);
    return;
  }
  m_processing = true;
  const bool buffered = !m_in.empty();
  std::string held;
  if (buffered) {
    m_in.append(input);
    held.swap(m_in);
    input = held;
  }
  while (!m_busy && !m_dead && !m_closing && !m_lingering && !choked() && !input.empty()) {
    input.remove_prefix(m_parser.feed(input, m_body));
    if (m_parser.failed()) {
      m_busy = true;
      m_keepAlive = false;
      m_handler->onBadRequest(m_parser.failure());
    } else if (m_parser.complete()) {
      m_busy = true;
      m_keepAlive = m_parser.head().keepAlive && !m_closeWhenIdle;
      m_handler->onRequest();
    } else {
      answerExpect();
      if (m_parser.headDone() && m_handler->onHead()) {
        m_busy = true;
        m_receiving = true;
        m_keepAlive = m_parser.head().keepAlive && !m_closeWhenIdle;
        m_handler->onRequest();
      }
      break;
    }
  }
  m_in.assign(input);
  m_processing = false;
}

void HttpConnection::answerExpect() {
  if (m_expectAnswered || !m_parser.headDone()) return;
  m_expectAnswered = true;
  if (m_parser.head().version < 11) return;  // it takes it for the answer (RFC 9110 10.1.1)
  const auto expect = m_parser.head().find("expect");
  if (!expect || !equalsIgnoreCase(*expect, "100-continue")) return;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  m_socket.write(kContinue);
}

std::string& HttpConnection::beginHead(int status) {
  m_unframed = status == 204 || status == 304;
  m_out.append("HTTP/1.1 ");
  appendNumber(m_out, static_cast<std::uint64_t>(status));
  m_out.append(" ").append(reasonPhrase(status)).append("\r\n");
  return m_out;
}

void HttpConnection::endHead(Framing framing, std::uint64_t length) {
  m_headSent = true;
  m_bodiless = m_unframed || request().method == "HEAD";
  // Nobody waits for the rest of the request; or it was the last.
  if (m_receiving || m_closeWhenIdle) m_keepAlive = false;
  if (m_unframed) {
    m_chunked = false;
  } else if (framing == Framing::Length) {
    m_chunked = false;
    m_out.append("Content-Length: ");
    appendNumber(m_out, length);
    m_out.append("\r\n");
  } else if (request().version >= 11) {
    m_chunked = !m_bodiless;
    m_out.append("Transfer-Encoding: chunked\r\n");
  } else {
    m_chunked = false;
    m_untilClose = !m_bodiless;
    m_keepAlive = false;
  }
  if (!m_keepAlive) {
    m_out.append("Connection: close\r\n");
  } else if (request().version < 11) {
    m_out.append("Connection: keep-alive\r\n");
  }
  m_out.append("\r\n");
}

void HttpConnection::write(std::string_view part) {
  if (part.empty() || m_dead || m_bodiless) return;
  if (m_chunked) {
    char size[16];
    const auto end = std::to_chars(size, size + sizeof size, part.size(), 16).ptr;
    m_out.append(size, end).append("\r\n").append(part).append("\r\n");
  } else {
    m_out.append(part);
  }
}

void HttpConnection::flush() {
  if (m_out.empty() || m_dead) return;
  m_socket.write(m_out);
  emptyForReuse(m_out);
  // A client that reads slowly costs what is unsent to it, and no more.
  if (m_socket.unsent() > 0) m_out.shrink_to_fit();
}

void HttpConnection::end() {
  if (m_dead) return;
  if (m_chunked) m_out.append("0\r\n\r\n");
  flush();
  m_busy = false;
  m_receiving = false;
  m_inputPaused = false;
  m_headSent = false;
  m_chunked = false;
  m_bodiless = false;
  m_expectAnswered = false;
  releaseBody();
  if (!m_keepAlive || m_closeWhenIdle) {
    finishClose();
    return;
  }
  m_parser.reset(m_limits);
  if (!m_processing) processHeld();
}

void HttpConnection::respond(int status, std::string_view fields, std::string_view contentType,
                             std::string_view body) {
  std::string& head = beginHead(status);
  appendField(head, "Content-Type", contentType);
  head.append(fields);
  endHead(Framing::Length, body.size());
  write(body);
  end();
}

void HttpConnection::finishClose() {
  if (m_parser.complete()) {
    closeOnceSent();
    return;
  }
  // Closing with unread input would reset the connection and could destroy the answer on its way:
  // say that we are done, and read what still comes until the client closes (RFC 9112 9.6).
  m_lingering = true;
  m_quietSeconds = 0;
  if (m_socket.unsent() == 0) m_socket.shutdownWrite();
}

void HttpConnection::closeOnceSent() {
  m_closing = true;
  if (m_socket.unsent() == 0) die();
}

void HttpConnection::abort() {
  if (m_dead) return;
  m_busy = false;
  die();
}

void HttpConnection::closeWhenIdle() {
  m_closeWhenIdle = true;
  // Nothing was promised to who has not even said what it wants.
  if (!m_busy && !m_parser.headDone() && !m_dead) closeOnceSent();
}

void HttpConnection::sweep(const Patience& patience) {
  if (m_dead) return;
  if (stalls() > patience.stall) {
    onDisconnected();
    return;
  }
  // One whose input is held is not told of as gone.
  if (m_inputHeld && m_busy && m_socket.peerGone()) {
    onDisconnected();
    return;
  }
  if (m_socket.unsent() > 0) return;  // it takes its answer
  if (m_busy && (!m_receiving || m_inputPaused)) return;
  ++m_quietSeconds;
  if (m_receiving) {
    if (m_quietSeconds <= patience.request) return;
    onDisconnected();
    return;
  }
  const int limit = m_lingering          ? kLingerSeconds
                    : m_parser.started() ? patience.request
                                         : patience.idle;
  if (m_quietSeconds > limit) abort();
}

/// A slow reader takes a while until the system has room for more, which is what onSocketWritten()
/// tells: what it has confirmed meanwhile counts as well.
int HttpConnection::stalls() {
  const int unconfirmed = m_socket.unsent() > 0 ? m_socket.unconfirmed() : 0;
  const bool takes = m_socket.unsent() == 0 || unconfirmed < m_unconfirmed;
  m_unconfirmed = unconfirmed;
  m_stalledSeconds = takes ? 0 : m_stalledSeconds + 1;
  return m_stalledSeconds;
}

/// An end is what tells a client that such an answer is whole: one that is cut must not have it.
void HttpConnection::closeSocket() {
  if (m_untilClose && (m_headSent || m_socket.unsent() > 0)) {
    m_socket.closeWithReset();
  } else {
    m_socket.close();
  }
}

void HttpConnection::onDisconnected() {
  if (m_dead) return;
  m_dead = true;
  closeSocket();
  if (m_busy) m_handler->onClientGone();
  emit closed();
  if (!m_kept) deleteLater();
}

void HttpConnection::die() {
  if (m_dead) return;
  m_dead = true;
  closeSocket();
  emit closed();
  deleteLater();
}

}  // namespace sluice::net
