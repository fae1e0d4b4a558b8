// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/conversation.h"
#include "gateway/dialect/json_shape.h"

namespace sluice::dialect {

/// Puts the steps of an answer in the order StreamEvent promises, where a dialect may interleave calls.
/// A call that comes while another's arguments are not complete is held until they are; so is what
/// comes behind it. A stream that tells one thing after the other is never held, but behind a call
/// whose arguments have not begun. Confined to one thread.
class ToolOrder {
 public:
  /// Of arguments held at a time, in bytes; and of calls in an answer.
  static constexpr std::size_t kMostHeld = 4 * 1024 * 1024;
  static constexpr std::size_t kMostCalls = 1024;

  /// `key`: the dialect's own number for the call. No call of that key was started before. `signature`
  /// may be empty.
  std::optional<Breach> start(std::uint64_t key, std::string_view id, std::string_view name,
                              std::string_view signature, EventSink& sink);
  bool knows(std::uint64_t key) const;
  /// Any call was started.
  bool any() const { return !m_items.empty(); }
  std::optional<Breach> arguments(std::uint64_t key, std::string_view text, EventSink& sink);
  /// Text, Refusal, Reasoning: given at once, or held behind an open call.
  std::optional<Breach> text(StreamEvent::Type type, std::string_view text, EventSink& sink);
  /// The call is known to be complete.
  std::optional<Breach> end(std::uint64_t key, EventSink& sink);
  /// The answer is: gives all that is held. `cut`: by its length, so that the last call's arguments may
  /// be incomplete.
  std::optional<Breach> finish(bool cut, EventSink& sink);

 private:
  struct Item {
    StreamEvent::Type type;  ///< ToolStart, or of a text that is held
    std::uint64_t key = 0;
    std::string id;
    std::string name;
    std::string signature;
    std::string held;
    JsonShape shape;
    bool whole = false;  ///< end() was said
  };
  Item* find(std::uint64_t key);
  bool isOpen() const { return m_open < m_items.size(); }
  /// Whether the open call may be ended.
  bool mayEnd() const;
  void endOpen(EventSink& sink);
  /// Opens the first item that waits, gives what it holds, and goes on while that is complete.
  std::optional<Breach> advance(EventSink& sink);
  std::optional<Breach> hold(Item& item, std::string_view text);

  std::vector<Item> m_items;  // those before m_open have ended
  std::size_t m_open = 0;     // the open one; m_items.size(): none
  std::size_t m_held = 0;
};

}  // namespace sluice::dialect
