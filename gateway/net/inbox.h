// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <memory>

#include "gateway/core/mutex.h"

namespace sluice::net {

/// An object that takes work for its thread from any other.
///
/// What is posted runs once, in the order of posting, on the thread the object lives on, after the
/// events that were queued there before. Work that has not run when the object is destroyed is
/// destroyed with it, unrun.
class Inbox : public QObject {
  Q_OBJECT
 public:
  explicit Inbox(QObject* parent = nullptr);
  ~Inbox() override;
  /// Any thread; returns at once.
  void post(std::function<void()> work);

  /// For those who may outlive it. Any thread.
  class Address {
   public:
    /// As Inbox::post(); nothing if the inbox is gone.
    void post(std::function<void()> work);

   private:
    friend class Inbox;
    core::Mutex m_mutex{core::LockRank::Inbox};
    Inbox* m_inbox SLUICE_GUARDED_BY(m_mutex) = nullptr;
  };
  const std::shared_ptr<Address>& address() const { return m_address; }

 protected:
  void customEvent(QEvent* event) override;

 private:
  const std::shared_ptr<Address> m_address = std::make_shared<Address>();
};

}  // namespace sluice::net
