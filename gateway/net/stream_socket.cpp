// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/stream_socket.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <QEvent>
#include <cerrno>
#include <utility>

#include "gateway/net/event_dispatcher.h"

namespace sluice::net {

namespace {

/// What the system took; -1: the peer is gone.
template <typename Call>
std::int64_t sent(Call call) {
  for (;;) {
    const ssize_t n = call();
    if (n >= 0) return n;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
  }
}

}  // namespace

StreamSocket::StreamSocket(int descriptor, Owner& owner)
    : QSocketNotifier(descriptor, QSocketNotifier::Read), m_owner(owner), m_descriptor(descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watchEdges(*this);
}

StreamSocket::~StreamSocket() {
  close();
}

bool StreamSocket::event(QEvent* event) {
  if (event->type() != QEvent::SockAct) return QSocketNotifier::event(event);
  m_read = false;
  m_owner.onSocketReadable();
  // Back-pressure: whoever does not read is not woken for it again and again.
  if (!m_read) setEnabled(false);
  return true;
}

std::int64_t StreamSocket::read(char* into, std::size_t most) {
  if (!isOpen()) return kEnded;
  m_read = true;
  if (!isEnabled()) setEnabled(true);
  for (;;) {
    const ssize_t n = ::recv(m_descriptor, into, most, 0);
    if (n > 0) {
      if (static_cast<std::size_t>(n) == most) tellAgain(m_descriptor);
      return n;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
    setEnabled(false);                          // it has been told
    return n == 0 && !m_lost ? kEnded : kLost;  // the system tells of a loss once
  }
}

void StreamSocket::write(std::string_view bytes) {
  if (!isOpen() || m_lost) return;
  if (m_unsent.empty()) {
    const std::int64_t taken =
        sent([&] { return ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (taken < 0) {
      m_lost = true;
      QMetaObject::invokeMethod(
          this,
          [this] {
            if (isOpen()) m_owner.onSocketLost();
          },
          Qt::QueuedConnection);
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
  if (bytes.empty()) return;
  m_unsent.append(bytes);
  if (!m_writable) {
    m_writable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &StreamSocket::onWritable);
  }
  m_writable->setEnabled(true);
}

void StreamSocket::onWritable() {
  SendQueue::Parts parts;
  const std::span<iovec> front = m_unsent.front(parts);
  msghdr message{};
  message.msg_iov = front.data();
  message.msg_iovlen = front.size();
  const std::int64_t taken = sent([&] { return ::sendmsg(m_descriptor, &message, MSG_NOSIGNAL); });
  if (taken < 0) {
    m_lost = true;
    m_writable->setEnabled(false);
    m_owner.onSocketLost();
    return;
  }
  m_unsent.dropFront(static_cast<std::size_t>(taken));
  if (m_unsent.empty()) m_writable->setEnabled(false);
  if (taken > 0) m_owner.onSocketWritten();
}

int StreamSocket::unconfirmed() const {
  int bytes = 0;
  return isOpen() && ::ioctl(m_descriptor, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

bool StreamSocket::peerGone() const {
  pollfd at{m_descriptor, POLLRDHUP, 0};
  return isOpen() && ::poll(&at, 1, 0) > 0;
}

bool StreamSocket::readPending() const {
  return isReadPending(m_descriptor);
}

void StreamSocket::shutdownWrite() {
  if (isOpen()) ::shutdown(m_descriptor, SHUT_WR);
}

void StreamSocket::closeWithReset() {
  const linger none{1, 0};
  if (isOpen()) ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close();
}

void StreamSocket::close() {
  if (!isOpen()) return;
  setEnabled(false);
  if (m_writable) m_writable->setEnabled(false);
  closeWatched(std::exchange(m_descriptor, -1));
  m_unsent.clear();
}

}  // namespace sluice::net
