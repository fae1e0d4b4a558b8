// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::dialect {

/// Writes JSON text behind what a string holds, with commas and escapes where they belong; that members
/// and values follow each other as they must is the caller's part. Text must be UTF-8 (what JsonTree read
/// is). Allocates nothing once the string has room. Escapes and numbers are RapidJSON's; its levels are
/// not used, for they cost an allocation. Confined to one thread.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : m_stream{&out}, m_text(m_stream) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& beginObject() { return begin('{'); }
  JsonWriter& endObject() { return end('}'); }
  JsonWriter& beginArray() { return begin('['); }
  JsonWriter& endArray() { return end(']'); }
  JsonWriter& key(std::string_view name) {
    separate();
    m_text.string(name);
    m_stream.Put(':');
    m_follows = false;
    return *this;
  }

  JsonWriter& string(std::string_view text) {
    separate();
    m_text.string(text);
    return *this;
  }
  /// Finite. A whole number is written as such.
  JsonWriter& number(double value);
  JsonWriter& integer(std::int64_t value) {
    separate();
    m_text.integer(value);
    return *this;
  }
  JsonWriter& count(std::uint64_t value) {
    separate();
    m_text.count(value);
    return *this;
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  /// JSON text, as it is.
  JsonWriter& raw(std::string_view json) {
    separate();
    m_stream.out->append(json);
    return *this;
  }

  // members of an object
  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }
  /// Null: an empty text.
  JsonWriter& memberOrNull(std::string_view name, std::string_view text) {
    return text.empty() ? key(name).null() : member(name, text);
  }
  JsonWriter& memberCount(std::string_view name, std::uint64_t n) { return key(name).count(n); }
  JsonWriter& memberRaw(std::string_view name, std::string_view json) {
    return key(name).raw(json);
  }

  /// Begins a text of its own behind what `out` holds.
  void reset(std::string& out) {
    m_stream.out = &out;
    m_follows = false;
  }

 private:
  struct Stream {
    using Ch = char;
    std::string* out;
    void Put(char c) { out->push_back(c); }
    void Flush() {}
  };
  struct Text : rapidjson::Writer<Stream> {
    using Writer::Writer;
    void string(std::string_view text) {
      WriteString(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    void integer(std::int64_t value) { WriteInt64(value); }
    void count(std::uint64_t value) { WriteUint64(value); }
    void real(double value) { WriteDouble(value); }
  };

  void separate() {
    if (m_follows) m_stream.Put(',');
    m_follows = true;
  }
  JsonWriter& begin(char bracket) {
    separate();
    m_stream.Put(bracket);
    m_follows = false;
    return *this;
  }
  JsonWriter& end(char bracket) {
    m_stream.Put(bracket);
    m_follows = true;
    return *this;
  }

  Stream m_stream;
  Text m_text;
  bool m_follows = false;  // a member or a value, in the same object or array
};

}  // namespace sluice::dialect
