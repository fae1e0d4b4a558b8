// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/loop.h"

#include <QCoreApplication>
#include <QEvent>

#include "gateway/net/event_dispatcher.h"

namespace sluice::net {

Loop::Loop(const char* name, std::vector<std::unique_ptr<QObject>> objects) {
  m_thread.setObjectName(QString::fromLatin1(name));
  if (auto dispatcher = makeEventDispatcher()) m_thread.setEventDispatcher(dispatcher.release());
  for (const auto& object : objects) object->moveToThread(&m_thread);
  m_thread.objects = std::move(objects);
  m_thread.start();
}

Loop::~Loop() {
  m_thread.quit();
  m_thread.ended.acquire();
  m_thread.wait();
}

void Loop::Thread::run() {
  exec();
  while (!objects.empty()) objects.pop_back();
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);  // what they left behind
  ended.release();
}

}  // namespace sluice::net
