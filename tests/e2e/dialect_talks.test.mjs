// SPDX-License-Identifier: GPL-3.0-or-later
// Conversations and streams of each dialect's client with each dialect's provider, beyond one good answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fourProviders } from './dialect_gate.mjs';
import { answersOf, clients, expected, kinds } from './dialects.mjs';

function deferred() {
  const result = {};
  result.promise = new Promise((resolve) => (result.resolve = resolve));
  return result;
}

/** Each client's own way to take a stream piece by piece: texts go to `each`. */
const iterate = {
  async chat(client, model, each) {
    const stream = await client.chat.completions.create({ model, stream: true, messages: [{ role: 'user', content: 'scene:text' }] });
    for await (const chunk of stream) each(chunk.choices[0]?.delta.content ?? '');
  },
  async responses(client, model, each) {
    const stream = await client.responses.create({ model, stream: true, input: 'scene:text' });
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') each(event.delta);
    }
  },
  async anthropic(client, model, each) {
    const stream = await client.messages.create({ model, stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'scene:text' }] });
    for await (const event of stream) if (event.type === 'content_block_delta') each(event.delta.text);
  },
  async gemini(client, model, each) {
    for await (const chunk of await client.models.generateContentStream({ model, contents: 'scene:text' })) each(chunk.text ?? '');
  },
};

test('text that has come stays, and the failure behind it is told', async (t) => {
  // Each provider sends its text, and fails once the client has it: by its own word, or by its end.
  const failure = {
    chat: 'data: {"error":{"message":"out of order","type":"server_error","param":null,"code":null}}\n\n',
    responses: 'event: error\ndata: {"type":"error","sequence_number":9,"code":"server_error","message":"out of order","param":null,"error":{"type":"server_error","code":null,"message":"out of order","param":null}}\n\n',
    anthropic: 'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"out of order"}}\n\n',
    gemini: '{"error":{"code":500,"message":"out of order","status":"INTERNAL"}}', // bare, as Google sends it
  };
  let hasText;
  let withWord;
  const handlers = Object.fromEntries(
    kinds.map((kind) => [
      kind,
      async (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const events = answersOf(kind, 'text');
        const last = { chat: 3, responses: 4, anthropic: 3, gemini: 1 }[kind];
        response.write(events.slice(0, -last).join(''));
        await hasText.promise;
        response.end(withWord ? failure[kind] : '');
      },
    ]),
  );
  const gate = await fourProviders(t, handlers);
  for (const caller of kinds) {
    for (const to of kinds) {
      for (const word of [true, false]) {
        withWord = word;
        hasText = deferred();
        let text = '';
        const what = `${caller} to ${to}, ${word ? 'said' : 'cut'}`;
        await assert.rejects(
          iterate[caller](clients[caller].make(gate.url), `to-${to}`, (piece) => {
            text += piece;
            if (text === expected('text').text) hasText.resolve();
          }),
          // Google's library tells of what came within the same read, or that something was there.
          word && caller !== to && caller !== 'gemini' ? /out of order/ : undefined,
          what,
        );
        assert.equal(text, expected('text').text, what);
        await gate.admin('POST', `providers/${to}/reset`);
      }
    }
  }
});

