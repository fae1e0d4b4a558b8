// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/dialect/body_fault.h"

/// The inner form: what the four dialects share. Readers make it, writers take it. It is plain data
/// that owns its text; only StreamEvent points into memory of its reader.
///
/// "JSON text" is text of a valid JSON value, copied from where it came and never rebuilt.
namespace sluice::dialect {

// ---- parts of a turn and of an answer

struct TextPart {
  std::string text;
  bool operator==(const TextPart&) const = default;
};

/// An image; or a document or a sound, told by its media type. Either `data` or `url` is set.
struct MediaPart {
  std::string mediaType;  ///< e.g. "image/png"; may be empty with a url: an image
  std::string data;       ///< base64
  std::string url;        ///< https: or what the provider of the url's dialect understands
  std::string detail;     ///< OpenAI: "low", "high", "auto"; empty: not said
  std::string fileName;   ///< of a document; may be empty
  bool isImage() const { return mediaType.empty() || mediaType.starts_with("image/"); }
  bool operator==(const MediaPart&) const = default;
};

using ContentPart = std::variant<TextPart, MediaPart>;

/// A call that the model makes.
struct ToolCallPart {
  std::string id;         ///< never empty: readers of dialects without ids make one up
  std::string name;       ///< never empty
  std::string arguments;  ///< JSON text of an object; "{}" for none
  std::string signature;  ///< Gemini's thoughtSignature, marked (signature.h); may be empty
  bool operator==(const ToolCallPart&) const = default;
};

/// What a call gave. Only in turns of the user.
struct ToolResultPart {
  std::string callId;
  std::string name;  ///< of the tool: readers fill it in from the call; empty when there is none
  std::vector<ContentPart> content;
  bool isError = false;
  bool operator==(const ToolResultPart&) const = default;
};

/// The model's thoughts. They go back to it unchanged, or not at all.
struct ReasoningPart {
  std::string text;
  // Both marked with whose they are (signature.h).
  std::string signature;  ///< Anthropic's signature, Gemini's thoughtSignature
  std::string encrypted;  ///< Anthropic's redacted_thinking.data, Responses' encrypted_content
  std::string id;         ///< Responses' item id
  bool operator==(const ReasoningPart&) const = default;
};

/// The model declines, in words of its own (OpenAI).
struct RefusalPart {
  std::string text;
  bool operator==(const RefusalPart&) const = default;
};

using Part =
    std::variant<TextPart, MediaPart, ToolCallPart, ToolResultPart, ReasoningPart, RefusalPart>;

// ---- a request

enum class Role : std::uint8_t { User, Assistant };

/// Turns of one role may follow each other; writers merge them where their dialect asks for it.
/// Results of tools are in turns of the user, directly behind the turn with the calls.
struct Turn {
  Role role = Role::User;
  std::vector<Part> parts;
  bool operator==(const Turn&) const = default;
};

struct Tool {
  std::string name;
  std::string description;
  std::string parameters;      ///< JSON text of a JSON Schema object; empty: none given
  std::optional<bool> strict;  ///< OpenAI, Anthropic
  bool operator==(const Tool&) const = default;
};

struct ToolChoice {
  enum class Mode : std::uint8_t { Auto, None, Required, Named };
  Mode mode = Mode::Auto;
  std::string name;  ///< Named
  bool operator==(const ToolChoice&) const = default;
};

struct ResponseFormat {
  enum class Type : std::uint8_t { Text, Json, Schema };
  Type type = Type::Text;
  std::string name;         ///< Schema; may be empty
  std::string description;  ///< may be empty
  std::string schema;       ///< Schema: JSON text
  std::optional<bool> strict;
  bool operator==(const ResponseFormat&) const = default;
};

/// How hard to think.
enum class Effort : std::uint8_t { None, Minimal, Low, Medium, High };
/// Of an effort, in tokens: 0, 1024, 4096, 8192, 16384.
std::uint64_t budgetOf(Effort effort);
/// The smallest effort whose budget is not below.
Effort effortOf(std::uint64_t budget);

struct ReasoningRequest {
  std::optional<Effort> effort;         ///< as the caller said it; or
  std::optional<std::uint64_t> budget;  ///< tokens; 0: do not think
  bool dynamic = false;  ///< Gemini's budget -1, Anthropic's adaptive: up to the model
  bool show = false;     ///< the thoughts, or a summary, are wanted in the answer
  bool operator==(const ReasoningRequest&) const = default;
};

/// A member that Chat Completions and Responses spell alike and the others do not know, e.g. `store`.
struct RawField {
  std::string name;
  std::string value;  ///< JSON text
  bool operator==(const RawField&) const = default;
};

/// Fields of the inner form that a dialect may not know. Each reader's dialect has its own names for
/// them: `Dialect::fieldNames`.
enum class Field : std::uint8_t {
  Choices,
  Seed,
  TopK,
  TopP,
  Temperature,
  Stop,
  PresencePenalty,
  FrequencyPenalty,
  ResponseFormat,
  FormatDescription,
  Reasoning,
  User,
  ToolChoice,
  ParallelTools,
  ToolStrict,
  Media,            ///< an image, document or sound that the other side cannot take
  ToolResultMedia,  ///< the same within a tool's result
  ToolResultError,
  ReasoningParts,  ///< thoughts of earlier turns
  ToolCallSignature,
  MediaDetail,
  Count_
};

struct Request {
  std::string model;
  std::vector<std::string>
      system;  ///< one text each; joined without a separator where one is asked
  std::vector<Turn> turns;
  std::vector<Tool> tools;
  std::optional<ToolChoice> toolChoice;
  std::optional<bool> parallelTools;
  std::optional<std::uint64_t> maxTokens;
  std::optional<double> temperature;
  std::optional<double> topP;
  std::optional<std::uint64_t> topK;
  std::vector<std::string> stop;
  std::optional<std::int64_t> seed;
  std::optional<std::uint64_t> choices;  ///< n. A translated answer has one.
  std::optional<double> presencePenalty;
  std::optional<double> frequencyPenalty;
  std::optional<ResponseFormat> format;
  std::optional<ReasoningRequest> reasoning;
  std::string user;
  bool stream = false;
  bool includeUsage = false;  ///< Chat's stream_options.include_usage
  std::vector<RawField> openai;
  bool operator==(const Request&) const = default;
};

/// Names of what cannot be carried, each once, in the caller's dialect, e.g. "logit_bias".
class Dropped {
 public:
  static constexpr std::size_t kMostNames = 32;  ///< then "..." stands for the rest
  static constexpr std::size_t kLongestName = 96;

