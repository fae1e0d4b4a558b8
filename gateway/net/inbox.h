// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

namespace sluice::net {

/// An object that takes work for its thread from any other.
///
/// What is posted runs once, in the order of posting, on the thread the object lives on, after the
/// events that were queued there before. Work that has not run when the object is destroyed is
/// destroyed with it, unrun.
class Inbox : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  /// Any thread; returns at once.
  void post(std::function<void()> work);

 protected:
  void customEvent(QEvent* event) override;
};

}  // namespace sluice::net
