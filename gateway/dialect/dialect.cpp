// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/dialect.h"

#include "gateway/dialect/anthropic.h"
#include "gateway/dialect/chat.h"
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/responses.h"

namespace sluice::dialect {

void UsageUpdate::applyTo(TokenUsage& usage) const {
  usage.prompt = prompt.value_or(usage.prompt);
  usage.cached = cached.value_or(usage.cached);
  usage.cacheWrite = cacheWrite.value_or(usage.cacheWrite);
  // What was cached may have been told in an event before, and not be said again.
  if (uncached) usage.prompt = *uncached + usage.cached + usage.cacheWrite;
  usage.completion = completion.value_or(usage.completion);
  usage.reasoning = reasoning.value_or(usage.reasoning);
}

const Dialect kChatDialect = {Kind::Chat,
                              {"n",
                               "seed",
                               "top_k",
                               "top_p",
                               "temperature",
                               "stop",
                               "presence_penalty",
                               "frequency_penalty",
                               "response_format",
                               "response_format.json_schema.description",
                               "reasoning_effort",
                               "user",
                               "tool_choice",
                               "parallel_tool_calls",
                               "tools.function.strict",
                               "messages.content",
                               "messages.content",
                               "messages.content",
                               "messages.reasoning_content",
                               "messages.tool_calls",
                               "messages.content.image_url.detail"},
                              chat::readRequest,
                              chat::writeRequest,
                              chat::readAnswer,
                              chat::writeAnswer,
                              chat::streamReader,
                              chat::streamWriter,
                              chat::readError,
                              chat::writeError,
                              chat::writeErrorEvents,
                              chat::readUsage};

const Dialect kResponsesDialect = {Kind::Responses,
                                   {"n",
                                    "seed",
                                    "top_k",
                                    "top_p",
                                    "temperature",
                                    "stop",
                                    "presence_penalty",
                                    "frequency_penalty",
                                    "text.format",
                                    "text.format.description",
                                    "reasoning",
                                    "user",
                                    "tool_choice",
                                    "parallel_tool_calls",
                                    "tools.strict",
                                    "input.content",
                                    "input.output",
                                    "input.output",
                                    "input.reasoning",
                                    "input.function_call",
                                    "input.content.detail"},
                                   responses::readRequest,
                                   responses::writeRequest,
                                   responses::readAnswer,
                                   responses::writeAnswer,
                                   responses::streamReader,
                                   responses::streamWriter,
                                   responses::readError,
                                   responses::writeError,
                                   responses::writeErrorEvents,
                                   responses::readUsage};

const Dialect kAnthropicDialect = {Kind::Anthropic,
                                   {"n",
                                    "seed",
                                    "top_k",
                                    "top_p",
                                    "temperature",
                                    "stop_sequences",
                                    "presence_penalty",
                                    "frequency_penalty",
                                    "output_config.format",
                                    "output_config.format",
                                    "thinking",
                                    "metadata.user_id",
                                    "tool_choice",
                                    "tool_choice.disable_parallel_tool_use",
                                    "tools.strict",
                                    "messages.content.source",
                                    "messages.content.tool_result.content",
                                    "messages.content.tool_result.is_error",
                                    "messages.content.thinking",
                                    "messages.content.tool_use",
                                    "messages.content.source"},
                                   anthropic::readRequest,
                                   anthropic::writeRequest,
                                   anthropic::readAnswer,
                                   anthropic::writeAnswer,
                                   anthropic::streamReader,
                                   anthropic::streamWriter,
                                   anthropic::readError,
                                   anthropic::writeError,
                                   anthropic::writeErrorEvents,
                                   anthropic::readUsage};

const Dialect kGeminiDialect = {Kind::Gemini,
                                {"generationConfig.candidateCount",
                                 "generationConfig.seed",
                                 "generationConfig.topK",
                                 "generationConfig.topP",
                                 "generationConfig.temperature",
                                 "generationConfig.stopSequences",
                                 "generationConfig.presencePenalty",
                                 "generationConfig.frequencyPenalty",
                                 "generationConfig.responseMimeType",
                                 "generationConfig.responseJsonSchema",
                                 "generationConfig.thinkingConfig",
                                 "user",
                                 "toolConfig.functionCallingConfig",
                                 "toolConfig.functionCallingConfig",
                                 "tools.functionDeclarations",
                                 "contents.parts.inlineData",
                                 "contents.parts.functionResponse.parts",
                                 "contents.parts.functionResponse.response.error",
                                 "contents.parts.thought",
                                 "contents.parts.thoughtSignature",
                                 "contents.parts.mediaResolution"},
                                gemini::readRequest,
                                gemini::writeRequest,
                                gemini::readAnswer,
                                gemini::writeAnswer,
                                gemini::streamReader,
                                gemini::streamWriter,
                                gemini::readError,
                                gemini::writeError,
                                gemini::writeErrorEvents,
                                gemini::readUsage};

const Dialect& dialectOf(Kind kind) {
  switch (kind) {
    case Kind::Responses:
      return kResponsesDialect;
    case Kind::Anthropic:
      return kAnthropicDialect;
    case Kind::Gemini:
      return kGeminiDialect;
    case Kind::Chat:
      break;
  }
  return kChatDialect;
}

}  // namespace sluice::dialect
