// SPDX-License-Identifier: GPL-3.0-or-later
// The four dialects, as providers that are scripted and as official clients, for tests of one against
// another. Written from the vendors' documents, not from the gateway's code.
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { json, openStream } from './harness.mjs';

export const kinds = ['chat', 'responses', 'anthropic', 'gemini'];
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What a provider says in each scene; the last message of the request names the scene. */
const scenes = {
  text: { text: ['Hello, ', 'wörld', '!'], calls: [] },
  image: { text: ['A ', 'pixel.'], calls: [] },
  tool: { text: [], calls: [{ name: 'weather', args: { city: 'Köln "x"' } }] },
  parallel: {
    text: ['Let me see. '],
    calls: [
      { name: 'weather', args: { city: 'Rome' } },
      { name: 'now', args: {} },
    ],
  },
  cut: { text: ['Hello, ', 'wor'], calls: [] },
};
export const usage = { input: 11, output: 7 };

export const expected = (scene) => ({
  text: scenes[scene].text.join(''),
  calls: scenes[scene].calls,
  finish: scenes[scene].calls.length > 0 ? 'tools' : 'stop',
  usage,
});

// ---- providers

const half = (text) => [text.slice(0, text.length >> 1), text.slice(text.length >> 1)].filter((s) => s !== '');
const data = (object, event) => `${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(object)}\n\n`;

const answers = {
  chat: {
    plain: ({ text, calls }) => ({
      id: 'chatcmpl-9',
      object: 'chat.completion',
      created: 5,
      model: 'provider-model',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text.join('') || null,
            ...(calls.length > 0 && {
              tool_calls: calls.map(({ name, args }, i) => ({
                id: `call_${i}`,
                type: 'function',
                function: { name, arguments: JSON.stringify(args) },
              })),
            }),
          },
          finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
        },
      ],
      usage: { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: 18 },
    }),
    stream: ({ text, calls }) => {
      const chunk = (delta, finish_reason = null) =>
        data({
          id: 'chatcmpl-9',
          object: 'chat.completion.chunk',
          created: 5,
          model: 'provider-model',
          choices: [{ index: 0, delta, finish_reason }],
        });
      return [
        chunk({ role: 'assistant', content: '' }),
        ...text.map((content) => chunk({ content })),
        ...calls.flatMap(({ name, args }, index) => [
          chunk({ tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }] }),
          ...half(JSON.stringify(args)).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
        ]),
        chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
        data({
          id: 'chatcmpl-9',
          object: 'chat.completion.chunk',
          created: 5,
          model: 'provider-model',
          choices: [],
          usage: { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: 18 },
        }),
        'data: [DONE]\n\n',
      ];
    },
    error: { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
  },
  responses: (() => {
    const items = ({ text, calls }) => [
      ...(text.length > 0
        ? [
            {
              type: 'message',
              id: 'msg_1',
              status: 'completed',
              role: 'assistant',
              content: [{ type: 'output_text', text: text.join(''), annotations: [] }],
            },
          ]
        : []),
      ...calls.map(({ name, args }, i) => ({
        type: 'function_call',
        id: `fc_${i}`,
        call_id: `call_${i}`,
        status: 'completed',
        name,
        arguments: JSON.stringify(args),
      })),
    ];
    const whole = (scene, status = 'completed') => ({
      id: 'resp_9',
      object: 'response',
      created_at: 5,
      status,
      error: null,
      incomplete_details: null,
      instructions: null,
      model: 'provider-model',
      output: status === 'completed' ? items(scene) : [],
      parallel_tool_calls: true,
      tools: [],
      tool_choice: 'auto',
      temperature: 1,
      top_p: 1,
      metadata: {},
      usage:
        status === 'completed'
          ? {
              input_tokens: usage.input,
              input_tokens_details: { cached_tokens: 0 },
              output_tokens: usage.output,
              output_tokens_details: { reasoning_tokens: 0 },
              total_tokens: 18,
            }
          : null,
    });
    return {
      plain: (scene) => whole(scene),
      stream: (scene) => {
        let sequence_number = 0;
        const event = (type, rest) => data({ type, sequence_number: sequence_number++, ...rest }, type);
        return [
          event('response.created', { response: whole(scene, 'in_progress') }),
          event('response.in_progress', { response: whole(scene, 'in_progress') }),
          ...items(scene).flatMap((item, output_index) => {
            if (item.type === 'message') {
              const at = { item_id: item.id, output_index, content_index: 0 };
              return [
                event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } }),
                event('response.content_part.added', { ...at, part: { type: 'output_text', text: '', annotations: [] } }),
                ...scene.text.map((delta) => event('response.output_text.delta', { ...at, delta, logprobs: [] })),
                event('response.output_text.done', { ...at, text: scene.text.join(''), logprobs: [] }),
                event('response.content_part.done', { ...at, part: item.content[0] }),
                event('response.output_item.done', { output_index, item }),
              ];
            }
            const at = { item_id: item.id, output_index };
            return [
              event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } }),
              ...half(item.arguments).map((delta) => event('response.function_call_arguments.delta', { ...at, delta })),
              event('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.arguments }),
              event('response.output_item.done', { output_index, item }),
            ];
          }),
          event('response.completed', { response: whole(scene) }),
        ];
      },
      error: { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
    };
  })(),
  anthropic: (() => {
    const blocks = ({ text, calls }) => [
      ...(text.length > 0 ? [{ type: 'text', text: text.join('') }] : []),
      ...calls.map(({ name, args }, i) => ({ type: 'tool_use', id: `toolu_${i}`, name, input: args })),
    ];
    const message = (rest) => ({
      id: 'msg_9',
      type: 'message',
      role: 'assistant',
      model: 'provider-model',
      stop_sequence: null,
      ...rest,
    });
    const reason = (calls) => (calls.length > 0 ? 'tool_use' : 'end_turn');
    return {
      plain: (scene) =>
        message({
          content: blocks(scene),
          stop_reason: reason(scene.calls),
          usage: { input_tokens: usage.input, output_tokens: usage.output },
        }),
      stream: (scene) => {
        const event = (type, rest) => data({ type, ...rest }, type);
        return [
          event('message_start', {
            message: message({ content: [], stop_reason: null, usage: { input_tokens: usage.input, output_tokens: 1 } }),
          }),
          event('ping', {}),
          ...blocks(scene).flatMap((block, index) => {
            const isText = block.type === 'text';
            const deltas = isText
              ? scene.text.map((text) => ({ type: 'text_delta', text }))
              : Object.keys(block.input).length === 0
                ? []
                : half(JSON.stringify(block.input)).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
            return [
              event('content_block_start', { index, content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} } }),
              ...deltas.map((delta) => event('content_block_delta', { index, delta })),
              event('content_block_stop', { index }),
            ];
          }),
          event('message_delta', {
            delta: { stop_reason: reason(scene.calls), stop_sequence: null },
            usage: { output_tokens: usage.output },
          }),
          event('message_stop', {}),
        ];
      },
      error: { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } },
    };
  })(),
  gemini: (() => {
    const usageMetadata = { promptTokenCount: usage.input, candidatesTokenCount: usage.output, totalTokenCount: 18 };
    const response = (parts, finishReason) => ({
      candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason && { finishReason }) }],
      usageMetadata,
      modelVersion: 'provider-model',
      responseId: 'r9',
    });
    const callParts = ({ calls }) => calls.map(({ name, args }) => ({ functionCall: { name, args } }));
    return {
      plain: (scene) =>
        response([...(scene.text.length > 0 ? [{ text: scene.text.join('') }] : []), ...callParts(scene)], 'STOP'),
      stream: (scene) => [
        ...scene.text.map((text) => data(response([{ text }]))),
        ...callParts(scene).map((part) => data(response([part]))),
        data(response([{ text: '' }], 'STOP')),
      ],
      error: { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED', details: [] } },
    };
  })(),
};

