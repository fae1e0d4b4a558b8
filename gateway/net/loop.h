// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThread>
#include <memory>
#include <semaphore>
#include <vector>

namespace sluice::net {

/// A thread that runs our event loop, and the objects that live on it.
///
/// Made and destroyed on one thread. Destroying it ends the loop after the event under way, deletes
/// the objects on their thread, last given first, and waits for all that.
class Loop {
 public:
  /// Takes the objects, which must have no parent and live on the calling thread, and starts.
  Loop(const char* name, std::vector<std::unique_ptr<QObject>> objects);
  template <class... Objects>
  static std::unique_ptr<Loop> with(const char* name, std::unique_ptr<Objects>... objects) {
    std::vector<std::unique_ptr<QObject>> all;
    (all.push_back(std::move(objects)), ...);
    return std::make_unique<Loop>(name, std::move(all));
  }
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
  class Thread final : public QThread {
   public:
    std::vector<std::unique_ptr<QObject>> objects;
    std::binary_semaphore ended{0};

   private:
    void run() override;
  };
  Thread m_thread;
};

}  // namespace sluice::net
