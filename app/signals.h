// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace sluice::app {

/// SIGTERM, SIGINT and SIGHUP as Qt signals, through signalfd(2).
class Signals final : public QObject {
  Q_OBJECT
 public:
  /// Blocks the signals for this thread and all it starts: first thing in main().
  static void block();
  explicit Signals(QObject* parent = nullptr);
  ~Signals() override;

 signals:
  void terminate();
  void hangUp();

 private:
  int m_descriptor = -1;
};

}  // namespace sluice::app