const paths = {
  chat: /^\/v1\/chat\/completions$/,
  responses: /^\/v1\/responses$/,
  anthropic: /^\/v1\/messages$/,
  gemini: /^\/v1beta\/models\/provider-model:(generateContent|streamGenerateContent\?alt=sse)$/,
};

/** The events of a scene, in a dialect. */
export const answersOf = (kind, scene) => answers[kind].stream(scenes[scene]);

/** Answers as a provider of that dialect would. For upstream(). */
export function provider(kind) {
  return (request, response, body) => {
    if (!paths[kind].test(request.url)) return json(response, 404, { error: { message: `no ${request.url}` } });
    const name = body.match(/scene:(\w+)/g)?.at(-1).slice(6);
    if (name === 'error') {
      response.setHeader('retry-after', '7');
      return json(response, 429, answers[kind].error);
    }
    const scene = scenes[name];
    const streams = kind === 'gemini' ? request.url.includes('stream') : JSON.parse(body).stream === true;
    if (!streams) {
      const whole = JSON.stringify(answers[kind].plain(scene));
      if (name !== 'cut') return json(response, 200, JSON.parse(whole));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length + 10 });
      response.write(whole.slice(0, -20));
      response.destroySoon?.();
      setImmediate(() => response.destroy());
      return;
    }
    openStream(response);
    const events = answers[kind].stream(scene);
    if (name === 'cut') {
      // Before what tells that it ended.
      const last = { chat: 3, responses: 4, anthropic: 3, gemini: 1 }[kind];
      return response.end(events.slice(0, -last).join(''));
    }
    // Split at odd places, within characters too.
    const bytes = Buffer.from(events.join(''));
    for (let at = 0; at < bytes.length; at += 37) response.write(bytes.subarray(at, at + 37));
    response.end();
  };
}

// ---- clients: each gives {text, calls, finish, usage} and throws what its SDK throws

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const empty = { type: 'object', properties: {} };
const tools = [
  ['weather', 'Tells the weather', schema],
  ['now', 'Tells the time', empty],
];
const withTools = (scene) => scene === 'tool' || scene === 'parallel';

async function collect(stream, each) {
  for await (const event of stream) each(event);
}

