// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/gemini_names.h"

namespace sluice::dialect::gemini {

std::string_view camelOf(std::string_view key, std::string& room) {
  if (key.find('_') == std::string_view::npos) return key;
  room.clear();
  bool raise = false;
  for (const char c : key) {
    if (c == '_') {
      raise = true;
      continue;
    }
    room += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    raise = false;
  }
  return room;
}

JsonValue memberOf(JsonValue object, std::string_view camel) {
  const JsonValue member = object[camel];
  if (member.exists()) return member;
  std::string snake;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      snake += '_';
      snake += static_cast<char>(c - 'A' + 'a');
    } else {
      snake += c;
    }
  }
  return object[snake];
}

}  // namespace sluice::dialect::gemini
