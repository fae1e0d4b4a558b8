// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::dialect {

/// Writes JSON text behind what a string holds, with commas and escapes where they belong. Text must
/// be UTF-8 (what JsonTree read is). Allocates nothing once the string has room. On RapidJSON's
/// Writer. Confined to one thread.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : m_stream{&out}, m_writer(m_stream) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& beginObject() { return m_writer.StartObject(), *this; }
  JsonWriter& endObject() { return m_writer.EndObject(), *this; }
  JsonWriter& beginArray() { return m_writer.StartArray(), *this; }
  JsonWriter& endArray() { return m_writer.EndArray(), *this; }
  JsonWriter& key(std::string_view name) { return m_writer.Key(name.data(), sizeOf(name)), *this; }

  JsonWriter& string(std::string_view text) {
    return m_writer.String(text.data(), sizeOf(text)), *this;
  }
  JsonWriter& number(double value);
  JsonWriter& integer(std::int64_t value) { return m_writer.Int64(value), *this; }
  JsonWriter& count(std::uint64_t value) { return m_writer.Uint64(value), *this; }
  JsonWriter& boolean(bool value) { return m_writer.Bool(value), *this; }
  JsonWriter& null() { return m_writer.Null(), *this; }
  /// JSON text, as it is.
  JsonWriter& raw(std::string_view json) {
    return m_writer.RawValue(json.data(), json.size(), rapidjson::kObjectType), *this;
  }

  // members of an object
  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }
  JsonWriter& memberCount(std::string_view name, std::uint64_t n) { return key(name).count(n); }
  JsonWriter& memberRaw(std::string_view name, std::string_view json) {
    return key(name).raw(json);
  }

  /// Begins a text of its own behind what `out` holds.
  void reset(std::string& out) {
    m_stream.out = &out;
    m_writer.Reset(m_stream);
  }

 private:
  static rapidjson::SizeType sizeOf(std::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
  }
  struct Stream {
    using Ch = char;
    std::string* out;
    void Put(char c) { out->push_back(c); }
    void Flush() {}
  };

  Stream m_stream;
  rapidjson::Writer<Stream> m_writer;
};

}  // namespace sluice::dialect
