// SPDX-License-Identifier: GPL-3.0-or-later
// What it costs to translate: a chat of about 2 KiB there and its answer back, one event of a stream; and
// the JSON writers there are to choose from, at such an event.
#include <benchmark/benchmark.h>
#include <rapidjson/writer.h>

#include <nlohmann/json.hpp>
#include <string>

#include "gateway/dialect/json_member.h"
#include "gateway/dialect/json_writer.h"
#include "gateway/dialect/request_peek.h"
#include "gateway/dialect/translate.h"

namespace {

using namespace sluice::dialect;

const AnswerContext kContext{"gpt-4o", "AbCdEf0123456789", 1700000000, true};

/// About 2 KiB: a system text, four turns, a call with its result, a tool.
std::string chatBody() {
  const std::string words =
      "Explain how a token bucket differs from a leaky bucket, and \\\"when\\\" to use which. ";
  const auto turn = [&](const char* role, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += words;
    return std::string(R"({"role":")") + role + R"(","content":")" + text + R"("},)";
  };
  return R"({"model":"gpt-4o","temperature":0.7,"max_completion_tokens":500,"messages":[)" +
         turn("system", 2) + turn("user", 6) + turn("assistant", 6) + turn("user", 2) +
         R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Bern\"}"}}]},)"
         R"({"role":"tool","tool_call_id":"call_1","content":"12 degrees, rain"}],)"
         R"("tools":[{"type":"function","function":{"name":"weather","description":"The weather of a city.","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},"required":["city"]}}}]})";
}

std::string anthropicAnswer() {
  std::string text;
  for (int i = 0; i < 5; ++i)
    text += "A token bucket lets bursts through; a leaky bucket smooths them. ";
  return R"({"id":"msg_01","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":")" +
         text +
         R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":420,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":90}})";
}

void peekAtChat(benchmark::State& state) {
  RequestPeek peek;
  std::string body = chatBody();
  for (auto _ : state) benchmark::DoNotOptimize(peek.read(Kind::Chat, body, true));
  state.counters["bytes"] = static_cast<double>(body.size());
}
BENCHMARK(peekAtChat);

void request(benchmark::State& state, Kind from, Kind to, const std::string& body) {
  for (auto _ : state) {
    auto result = translateRequest(from, to, body, {.model = "claude"});
    if (!std::holds_alternative<TranslatedRequest>(result)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(result);
  }
}
void chatToAnthropic(benchmark::State& state) {
  request(state, Kind::Chat, Kind::Anthropic, chatBody());
}
BENCHMARK(chatToAnthropic);
void anthropicToChat(benchmark::State& state) {
  auto body = translateRequest(Kind::Chat, Kind::Anthropic, chatBody(), {.model = "claude"});
  request(state, Kind::Anthropic, Kind::Chat, std::get<TranslatedRequest>(body).body);
}
BENCHMARK(anthropicToChat);

void answerToChat(benchmark::State& state) {
  const std::string body = anthropicAnswer();
  for (auto _ : state) {
    auto result = translateAnswer(Kind::Anthropic, Kind::Chat, body, kContext);
    if (!std::holds_alternative<TranslatedAnswer>(result)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(result);
  }
}
BENCHMARK(answerToChat);

/// The usage of an answer that is forwarded, found on its way: 4 KiB of text with line ends in it.
void usageOfForwarded(benchmark::State& state) {
  std::string text;
  while (text.size() < 4096) text += "A bucket lets bursts through, and a leaky one does not.\\n";
  const std::string body =
      R"({"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":")" + text +
      R"("}}],"usage":{"prompt_tokens":40,"completion_tokens":36,"total_tokens":76}})";
  JsonMember member("usage");
  for (auto _ : state) {
    member.reset();
    member.feed(body);
    if (member.value().empty()) state.SkipWithError("not found");
  }
}
BENCHMARK(usageOfForwarded);

/// One delta after another through one translator: what an event costs in the middle of a stream.
void event(benchmark::State& state, Kind from, Kind to, std::string_view start,
           std::string_view delta) {
  StreamTranslator translator(from, to, kContext);
  std::string out;
  translator.feed(start, out);
  for (auto _ : state) {
    out.clear();
    if (translator.feed(delta, out) != StreamTranslator::State::Open) state.SkipWithError("broken");
    benchmark::DoNotOptimize(out.data());
  }
}
void eventToChat(benchmark::State& state) {
  event(state, Kind::Anthropic, Kind::Chat,
        "event: message_start\ndata: "
        "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{}}}\n\n"
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
        "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
        "{\"type\":\"text_delta\",\"text\":\" bucket\"}}\n\n");
}
BENCHMARK(eventToChat);
void eventToAnthropic(benchmark::State& state) {
  event(state, Kind::Chat, Kind::Anthropic, "",
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
        "\"model\":\"gpt-4o-2024-11-20\",\"system_fingerprint\":\"fp_1\",\"choices\":[{\"index\":0,"
        "\"delta\":{\"content\":\" bucket\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
}
BENCHMARK(eventToAnthropic);

// ---- writers

constexpr std::string_view kText =
    "A token bucket lets \"bursts\" through;\na leaky one does not. ";

void writeWithNlohmann(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    nlohmann::ordered_json json;
    json["type"] = "content_block_delta";
    json["index"] = 0;
    json["delta"] = {{"type", "text_delta"}, {"text", kText}};
    out = json.dump();
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(writeWithNlohmann);

void writeWithRapidJson(benchmark::State& state) {
  std::string out;
  JsonWriter writer(out);
  for (auto _ : state) {
    out.clear();
    writer.reset(out);
    writer.beginObject().member("type", "content_block_delta").memberCount("index", 0);
    writer.key("delta").beginObject().member("type", "text_delta").member("text", kText);
    writer.endObject().endObject();
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(writeWithRapidJson);

}  // namespace