test('the events of a forwarded Responses stream that is cut are numbered to its end', async (t) => {
  const gate = await fourProviders(t);
  const response = await fetch(`${gate.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'to-responses', stream: true, input: 'scene:cut' }),
  });
  const events = (await response.text()).match(/^data: .*$/gm).map((line) => JSON.parse(line.slice(6)));
  assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
  assert.equal(events.at(-1).type, 'error');
  assert.equal(events.at(-1).error.message, events.at(-1).message);
});

/** A conversation with two calls and their results, as each client's user writes it, and its answer. */
const goOn = {
  async chat(client, model) {
    const done = await client.chat.completions.create({
      model,
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Let me see.',
          tool_calls: [
            { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
            { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_a', content: 'sunny' },
        { role: 'tool', tool_call_id: 'call_b', content: 'snow, scene:text' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }],
    });
    return done.choices[0].message.content;
  },
  async responses(client, model) {
    const done = await client.responses.create({
      model,
      store: false,
      input: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: 'Let me see.' },
        { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Rome"}' },
        { type: 'function_call', call_id: 'call_b', name: 'weather', arguments: '{"city":"Oslo"}' },
        { type: 'function_call_output', call_id: 'call_a', output: 'sunny' },
        { type: 'function_call_output', call_id: 'call_b', output: 'snow, scene:text' },
      ],
      tools: [
        { type: 'function', name: 'weather', strict: false, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
      ],
    });
    return done.output_text;
  },
  async anthropic(client, model) {
    const done = await client.messages.create({
      model,
      max_tokens: 99,
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Rome' } },
            { type: 'tool_use', id: 'call_b', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_a', content: 'sunny' },
            { type: 'tool_result', tool_use_id: 'call_b', content: 'snow, scene:text' },
          ],
        },
      ],
      tools: [{ name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
    });
    return done.content.map((block) => block.text).join('');
  },
  // Without ids, as many do: results are matched by name and order.
  async gemini(client, model) {
    const done = await client.models.generateContent({
      model,
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }] },
        {
          role: 'model',
          parts: [
            { text: 'Let me see.' },
            { functionCall: { name: 'weather', args: { city: 'Rome' } } },
            { functionCall: { name: 'weather', args: { city: 'Oslo' } } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'weather', response: { output: 'sunny' } } },
            { functionResponse: { name: 'weather', response: { output: 'snow, scene:text' } } },
          ],
        },
      ],
      config: {
        tools: [{ functionDeclarations: [{ name: 'weather', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } } }] }],
      },
    });
    return done.text;
  },
};

/** What a provider got: calls with their results, and the schema of its only tool. */
const got = {
  chat: ({ messages, tools }) => ({
    calls: messages.flatMap((one) => one.tool_calls ?? []).map((call) => [call.id, JSON.parse(call.function.arguments).city]),
    results: messages.filter((one) => one.role === 'tool').map((one) => [one.tool_call_id, one.content]),
    schema: tools[0].function.parameters,
  }),
  responses: ({ input, tools }) => ({
    calls: input.filter((one) => one.type === 'function_call').map((call) => [call.call_id, JSON.parse(call.arguments).city]),
    results: input.filter((one) => one.type === 'function_call_output').map((one) => [one.call_id, one.output]),
    schema: tools[0].parameters,
  }),
  anthropic: ({ messages, tools }) => {
    const blocks = messages.flatMap((one) => (Array.isArray(one.content) ? one.content : []));
    return {
      calls: blocks.filter((one) => one.type === 'tool_use').map((call) => [call.id, call.input.city]),
      results: blocks.filter((one) => one.type === 'tool_result').map((one) => [one.tool_use_id, one.content]),
      schema: tools[0].input_schema,
    };
  },
  gemini: ({ contents, tools }) => {
    const parts = contents.flatMap((one) => one.parts);
    const declaration = tools[0].functionDeclarations[0];
    return {
      calls: parts.filter((one) => one.functionCall).map(({ functionCall }) => [functionCall.id, functionCall.args.city]),
      results: parts
        .filter((one) => one.functionResponse)
        .map(({ functionResponse }) => [functionResponse.id, functionResponse.response.output]),
      schema: declaration.parametersJsonSchema ?? declaration.parameters,
    };
  },
};

test('calls and their results go to each provider, each with its own', async (t) => {
  const gate = await fourProviders(t);
  for (const caller of kinds) {
    for (const to of kinds) {
      const what = `${caller} to ${to}`;
      assert.equal(await goOn[caller](clients[caller].make(gate.url), `to-${to}`), expected('text').text, what);
      const { calls, results, schema } = got[to](JSON.parse(gate.ups[to].requests.at(-1).body));
      assert.deepEqual(calls.map(([, city]) => city), ['Rome', 'Oslo'], what);
      assert.deepEqual(results.map(([, text]) => text), ['sunny', 'snow, scene:text'], what);
      assert.deepEqual(results.map(([id]) => id), calls.map(([id]) => id), what);
      if (caller !== to) assert.equal(new Set(calls.map(([id]) => id)).size, 2, what);
      if (caller !== 'gemini' || to !== 'gemini') {
        assert.deepEqual(schema, { type: 'object', properties: { city: { type: 'string' } } }, what);
      }
    }
  }
});
