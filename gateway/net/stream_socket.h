// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/net/send_queue.h"

namespace sluice::net {

/// A connected stream socket that reads straight into its owner's buffer and writes straight from it.
/// Confined to the thread it was made on. It is its own notifier, so that a wake-up touches one object:
/// with thousands of connections it is cold memory that a read or a write costs.
///
/// Not Qt's own: QAbstractSocket takes five objects for the same, and when it finds its peer gone in a
/// write it closes itself and tells nobody.
class StreamSocket final : public QSocketNotifier {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// There is something to read, or the end. It comes again as long as that is read in part, and
    /// not before the next read() when it is not read at all.
    virtual void onSocketReadable() = 0;
    /// Some of what was unsent() has gone out.
    virtual void onSocketWritten() = 0;
    /// A write has found the peer gone; at most once, and never from within write(). What it said
    /// before can still be read.
    virtual void onSocketLost() = 0;
  };

  /// Takes over a connected descriptor, and closes it in the end. The owner outlives the socket.
  StreamSocket(int descriptor, Owner& owner);
  ~StreamSocket() override;

  static constexpr std::int64_t kEnded = -1;  ///< the peer has said all
  static constexpr std::int64_t kLost = -2;   ///< the connection broke
  /// Bytes read; 0: nothing there now; kEnded; kLost.
  std::int64_t read(char* into, std::size_t most);
  /// What the system does not take is kept, and goes out by and by.
  void write(std::string_view bytes);
  /// Bytes that are kept.
  std::int64_t unsent() const { return static_cast<std::int64_t>(m_unsent.size()); }
  /// Bytes of memory that keep them.
  std::size_t unsentMemory() const { return m_unsent.memory(); }
  /// Bytes that the system has taken and the peer's has not confirmed: fewer than a while ago means
  /// that the peer reads.
  int unconfirmed() const;
  /// Asks the system whether the peer has ended or is lost, with whatever it sent before still unread.
  bool peerGone() const;
  /// Whether the loop is about to tell its owner of something to read, or the end; see isReadPending().
  bool readPending() const;
  /// No more will be written; the peer reads an end.
  void shutdownWrite();
  /// At once, with what is unsent. The owner hears no more. Idempotent.
  void close();
  /// The same, but the peer reads no end: its connection breaks.
  void closeWithReset();
  bool isOpen() const { return m_descriptor >= 0; }

 protected:
  bool event(QEvent* event) override;

 private:
  void onWritable();

  Owner& m_owner;
  int m_descriptor;
  SendQueue m_unsent;
  std::unique_ptr<QSocketNotifier> m_writable;  // made when it is first needed
  bool m_read = false;                          // since the last wake-up
  bool m_lost = false;
};

}  // namespace sluice::net
