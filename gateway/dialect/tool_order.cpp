// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/tool_order.h"

namespace sluice::dialect {

namespace {

Breach incomplete(std::string_view name) {
  return {"the arguments of the call of '" + std::string(name) + "' are not a JSON object"};
}

}  // namespace

ToolOrder::Item* ToolOrder::find(std::uint64_t key) {
  for (std::size_t i = m_items.size(); i-- > 0;) {
    if (m_items[i].type == StreamEvent::Type::ToolStart && m_items[i].key == key) {
      return &m_items[i];
    }
  }
  return nullptr;
}

bool ToolOrder::knows(std::uint64_t key) const {
  return const_cast<ToolOrder*>(this)->find(key) != nullptr;
}

bool ToolOrder::mayEnd() const {
  const Item& item = m_items[m_open];
  return item.whole || item.shape.state() == JsonShape::State::Complete;
}

void ToolOrder::endOpen(EventSink& sink) {
  sink.on({.type = StreamEvent::Type::ToolEnd});
  ++m_open;
}

std::optional<Breach> ToolOrder::hold(Item& item, std::string_view text) {
  m_held += text.size();
  if (m_held > kMostHeld) return Breach{"calls are interleaved, and too long to be put in order"};
  item.held += text;
  return std::nullopt;
}

std::optional<Breach> ToolOrder::advance(EventSink& sink) {
  while (isOpen()) {
    Item& item = m_items[m_open];
    if (item.type != StreamEvent::Type::ToolStart) {
      sink.on({.type = item.type, .text = item.held});
      m_held -= item.held.size();
      m_items.erase(m_items.begin() + static_cast<std::ptrdiff_t>(m_open));
      continue;
    }
    sink.on({.type = StreamEvent::Type::ToolStart,
             .id = item.id,
             .name = item.name,
             .signature = item.signature});
    if (!item.held.empty()) {
      sink.on({.type = StreamEvent::Type::ToolArguments, .text = item.held});
      m_held -= item.held.size();
      std::string().swap(item.held);
    }
    // The last one stays open: more of it may come, or nothing.
    if (m_open + 1 == m_items.size() && !item.whole) break;
    if (!mayEnd()) break;
    endOpen(sink);
  }
  return std::nullopt;
}

std::optional<Breach> ToolOrder::start(std::uint64_t key, std::string_view id,
                                       std::string_view name, std::string_view signature,
                                       EventSink& sink) {
  if (m_items.size() >= kMostCalls) return Breach{"there are too many calls of tools"};
  if (isOpen() && m_open + 1 == m_items.size() && mayEnd()) endOpen(sink);
  const bool opens = !isOpen();
  m_items.push_back({StreamEvent::Type::ToolStart,
                     key,
                     std::string(id),
                     std::string(name),
                     std::string(signature),
                     {},
                     {},
                     false});
  return opens ? advance(sink) : std::nullopt;
}

std::optional<Breach> ToolOrder::arguments(std::uint64_t key, std::string_view text,
                                           EventSink& sink) {
  Item* item = find(key);
  if (text.empty()) return std::nullopt;
  item->shape.feed(text);
  if (item->shape.state() == JsonShape::State::Wrong || item->whole) {
    return incomplete(item->name);
  }
  const auto index = static_cast<std::size_t>(item - m_items.data());
  if (index < m_open) return std::nullopt;  // blanks behind a complete object
  if (index > m_open) return hold(*item, text);
  sink.on({.type = StreamEvent::Type::ToolArguments, .text = text});
  if (m_open + 1 < m_items.size() && mayEnd()) {
    endOpen(sink);
    return advance(sink);
  }
  return std::nullopt;
}

std::optional<Breach> ToolOrder::text(StreamEvent::Type type, std::string_view text,
                                      EventSink& sink) {
  if (text.empty()) return std::nullopt;
  if (isOpen() && m_open + 1 == m_items.size() && mayEnd()) endOpen(sink);
  if (!isOpen()) {
    sink.on({.type = type, .text = text});
    return std::nullopt;
  }
  if (m_items.back().type != type) {
    if (m_items.size() >= kMostCalls) return Breach{"there are too many calls of tools"};
    m_items.push_back({type, 0, {}, {}, {}, {}, {}, false});
  }
  return hold(m_items.back(), text);
}

std::optional<Breach> ToolOrder::end(std::uint64_t key, EventSink& sink) {
  Item* item = find(key);
  if (item->shape.state() == JsonShape::State::Within) return incomplete(item->name);
  item->whole = true;
  if (static_cast<std::size_t>(item - m_items.data()) != m_open) return std::nullopt;
  endOpen(sink);
  return advance(sink);
}

std::optional<Breach> ToolOrder::finish(bool cut, EventSink& sink) {
  while (isOpen()) {
    const Item& item = m_items[m_open];
    const bool within = item.shape.state() == JsonShape::State::Within;
    if (within && !(cut && m_open + 1 == m_items.size())) return incomplete(item.name);
    endOpen(sink);
    if (auto breach = advance(sink)) return breach;
  }
  return std::nullopt;
}

}  // namespace sluice::dialect