  /// By a reader: a member of the body, by its path without indices: "messages.content.input_audio".
  /// Names are the caller's text and go into a header: but for letters, digits and _ . - each
  /// character becomes '?'.
  void add(std::string_view name);
  /// By a writer.
  void add(Field field) { m_fields |= std::uint64_t{1} << static_cast<unsigned>(field); }
  bool has(Field field) const { return (m_fields >> static_cast<unsigned>(field) & 1) != 0; }
  const std::vector<std::string>& names() const { return m_names; }

 private:
  std::vector<std::string> m_names;
  std::uint64_t m_fields = 0;
};

// ---- an answer

enum class StopReason : std::uint8_t {
  Stop,           ///< the model was done
  StopSequence,   ///< one of `stop`
  Length,         ///< max tokens, or the context window is full
  ToolCalls,      ///< it waits for results
  ContentFilter,  ///< withheld, or refused
};

/// Tokens, in sums that hold in every dialect: `prompt` includes cached and cacheWrite, `completion`
/// includes reasoning.
struct TokenUsage {
  std::uint64_t prompt = 0;
  std::uint64_t cached = 0;
  std::uint64_t cacheWrite = 0;
  std::uint64_t completion = 0;
  std::uint64_t reasoning = 0;
  std::uint64_t total() const { return prompt + completion; }
  bool operator==(const TokenUsage&) const = default;
};

struct Answer {
  std::string id;            ///< as the provider gave it
  std::string model;         ///< as the provider gave it
  std::int64_t created = 0;  ///< seconds of Unix time; 0: not said
  std::vector<Part> parts;   ///< Text, Reasoning, ToolCall, Refusal
  StopReason stop = StopReason::Stop;
  std::string stopSequence;  ///< StopSequence; may be empty
  std::optional<TokenUsage> usage;
  bool operator==(const Answer&) const = default;
};

// ---- errors

enum class ErrorKind : std::uint8_t {
  InvalidRequest,
  Authentication,
  Billing,
  Permission,
  NotFound,
  TooLarge,
  RateLimit,
  Overloaded,
  Timeout,
  Server,
};
/// By an HTTP status: 400, 401, 402, 403, 404, 413, 429, 503 and 529, 408 and 504; other 4xx and 5xx.
ErrorKind errorKindOf(int status);
/// The usual status of a kind; 503 for Overloaded, 502 for Server.
int statusOf(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::Server;
  std::string message;
  std::string code;       ///< e.g. "context_length_exceeded"; may be empty
  std::string param;      ///< the field at fault; may be empty
  double retryAfter = 0;  ///< seconds to wait, where the body tells; 0: it does not
  bool operator==(const Error&) const = default;
};

/// What a provider said that its own dialect does not allow. For the log and the caller's error.
struct Breach {
  std::string message;
};

// ---- streams

/// One step of an answer. What readers promise, and writers may rely on:
///
///   Start { Text | Refusal | Reasoning | Signature | Encrypted | Usage
///           | ToolStart { ToolArguments | Usage } ToolEnd } Finish
///
/// 1. Start is first, and once. Finish is last, and once; nothing follows it, nor an Error.
/// 2. One thing at a time: between ToolStart and ToolEnd nothing but ToolArguments and Usage. A reader
///    whose dialect interleaves calls puts them in order (ToolOrder).
/// 3. The arguments of a call, joined, are empty (for "{}") or JSON text of an object.
/// 4. Signature ends the thoughts that were told since the last thing that was not Reasoning; there
///    may be none. Encrypted is whole, and thoughts of its own.
/// 5. Usage is cumulative: the last one holds. It comes before Finish, and may not come at all.
/// 6. Texts are not empty, but for ToolStart's and Start's. Views live until the sink returns.
struct StreamEvent {
  enum class Type : std::uint8_t {
    Start,          ///< id, model (as the provider gave them; may be empty)
    Text,           ///< text
    Refusal,        ///< text
    Reasoning,      ///< text
    Signature,      ///< text
    Encrypted,      ///< text: the data; id: Responses' item
    ToolStart,      ///< id, name, signature
    ToolArguments,  ///< text: a fragment, anywhere split but within a UTF-8 character or an escape of
                    ///< the event's own JSON string
    ToolEnd,
    Usage,   ///< usage
    Finish,  ///< stop, text: the stop sequence
    Error,   ///< error
  };
  Type type = Type::Text;
  StopReason stop = StopReason::Stop;
  std::string_view text = {};
  std::string_view id = {};
  std::string_view name = {};
  std::string_view model = {};
  std::string_view signature = {};
  TokenUsage usage = {};
  const Error* error = nullptr;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on(const StreamEvent& event) = 0;
};

}  // namespace sluice::dialect
