// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>

namespace sluice::ui {

/// One window for each person and config file: who comes second asks the first to show itself, and
/// leaves. The socket is its owner's only.
class SingleInstance final : public QObject {
  Q_OBJECT
 public:
  /// `folder`: where the lock lies, made if need be. `profile`: what there is one window of.
  SingleInstance(const QString& folder, const QString& profile, QObject* parent = nullptr);

  /// True: this is the first; asked() comes from others. False: the first was asked and answered.
  /// A first one that does not answer is as good as none.
  bool claim();

 signals:
  /// Another start wants the window to be seen.
  void asked();

 private:
  bool askFirst() const;

  QString m_name;
  QLockFile m_lock;
  QLocalServer m_server;
};

}  // namespace sluice::ui
