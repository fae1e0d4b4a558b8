// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/desktop/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace sluice::ui {

namespace {

constexpr int kAnswerMs = 2'000;
constexpr char kAsk = 'r';
constexpr char kAnswer = 'k';

QString nameOf(const QString& folder, const QString& profile) {
  const QByteArray key = QDir::cleanPath(folder).toUtf8() + '\0' + profile.toUtf8();
  return QStringLiteral("sluice-") +
         QString::fromLatin1(
             QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex().left(20));
}

QString lockFile(const QString& folder, const QString& name) {
  QDir().mkpath(folder);
  return folder + QLatin1Char('/') + name + QStringLiteral(".lock");
}

}  // namespace

SingleInstance::SingleInstance(const QString& folder, const QString& profile, QObject* parent)
    : QObject(parent), m_name(nameOf(folder, profile)), m_lock(lockFile(folder, m_name)) {
  m_lock.setStaleLockTime(
      0);  // held for as long as the program runs; one of a dead program is taken
  m_server.setSocketOptions(QLocalServer::UserAccessOption);
  connect(&m_server, &QLocalServer::newConnection, this, [this] {
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
      connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
      connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
        if (!socket->readAll().contains(kAsk)) return;
        socket->write(&kAnswer, 1);
        socket->flush();
        socket->disconnectFromServer();
        emit asked();
      });
    }
  });
}

bool SingleInstance::claim() {
  if (!m_lock.tryLock() && askFirst()) return false;
  QLocalServer::removeServer(m_name);  // of a program that ended badly
  m_server.listen(m_name);
  return true;
}

bool SingleInstance::askFirst() const {
  QLocalSocket socket;
  socket.connectToServer(m_name);
  if (!socket.waitForConnected(kAnswerMs)) return false;
  socket.write(&kAsk, 1);
  if (!socket.waitForBytesWritten(kAnswerMs) || !socket.waitForReadyRead(kAnswerMs)) return false;
  return socket.readAll().contains(kAnswer);
}

}  // namespace sluice::ui
