// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "gateway/net/event_dispatcher.h"
#include "gateway/net/socket_address.h"

namespace sluice::net {

namespace {

namespace fs = std::filesystem;

/// In one turn, so that a flood of connections does not keep what else the loop does waiting.
constexpr int kMostAccepts = 64;
/// A shortage that comes and goes is told of once.
constexpr int kTellAgainMs = 60'000;

/// A socket that listens; -1: none, as errno tells.
int openListening(const QHostAddress& address, std::uint16_t port) {
  const SocketAddress at(address, port);
  if (at.empty()) {
    errno = EADDRNOTAVAIL;
    return -1;
  }
  const int descriptor = ::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Whoever wants both families listens on both; what the system would do otherwise is its setting.
  if (at.family() == AF_INET6) {
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (::bind(descriptor, at.data(), at.size()) == 0 &&
      ::listen(descriptor, Listener::kBacklog) == 0) {
    return descriptor;
  }
  const int why = errno;  // closing may change it
  ::close(descriptor);
  errno = why;
  return -1;
}

std::uint16_t portOf(int descriptor) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &size) != 0) return 0;
  return ntohs(at.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(at).sin6_port
                                        : reinterpret_cast<const sockaddr_in&>(at).sin_port);
}

/// Inodes of sockets that listen on `port` (proc(5), /proc/net/tcp).
std::set<std::string> listeningInodes(std::uint16_t port) {
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
      fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
          timeout >> inode;
      const std::size_t colon = local.rfind(':');
      if (state != "0A" || colon == std::string::npos) continue;
      unsigned found = 0;
      std::from_chars(local.data() + colon + 1, local.data() + local.size(), found, 16);
      if (found == port) inodes.insert("socket:[" + inode + "]");
    }
  }
  return inodes;
}

}  // namespace

Listener::Listener(Accept accept, QObject* parent)
    : QObject(parent), m_accept(std::move(accept)), m_rest(this) {
  m_rest.setSingleShot(true);
  m_rest.setInterval(kRestMs);
  connect(&m_rest, &QTimer::timeout, this, [this] {
    m_ready->setEnabled(true);
    acceptSome();
  });
}

Listener::~Listener() {
  if (m_descriptor < 0) return;
  m_ready->setEnabled(false);
  closeWatched(m_descriptor);
}

bool Listener::listen(const QHostAddress& address, std::uint16_t port) {
  m_descriptor = openListening(address, port);
  if (m_descriptor < 0) {
    m_error = errno;
    return false;
  }
  m_port = portOf(m_descriptor);
  m_ready = new QSocketNotifier(m_descriptor, QSocketNotifier::Read, this);
  connect(m_ready, &QSocketNotifier::activated, this, &Listener::acceptSome);
  return true;
}

QString Listener::errorString() const {
  return QString::fromLocal8Bit(std::strerror(m_error));
}

void Listener::acceptSome() {
  for (int i = 0; i < kMostAccepts; ++i) {
    const int descriptor = ::accept4(m_descriptor, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) {
      m_accept(descriptor);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return;
      // What has befallen that one connection, which has left the queue (accept(2)).
      case EINTR:
      case ECONNABORTED:
      case EPERM:
      case EPROTO:
      case ENOPROTOOPT:
      case EOPNOTSUPP:
      case ENETDOWN:
      case ENETUNREACH:
      case EHOSTDOWN:
      case EHOSTUNREACH:
      case ENONET:
        break;
      default:  // no descriptors (EMFILE, ENFILE), no memory (ENOBUFS, ENOMEM)
        rest(errno);
        return;
    }
  }
}

void Listener::rest(int why) {
  m_ready->setEnabled(false);
  m_rest.start();
  if (m_told.hasExpired()) {
    qWarning("connections to port %d have to wait: %s", m_port, std::strerror(why));
  }
  m_told.setRemainingTime(kTellAgainMs);
}

void Listener::drop(qintptr descriptor) {
  ::close(static_cast<int>(descriptor));
}

std::string portOwner(std::uint16_t port) {
  const auto inodes = listeningInodes(port);
  if (inodes.empty()) return {};
  std::error_code ec;
  for (const auto& process : fs::directory_iterator("/proc", ec)) {
    const std::string pid = process.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code denied;
    for (const auto& fd : fs::directory_iterator(process.path() / "fd", denied)) {
      std::error_code gone;
      if (!inodes.contains(fs::read_symlink(fd.path(), gone).string())) continue;
      std::ifstream comm(process.path() / "comm");
      std::string name;
      std::getline(comm, name);
      return name + " (pid " + pid + ")";
    }
  }
  return {};
}

std::uint16_t nextFreePort(const std::string& host, std::uint16_t port) {
  const QHostAddress address(QString::fromStdString(host));
  for (unsigned next = port + 1u; next <= 65'535 && next <= port + 100u; ++next) {
    const int probe = openListening(address, static_cast<std::uint16_t>(next));
    if (probe < 0) continue;
    ::close(probe);
    return static_cast<std::uint16_t>(next);
  }
  return 0;
}

}  // namespace sluice::net
