// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/body_fault.h"
#include "gateway/dialect/conversation.h"
#include "gateway/dialect/json_tree.h"

namespace sluice::dialect {

/// Takes the fields of a body as what they must be. The first that is something else is the fault,
/// told with its path; after it reading goes on with empty values, so that readers need not look at
/// each step. Null counts as absent. Confined to one thread.
class FieldReader {
 public:
  /// `dropped` null: what is not understood is passed over (answers).
  explicit FieldReader(Dropped* dropped = nullptr) : m_dropped(dropped) {}

  /// While it lives, fields are within `name`, or within its element `index`.
  class Scope {
   public:
    Scope(FieldReader& reader, std::string_view name);
    Scope(FieldReader& reader, std::string_view name, std::size_t index);
    ~Scope() { m_reader.m_path.resize(m_size); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    FieldReader& m_reader;
    std::size_t m_size;
  };

  // Of a member, by its own name.
  std::string_view string(JsonValue member);
  std::optional<bool> boolean(JsonValue member);
  std::optional<double> number(JsonValue member);
  std::optional<std::int64_t> integer(JsonValue member);
  std::optional<std::uint64_t> count(JsonValue member);
  JsonValue object(JsonValue member);
  JsonValue array(JsonValue member);

  /// Of what the scope is about.
  bool isObject(JsonValue value);

  /// The member's fault: "must be ...".
  void refuse(std::string_view name, std::string_view what);
  /// The scope's own.
  void refuse(std::string_view what) { refuse({}, what); }
  /// A member that must be there and is not.
  void require(std::string_view name, bool there);

  /// Understood, but not carried: names it, unless it says nothing (null, false, "", {} or []).
  void drop(JsonValue member);
  void drop(std::string_view name);

  bool failed() const { return m_fault.has_value(); }
  /// The message begins with the field's name.
  const std::optional<BodyFault>& fault() const { return m_fault; }
  std::optional<Breach> breach() const;

 private:
  std::string pathOf(std::string_view name) const;

  Dropped* m_dropped;
  std::string m_path;
  std::optional<BodyFault> m_fault;
};

/// True: JSON text of an object. Keeps a parser per thread.
bool isJsonObject(std::string_view text);
/// Adds a text that may be empty: then nothing.
void addText(std::vector<Part>& parts, std::string_view text);
/// For a call that came without an id: letters, digits, - and _, at most 48, unlike those of other
/// answers. Made of the answer's id, or of the text of `from` where that is empty. `index`: of the call in
/// the answer.
std::string madeCallId(std::string_view answerId, JsonValue from, std::size_t index);
/// The media type and base64 of a data: URL; false: it is none, or not base64.
bool readDataUrl(std::string_view url, MediaPart& media);
/// Fills in the names of the tools that results are of, from the calls before them.
void nameResults(std::vector<Turn>& turns);

}  // namespace sluice::dialect
