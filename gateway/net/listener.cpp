// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/listener.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace sluice::net {

namespace {

namespace fs = std::filesystem;

constexpr int kBacklog = 1024;

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

Listener::Listener(Accept accept) : m_accept(std::move(accept)), m_rest(new QTimer(this)) {
  setListenBacklogSize(kBacklog);
  m_rest->setSingleShot(true);
  m_rest->setInterval(kRest);
  connect(m_rest, &QTimer::timeout, this, &Listener::resumeAccepting);
  connect(this, &Listener::acceptError, this, [this] {
    m_rest->start();
    if (!std::exchange(m_told, true)) emit rests(errorString());
  });
}

void Listener::incomingConnection(qintptr descriptor) {
  m_told = false;
  m_accept(descriptor);
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
    QTcpServer probe;
    if (probe.listen(address, static_cast<quint16>(next))) return static_cast<std::uint16_t>(next);
  }
  return 0;
}

}  // namespace sluice::net
