// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <QSocketNotifier>
#include <csignal>

namespace sluice::app {

namespace {
sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}
}  // namespace

void Signals::block() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that closes shows as an error of the write.
  std::signal(SIGPIPE, SIG_IGN);
  // So does a file that may not grow (ulimit -f).
  std::signal(SIGXFSZ, SIG_IGN);
}

Signals::Signals(QObject* parent) : QObject(parent) {
  const sigset_t set = watched();
  m_descriptor = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  auto* notifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Read, this);
  connect(notifier, &QSocketNotifier::activated, this, [this] {
    signalfd_siginfo info{};
    while (::read(m_descriptor, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGHUP) {
        emit hangUp();
      } else {
        emit terminate();
      }
    }
  });
}

Signals::~Signals() {
  ::close(m_descriptor);
}

}  // namespace sluice::app
