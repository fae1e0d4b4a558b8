// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/net/buffer.h"
#include "gateway/net/http_parser.h"
#include "gateway/net/stream_socket.h"

namespace sluice::net {

/// The server's side of one HTTP/1.1 connection: reads requests one at a time (pipelined ones
/// wait), and writes the answers its handler gives. Confined to the thread it was made on.
///
/// Life: deletes itself, later, when the connection is over, unless its handler asks in
/// onClientGone() to keep() it; closed() is emitted exactly once before. The handler is owned and lives
/// as long as the connection.
class HttpConnection final : public QObject, private StreamSocket::Owner {
  Q_OBJECT
 public:
  /// What a connection serves. Calls come from the connection's event loop.
  class Handler {
   public:
    virtual ~Handler() = default;
    /// A whole request is in request() and body(). Answer now or later, with beginHead() .. end().
    virtual void onRequest() = 0;
    /// What came is not HTTP we accept. Answer with failure.status; the connection then closes.
    virtual void onBadRequest(const ParseFailure& failure) = 0;
    /// The head is in request(), and not all of the body has come. True: the body is wanted as it
    /// comes. onRequest() is then called at once, with what of it is in body(), and onBody() for more.
    virtual bool onHead() { return false; }
    /// More was appended to body(), which the handler empties as it likes; bodyComplete() tells whether
    /// that was all. Not called once the answer has ended.
    virtual void onBody() {}
    /// The rest of the body is not HTTP we accept. The connection closes after the answer.
    virtual void onBodyFailure(const ParseFailure&) {}
    /// The client left while an answer was due. Nothing can be written any more.
    virtual void onClientGone() = 0;
    /// The server stops while an answer is due: what can still be said is said now.
    virtual void onStop() {}
    /// What was unsent has gone out: unsentBytes() is 0 again.
    virtual void onDrained() {}
  };

  /// Takes over an accepted socket.
  HttpConnection(qintptr descriptor, const RequestParser::Limits& limits,
                 QObject* parent = nullptr);
  ~HttpConnection() override;
  void setHandler(std::unique_ptr<Handler> handler);
  /// Limits for requests that begin from now on.
  void setLimits(const RequestParser::Limits& limits) { m_limits = limits; }

  const HttpHead& request() const { return m_parser.head(); }
  /// The decoded body; the handler may change it or take it. Valid until releaseBody() or end().
  std::string& body() { return m_body; }
  /// The body has been used; an answer may go on for minutes.
  void releaseBody() { emptyForReuse(m_body); }

  /// False only while a body comes in that onHead() asked for.
  bool bodyComplete() const { return !m_receiving; }
  /// Back-pressure on such a body. Both are idempotent.
  void pauseInput() { m_inputPaused = true; }
  void resumeInput();
  bool inputPaused() const { return m_inputPaused; }

  enum class Framing : std::uint8_t {
    Length,  ///< Content-Length is known
    Stream,  ///< chunked, or until close for HTTP/1.0 clients
  };
  /// Starts the answer; append fields ("name: value\r\n") to what is returned, then endHead().
  /// Content-Length, Transfer-Encoding and Connection are written by endHead().
  std::string& beginHead(int status);
  void endHead(Framing framing, std::uint64_t length = 0);
  /// Appends to the answer; it goes out at flush() or end(). Of an answer to HEAD nothing does.
  void write(std::string_view part);
  void flush();
  /// The answer is whole. The next request may follow at once.
  void end();
  /// Head, body and end in one write.
  void respond(int status, std::string_view fields, std::string_view contentType,
               std::string_view body);
  /// Cuts the connection, so that the client cannot take what it got for a whole answer.
  void abort();

  /// It is over, but not to be deleted: request() and body() stay, what is written goes nowhere. The
  /// owner deletes it.
  void keep() { m_kept = true; }

  bool headSent() const { return m_headSent; }
  /// Bytes handed to flush() that the system has not taken yet.
  std::int64_t unsentBytes() const { return m_socket.unsent(); }
  /// No more requests after the current one; an idle connection closes at once.
  void closeWhenIdle();
  /// The connection is about to be deleted; its handler may say so.
  void stop() {
    m_closeWhenIdle = true;
    if (m_busy && !m_dead) m_handler->onStop();
  }
  /// No more requests after the first.
  void closeAfterOne() { m_closeWhenIdle = true; }
  struct Patience {
    int idle;  ///< seconds without a request
    /// Seconds for one request to come in, head and body; of a body that the handler takes as it comes,
    /// without a byte of it.
    int request;
    int stall;  ///< seconds in which a client takes nothing of its answer
  };
  /// Once a second, by the owner: cuts what has tried its patience.
  void sweep(const Patience& patience);

 signals:
  void closed();

 private:
  void onSocketReadable() override;
  void onSocketWritten() override;
  void onSocketLost() override { onDisconnected(); }
  void onDisconnected();
  void process(std::string_view input);
  /// The client asks and does not read what it is answered.
  bool choked() const;
  /// Seconds for which it has taken nothing of its answer; to be asked once a second.
  int stalls();
  void processHeld();
  void receive(std::string_view input);
  void answerExpect();
  void finishClose();
  void closeSocket();
  void closeOnceSent();
  void die();

  StreamSocket m_socket;
  RequestParser::Limits m_limits;
  RequestParser m_parser;
  std::unique_ptr<Handler> m_handler;
  std::string m_in;  // bytes behind the current request
  std::string m_body;
  std::string m_out;  // not handed to the socket yet
  int m_quietSeconds = 0;
  int m_stalledSeconds = 0;
  int m_unconfirmed = 0;      // as it was last seen
  bool m_busy = false;        // a request is with the handler
  bool m_processing = false;  // process() is on the stack
  bool m_receiving = false;   // the handler takes the body as it comes
  bool m_inputPaused = false;
  bool m_headSent = false;
  bool m_chunked = false;
  bool m_bodiless = false;    // the answer is one to HEAD (RFC 9110 9.3.2), or:
  bool m_unframed = false;    // 204 or 304, which tell of no length either (RFC 9112 6.3)
  bool m_untilClose = false;  // where the answer ends only the end of the connection tells
  bool m_keepAlive = true;
  bool m_closeWhenIdle = false;
  bool m_closing = false;    // once all has gone out
  bool m_lingering = false;  // answered a request that was not read whole; reading on to nowhere
  bool m_inputHeld = false;  // enough is buffered: the socket is left unread
  bool m_expectAnswered = false;
  bool m_dead = false;
  bool m_kept = false;
};

}  // namespace sluice::net