export const clients = {
  chat: {
    make: (url, key = 'client-key') => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }),
    async ask(client, model, scene, stream) {
      const request = {
        model,
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content:
              scene === 'image'
                ? [
                    { type: 'text', text: `scene:${scene}` },
                    { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
                  ]
                : `scene:${scene}`,
          },
        ],
        max_completion_tokens: 99,
        ...(withTools(scene) && {
          tools: tools.map(([name, description, parameters]) => ({ type: 'function', function: { name, description, parameters } })),
        }),
      };
      let done;
      if (stream) {
        const runner = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
        done = await runner.finalChatCompletion();
      } else {
        done = await client.chat.completions.create(request);
      }
      const [{ message, finish_reason }] = done.choices;
      return {
        text: message.content ?? '',
        calls: (message.tool_calls ?? []).map((call) => ({
          name: call.function.name,
          args: JSON.parse(call.function.arguments),
        })),
        finish: { stop: 'stop', tool_calls: 'tools' }[finish_reason],
        usage: { input: done.usage.prompt_tokens, output: done.usage.completion_tokens },
      };
    },
  },
  responses: {
    make: (url, key = 'client-key') => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }),
    async ask(client, model, scene, stream) {
      const request = {
        model,
        instructions: 'Be brief.',
        store: false,
        max_output_tokens: 99,
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: `scene:${scene}` },
              ...(scene === 'image' ? [{ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${pixel}` }] : []),
            ],
          },
        ],
        ...(withTools(scene) && {
          tools: tools.map(([name, description, parameters]) => ({ type: 'function', name, description, parameters, strict: false })),
        }),
      };
      let done;
      if (stream) {
        let sequence = -1;
        const runner = client.responses.stream(request);
        runner.on('event', (event) => {
          if (event.sequence_number <= sequence) throw new Error('the sequence goes back');
          sequence = event.sequence_number;
        });
        done = await runner.finalResponse();
      } else {
        done = await client.responses.create(request);
      }
      const calls = done.output.filter((item) => item.type === 'function_call');
      return {
        text: done.output
          .filter((item) => item.type === 'message')
          .flatMap((item) => item.content)
          .map((part) => part.text)
          .join(''),
        calls: calls.map((call) => ({ name: call.name, args: JSON.parse(call.arguments) })),
        finish: done.status !== 'completed' ? done.status : calls.length > 0 ? 'tools' : 'stop',
        usage: { input: done.usage.input_tokens, output: done.usage.output_tokens },
      };
    },
  },
  anthropic: {
    make: (url, key = 'client-key') => new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }),
    async ask(client, model, scene, stream) {
      const request = {
        model,
        max_tokens: 99,
        system: 'Be brief.',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: `scene:${scene}` },
              ...(scene === 'image' ? [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }] : []),
            ],
          },
        ],
        ...(withTools(scene) && {
          tools: tools.map(([name, description, input_schema]) => ({ name, description, input_schema })),
        }),
      };
      const done = stream ? await client.messages.stream(request).finalMessage() : await client.messages.create(request);
      return {
        text: done.content
          .filter((block) => block.type === 'text')
          .map((block) => block.text)
          .join(''),
        calls: done.content.filter((block) => block.type === 'tool_use').map(({ name, input }) => ({ name, args: input })),
        finish: { end_turn: 'stop', tool_use: 'tools' }[done.stop_reason],
        usage: { input: done.usage.input_tokens, output: done.usage.output_tokens },
      };
    },
  },
  gemini: {
    make: (url, key = 'client-key') => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } }),
    async ask(client, model, scene, stream) {
      const request = {
        model,
        contents: [
          {
            role: 'user',
            parts: [
              { text: `scene:${scene}` },
              ...(scene === 'image' ? [{ inlineData: { mimeType: 'image/png', data: pixel } }] : []),
            ],
          },
        ],
        config: {
          systemInstruction: 'Be brief.',
          maxOutputTokens: 99,
          ...(withTools(scene) && {
            tools: [
              {
                functionDeclarations: tools.map(([name, description, parametersJsonSchema]) => ({
                  name,
                  description,
                  parametersJsonSchema,
                })),
              },
            ],
          }),
        },
      };
      const responses = [];
      if (stream) {
        await collect(await client.models.generateContentStream(request), (response) => responses.push(response));
      } else {
        responses.push(await client.models.generateContent(request));
      }
      const parts = responses.flatMap((response) => response.candidates?.[0]?.content?.parts ?? []);
      const calls = parts.filter((part) => part.functionCall).map(({ functionCall: { name, args } }) => ({ name, args: args ?? {} }));
      const finish = responses.map((response) => response.candidates?.[0]?.finishReason).filter(Boolean);
      const last = responses.at(-1).usageMetadata;
      return {
        text: parts.map((part) => part.text ?? '').join(''),
        calls,
        finish: finish.length === 1 && finish[0] === 'STOP' ? (calls.length > 0 ? 'tools' : 'stop') : finish.join(),
        usage: { input: last.promptTokenCount, output: last.candidatesTokenCount },
      };
    },
  },
};
