// SPDX-License-Identifier: GPL-3.0-or-later
// Clients of each dialect at providers of each dialect.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { dialectLines, fourProviders, version } from './dialect_gate.mjs';
import { clients, expected, kinds, pixel, provider, usage } from './dialects.mjs';
import { eventually, folder, gateway, json, upstream } from './harness.mjs';

const credentials = {
  chat: ['authorization', 'Bearer provider-key'],
  responses: ['authorization', 'Bearer provider-key'],
  anthropic: ['x-api-key', 'provider-key'],
  gemini: ['x-goog-api-key', 'provider-key'],
};

test('the table', async (t) => {
  const gate = await fourProviders(t);
  const failed = async (to) =>
    (await gate.metrics()).get(`sluice_attempts_total{provider="${to}",outcome="failed"}`) ?? 0;
  for (const caller of kinds) {
    for (const to of kinds) {
      for (const stream of [false, true]) {
        const what = `${caller} to ${to}, ${stream ? 'stream' : 'plain'}`;
        const ask = (scene) => clients[caller].ask(clients[caller].make(gate.url), `to-${to}`, scene, stream);
        for (const scene of ['text', 'tool', 'parallel', 'image']) {
          await t.test(`${what}, ${scene}`, async () => {
            assert.deepEqual(await ask(scene), expected(scene));
            const { headers, body } = gate.ups[to].requests.at(-1);
            const [name, value] = credentials[to];
            assert.equal(headers[name], value);
            for (const [other] of Object.values(credentials)) {
              if (other !== name) assert.equal(headers[other], undefined, other);
            }
            assert.doesNotMatch(body + JSON.stringify(headers), /client-key/);
            assert.match(body, /Be brief/);
            assert.match(body, /99/);
            if (scene === 'image') assert.ok(body.includes(pixel));
          });
        }
        await t.test(`${what}, error`, async () => {
          await assert.rejects(ask('error'), (error) => {
            assert.equal(error.status, 429);
            assert.match(error.message, /slow down/);
            return true;
          });
          // It asked to be left alone, and is waited for.
          await gate.admin('POST', `providers/${to}/reset`);
        });
        await t.test(`${what}, cut`, async () => {
          const before = await failed(to);
          await assert.rejects(ask('cut'));
          await eventually(async () => (await failed(to)) > before, 'counted against the provider');
          await gate.admin('POST', `providers/${to}/reset`);
        });
      }
    }
  }
  const metrics = await gate.metrics();
  for (const kind of kinds) {
    const tokens = (direction) => metrics.get(`sluice_tokens_total{provider="${kind}",direction="${direction}"}`);
    // Each caller's four good answers, plain and streamed.
    const times = kinds.length * 2 * 4;
    assert.ok(tokens('input') >= times * usage.input, `${kind} ${tokens('input')}`);
    assert.ok(tokens('output') >= times * usage.output, `${kind} ${tokens('output')}`);
  }
});

describe('the built-in providers', () => {
  for (const speaks of ['openai', 'responses', 'anthropic', 'gemini']) {
    test(`one that speaks ${speaks}`, async (t) => {
      const file = path.join(folder(t), 'sluice.yaml');
      writeFileSync(
        file,
        `version: 1\nproviders:\n  - {id: a, dialect: mock, mock: {latency: 0ms, jitter: 0ms, tokens_per_second: 1000000, reply_tokens: 9, speaks: ${speaks}}}\nroutes:\n  - {model: m, targets: [{provider: a}]}\n`,
      );
      const gate = await gateway(t, ['--config', file]);
      for (const kind of kinds) {
        const client = clients[kind].make(gate.url);
        for (const stream of [false, true]) {
          const text = await clients[kind].ask(client, 'm', 'text', stream);
          assert.equal(text.text, 'Water finds its way through the gate, a little ', kind);
          assert.deepEqual([text.calls, text.finish, text.usage.output], [[], 'stop', 9], kind);
          const calls = await clients[kind].ask(client, 'm', 'parallel', stream);
          assert.deepEqual(calls.calls, [
            { name: 'weather', args: { city: 'example' } },
            { name: 'now', args: {} },
          ]);
          assert.equal(calls.finish, 'tools');
        }
      }
    });
  }
});

test('a request falls back from one dialect to another', async (t) => {
  const refuse = (request, response) => json(response, 500, { error: { message: 'no' } });
  const ups = {
    anthropic: await upstream(t, refuse),
    gemini: await upstream(t, refuse),
    chat: await upstream(t, provider('chat')),
  };
  const file = path.join(folder(t), 'sluice.yaml');
  writeFileSync(
    file,
    [
      'version: 1\nproviders:',
      ...Object.entries(ups).map(
        ([kind, { port }]) => `  - {id: ${kind}, ${dialectLines[kind]}, base_url: 'http://127.0.0.1:${port}/${version[kind]}'}`,
      ),
      'routes:\n  - model: m\n    targets:',
      '      - {provider: anthropic, model: claude}',
      '      - {provider: gemini, model: models-g, priority: 1}',
      '      - {provider: chat, model: gpt, priority: 2}\n',
    ].join('\n'),
  );
  const gate = await gateway(t, ['--config', file]);
  for (const kind of kinds) {
    for (const stream of [false, true]) {
      const client = clients[kind].make(gate.url);
      assert.deepEqual(await clients[kind].ask(client, 'm', 'parallel', stream), expected('parallel'), kind);
    }
  }
  const [first] = ups.anthropic.requests;
  assert.equal(JSON.parse(first.body).model, 'claude');
  assert.equal(first.headers['anthropic-version'], '2023-06-01');
  assert.match(ups.gemini.requests[0].url, /^\/v1beta\/models\/models-g:/);
  assert.equal(JSON.parse(ups.chat.requests[0].body).model, 'gpt');
});

test('what cannot be carried is named', async (t) => {
  const gate = await fourProviders(t);
  const body = {
    model: 'to-anthropic',
    messages: [{ role: 'user', content: 'scene:text' }],
    logit_bias: { 5: 1 },
    seed: 4,
  };
  const post = (model) =>
    fetch(`${gate.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'openai-organization': 'org' },
      body: JSON.stringify({ ...body, model }),
    });
  const response = await post('to-anthropic');
  assert.equal(response.status, 200);
  const dropped = response.headers.get('x-sluice-dropped').split(', ').sort();
  assert.deepEqual(dropped, ['logit_bias', 'seed']);
  assert.match(await gate.line(/dropped=/), /dropped="?(logit_bias, seed|seed, logit_bias)/);
  assert.equal(gate.ups.anthropic.requests[0].headers['openai-organization'], undefined);
  const same = await post('to-chat');
  assert.equal(same.headers.get('x-sluice-dropped'), null);
  assert.deepEqual(JSON.parse(gate.ups.chat.requests[0].body), { ...body, model: 'provider-model' });
  assert.equal(gate.ups.chat.requests[0].headers['openai-organization'], 'org');
});

test('the same dialect in and out is forwarded byte for byte, but for the model', async (t) => {
  const gate = await fourProviders(t);
  const odd = {
    anthropic: ['/v1/messages?beta=true', '{ "model" : "to-anthropic","max_tokens":5, "new":[1.50],"messages":[{"role":"user","content":"scene:text"}]}', '/v1/messages?beta=true'],
    responses: ['/v1/responses', '{"new":1.50,"model":"to-responses" , "input":"scene:text"}', '/v1/responses'],
    gemini: [
      '/v1beta/models/to-gemini:generateContent?key=secret&x=y',
      '{ "new" : 1.50, "contents":[{"parts":[{"text":"scene:text"}]}]}',
      '/v1beta/models/provider-model:generateContent?x=y',
    ],
  };
  for (const [kind, [url, body, expectedUrl]] of Object.entries(odd)) {
    if (kind === 'gemini') gate.ups.gemini.requests.length = 0;
    await fetch(`${gate.url}${url}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const [sent] = gate.ups[kind].requests;
    assert.equal(sent.body, body.replace(`to-${kind}`, 'provider-model'));
    assert.equal(sent.url, expectedUrl);
  }
});

test('without alt=sse a Gemini stream is an array', async (t) => {
  const gate = await fourProviders(t);
  for (const to of kinds) {
    const response = await fetch(`${gate.url}/v1beta/models/to-${to}:streamGenerateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'scene:text' }] }] }),
    });
    assert.match(response.headers.get('content-type'), /^application\/json/);
    const elements = await response.json();
    const text = elements.map((one) => one.candidates[0].content?.parts?.map((part) => part.text ?? '').join('') ?? '').join('');
    assert.equal(text, expected('text').text, to);
    const cut = await fetch(`${gate.url}/v1beta/models/to-${to}:streamGenerateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'scene:cut' }] }] }),
    });
    assert.ok((await cut.json()).at(-1).error.message, to);
  }
});

test('our own errors are of the caller’s dialect', async (t) => {
  const gate = await fourProviders(
    t,
    {},
    'server: {max_body: 2KiB, client_keys: [{id: one, key: env:GATE_KEY, models: [to-chat], limits: {requests_per_minute: 2, burst_requests: 1}}]}',
  );
  const shapes = {
    chat: (body) => [body.error.type, body.error.message],
    responses: (body) => [body.error.type, body.error.message],
    anthropic: (body) => {
      assert.equal(body.type, 'error');
      assert.match(body.request_id, /^req_|^none$/);
      return [body.error.type, body.error.message];
    },
    gemini: (body, status) => {
      assert.equal(body.error.code, status);
      return [body.error.status, body.error.message];
    },
  };
  const requests = {
    chat: (model) => ['/v1/chat/completions', { model, messages: [{ role: 'user', content: 'scene:text' }] }],
    responses: (model) => ['/v1/responses', { model, input: 'scene:text' }],
    anthropic: (model) => ['/v1/messages', { model, max_tokens: 5, messages: [{ role: 'user', content: 'scene:text' }] }],
    gemini: (model) => [
      `/v1beta/models/${model}:generateContent`,
      { contents: [{ role: 'user', parts: [{ text: 'scene:text' }] }] },
    ],
  };
  const keys = {
    chat: { authorization: 'Bearer client-key' },
    responses: { authorization: 'Bearer client-key' },
    anthropic: { 'x-api-key': 'client-key' },
    gemini: { 'x-goog-api-key': 'client-key' },
  };
  const types = {
    401: { chat: 'invalid_request_error', anthropic: 'authentication_error', gemini: 'UNAUTHENTICATED' },
    403: { chat: 'permission_error', anthropic: 'permission_error', gemini: 'PERMISSION_DENIED' },
    404: { chat: 'invalid_request_error', anthropic: 'not_found_error', gemini: 'NOT_FOUND' },
    400: { chat: 'invalid_request_error', anthropic: 'invalid_request_error', gemini: 'INVALID_ARGUMENT' },
    413: { chat: 'invalid_request_error', anthropic: 'request_too_large', gemini: 'INVALID_ARGUMENT' },
    429: { chat: 'requests', anthropic: 'rate_limit_error', gemini: 'RESOURCE_EXHAUSTED' },
  };
  for (const kind of kinds) {
    const post = async (status, [url, body], headers = keys[kind]) => {
      const response = await fetch(`${gate.url}${url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      assert.equal(response.status, status, `${kind} ${status}`);
      const told = await response.json();
      const [type, message] = shapes[kind](told, status);
      assert.match(response.headers.get('x-request-id'), /^req_[0-9a-f]{16}$/);
      if (kind === 'anthropic') assert.equal(told.request_id, response.headers.get('x-request-id'));
      assert.equal(type, types[status][kind === 'responses' ? 'chat' : kind], `${kind} ${status}`);
      assert.ok(message.length > 10);
      return response;
    };
    await post(401, requests[kind]('to-chat'), {});
    await post(404, requests[kind]('nobody'));
    await post(403, requests[kind]('to-gemini'));
    const [url] = requests[kind]('to-chat');
    await post(400, [url, '{']);
    await post(413, [url, JSON.stringify({ x: 'a'.repeat(3000) })]);
  }
  // One passes, the next does not.
  for (const [i, kind] of kinds.entries()) {
    const [url, body] = requests[kind]('to-chat');
    const send = () =>
      fetch(`${gate.url}${url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...keys[kind] },
        body: JSON.stringify(body),
      });
    if (i === 0) assert.equal((await send()).status, 200);
    const refused = await send();
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    const [type] = shapes[kind](await refused.json(), 429);
    assert.equal(type, types[429][kind === 'responses' ? 'chat' : kind]);
    if (kind === 'anthropic') {
      assert.equal(refused.headers.get('anthropic-ratelimit-requests-limit'), '2');
      assert.match(refused.headers.get('anthropic-ratelimit-requests-reset'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(refused.headers.get('request-id'), /^req_/);
      assert.equal(refused.headers.get('x-ratelimit-limit-requests'), null);
    } else {
      assert.equal(refused.headers.get('x-ratelimit-limit-requests'), '2');
    }
  }
  // Gemini's other place for a key.
  const byQuery = await fetch(`${gate.url}/v1beta/models?key=client-key`);
  assert.equal(byQuery.status, 200);
  assert.equal((await fetch(`${gate.url}/v1beta/models?key=wrong`)).status, 401);
});

test('our key refused is our trouble, in every dialect', async (t) => {
  const refused = {
    chat: [401, { error: { message: 'bad key', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } }],
    anthropic: [401, { type: 'error', error: { type: 'authentication_error', message: 'bad key' } }],
    gemini: [
      400,
      {
        error: {
          code: 400,
          message: 'API key not valid.',
          status: 'INVALID_ARGUMENT',
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
        },
      },
    ],
  };
  const handlers = Object.fromEntries(
    Object.entries(refused).map(([kind, [status, body]]) => [kind, (request, response) => json(response, status, body)]),
  );
  const gate = await fourProviders(t, handlers);
  for (const kind of Object.keys(refused)) {
    await assert.rejects(clients[kind].ask(clients[kind].make(gate.url), `to-${kind}`, 'text', false), (error) => {
      assert.equal(error.status, 502, kind);
      assert.match(error.message, /api_key/);
      return true;
    });
  }
});

test('models are listed as each dialect has it', async (t) => {
  const gate = await fourProviders(t);
  const names = kinds.map((kind) => `to-${kind}`);
  const listed = async (pages, name) => {
    const found = [];
    for await (const model of await pages) found.push(name(model));
    return found;
  };
  assert.deepEqual(await listed(clients.chat.make(gate.url).models.list(), (model) => model.id), names);
  const anthropic = clients.anthropic.make(gate.url);
  assert.deepEqual(await listed(anthropic.models.list(), (model) => model.id), names);
  assert.equal((await anthropic.models.retrieve('to-chat')).type, 'model');
  const gemini = clients.gemini.make(gate.url);
  assert.deepEqual(await listed(gemini.models.list(), (model) => model.name), names.map((name) => `models/${name}`));
  assert.equal((await gemini.models.get({ model: 'to-chat' })).name, 'models/to-chat');
  await assert.rejects(gemini.models.get({ model: 'nobody' }), { status: 404 });
});

test('tokens are counted by who speaks the dialect, else estimated', async (t) => {
  const gate = await fourProviders(t, {
    anthropic: (request, response) => json(response, 200, { input_tokens: 1234, at: request.url }),
    gemini: (request, response) => json(response, 200, { totalTokens: 4321 }),
  });
  const anthropic = clients.anthropic.make(gate.url);
  const messages = [{ role: 'user', content: 'a'.repeat(400) }];
  assert.equal((await anthropic.messages.countTokens({ model: 'to-anthropic', messages })).input_tokens, 1234);
  assert.equal(JSON.parse(gate.ups.anthropic.requests[0].body).model, 'provider-model');
  const guess = await anthropic.messages.countTokens({ model: 'to-chat', messages }).withResponse();
  assert.ok(guess.data.input_tokens > 90 && guess.data.input_tokens < 130, `${guess.data.input_tokens}`);
  assert.equal(guess.response.headers.get('x-sluice-estimated'), 'true');
  const gemini = clients.gemini.make(gate.url);
  assert.equal((await gemini.models.countTokens({ model: 'to-gemini', contents: 'hello' })).totalTokens, 4321);
  const estimate = await gemini.models.countTokens({ model: 'to-chat', contents: 'a'.repeat(400) });
  assert.ok(estimate.totalTokens > 90 && estimate.totalTokens < 130, `${estimate.totalTokens}`);
});

test('embeddings go both ways, one and many', async (t) => {
  const gate = await fourProviders(t, {
    chat: (request, response, body) => {
      const { input, encoding_format } = JSON.parse(body);
      assert.equal(encoding_format, 'float');
      const list = Array.isArray(input) ? input : [input];
      json(response, 200, {
        object: 'list',
        model: 'provider-model',
        data: list.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 0.25] })).reverse(),
        usage: { prompt_tokens: 5, total_tokens: 5 },
      });
    },
    gemini: (request, response, body) => {
      const { requests } = JSON.parse(body);
      json(response, 200, {
        embeddings: requests.map((one) => ({ values: [one.content.parts[0].text.length, -0.5] })),
      });
    },
  });
  const openai = clients.chat.make(gate.url);
  // The client asks for base64 by itself, and decodes it.
  const two = await openai.embeddings.create({ model: 'to-gemini', input: ['a', 'bcd'], dimensions: 2 });
  assert.deepEqual(two.data.map((one) => [...one.embedding]), [[1, -0.5], [3, -0.5]]);
  assert.equal(two.model, 'to-gemini');
  const sent = JSON.parse(gate.ups.gemini.requests[0].body);
  assert.equal(gate.ups.gemini.requests[0].url, '/v1beta/models/provider-model:batchEmbedContents');
  assert.deepEqual(sent.requests[1], {
    model: 'models/provider-model',
    content: { parts: [{ text: 'bcd' }] },
    outputDimensionality: 2,
  });
  const plain = await openai.embeddings.create({ model: 'to-gemini', input: 'xy', encoding_format: 'float' });
  assert.deepEqual(plain.data[0].embedding, [2, -0.5]);
  await assert.rejects(openai.embeddings.create({ model: 'to-gemini', input: [[1, 2]] }), { status: 400, param: 'input' });
  await assert.rejects(openai.embeddings.create({ model: 'to-anthropic', input: 'x' }), { status: 400 });

  const gemini = clients.gemini.make(gate.url);
  const many = await gemini.models.embedContent({ model: 'to-chat', contents: ['a', 'bcd'], config: { taskType: 'RETRIEVAL_QUERY' } });
  assert.deepEqual(many.embeddings.map((one) => one.values), [[1, 0.25], [3, 0.25]]);
  const one = await fetch(`${gate.url}/v1beta/models/to-chat:embedContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: { parts: [{ text: 'abcd' }] }, taskType: 'RETRIEVAL_QUERY' }),
  });
  assert.equal(one.headers.get('x-sluice-dropped'), 'taskType');
  assert.deepEqual(await one.json(), { embedding: { values: [4, 0.25] } });
  const own = await gemini.models.embedContent({ model: 'to-gemini', contents: ['ab'] });
  assert.deepEqual(own.embeddings[0].values, [2, -0.5]);
});

test('older completions go to who speaks OpenAI', async (t) => {
  const gate = await fourProviders(t, {
    chat: (request, response) => json(response, 200, { object: 'text_completion', choices: [{ text: 'hi' }], at: request.url }),
  });
  const openai = clients.chat.make(gate.url);
  const done = await openai.completions.create({ model: 'to-chat', prompt: 'say' });
  assert.equal(done.choices[0].text, 'hi');
  assert.equal(done.at, '/v1/completions');
  assert.equal(JSON.parse(gate.ups.chat.requests[0].body).model, 'provider-model');
  await assert.rejects(openai.completions.create({ model: 'to-gemini', prompt: 'say' }), { status: 400 });
});

test('a provider that breaks its grammar has failed', async (t) => {
  const broken = {
    chat: 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: not JSON\n\n',
    responses:
      'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r","status":"in_progress"}}\n\nevent: response.output_text.delta\ndata: {"type":"response.output_text.delta","output_index":7,"delta":5}\n\n',
    anthropic: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}\n\n',
    gemini: 'data: {"candidates":[{"index":0,"content":{"parts":[{"text":"a"}]}}]}\n\ndata: {"candidates":7}\n\n',
  };
  const handlers = Object.fromEntries(
    Object.entries(broken).map(([kind, text]) => [
      kind,
      (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(text);
      },
    ]),
  );
  const gate = await fourProviders(t, handlers);
  for (const to of kinds) {
    const others = kinds.filter((caller) => caller !== to);
    for (const [i, caller] of others.entries()) {
      await assert.rejects(clients[caller].ask(clients[caller].make(gate.url), `to-${to}`, 'text', true), undefined, to);
      await eventually(
        async () => (await gate.metrics()).get(`sluice_attempts_total{provider="${to}",outcome="failed"}`) === i + 1,
        `counted against ${to}`,
      );
      await gate.admin('POST', `providers/${to}/reset`);
    }
  }
});

/** Two at Anthropic's dialect, which has no earlier responses to go on from, and one at Responses. */
async function unsayable(t, routes, { responses = provider('responses'), limits = '' } = {}) {
  const ups = { anthropic: await upstream(t, provider('anthropic')), responses: await upstream(t, responses) };
  const file = path.join(folder(t), 'sluice.yaml');
  const line = (id, kind, more = '') =>
    `  - {id: ${id}, ${dialectLines[kind]}, base_url: 'http://127.0.0.1:${ups[kind].port}/v1'${more}}\n`;
  const one = 'limits: {concurrency: 1, queue: 0, requests_per_minute: 1, burst_requests: 1}';
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 1}\nproviders:\n${line('anthropic', 'anthropic', `, ${one}`)}${line('more', 'anthropic')}${line('responses', 'responses', limits)}routes:\n${routes}`,
  );
  const gate = await gateway(t, ['--config', file]);
  const ask = (more = { previous_response_id: 'resp_0' }) =>
    fetch(`${gate.url}/v1/responses`, { method: 'POST', body: JSON.stringify({ model: 'm', input: 'scene:text', ...more }) });
  return { ...gate, ups, ask };
}
const toTwo = '  - {model: m, targets: [{provider: anthropic}, {provider: more}';
const tier = `${toTwo}, {provider: responses, priority: 1}]}\n`;

for (const [where, routes] of Object.entries({
  'a later tier': tier,
  'a fallback route': `${toTwo}], fallback: [n]}\n  - {model: n, targets: [{provider: responses}]}\n`,
})) {
  test(`what some targets cannot be told goes to one of ${where} that can`, async (t) => {
    const { ask, ups } = await unsayable(t, routes);
    for (let i = 0; i < 4; i++) {
      const answer = await ask();
      assert.equal(answer.status, 200, await answer.text());
      assert.equal(answer.headers.get('x-sluice-provider'), 'responses');
      assert.equal(answer.headers.get('x-sluice-attempts'), '1');
    }
    assert.equal(ups.anthropic.requests.length, 0);
    // They were not asked: their places and what their limits let through are still there.
    const by = [];
    for (let i = 0; i < 2; i++) by.push((await ask({})).headers.get('x-sluice-provider'));
    assert.deepEqual(by.sort(), ['anthropic', 'more']);
  });
}

test('what no target can be told is refused, and told why', async (t) => {
  const { ask, ups } = await unsayable(t, `${toTwo}]}\n`);
  const refused = await ask();
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).error.param, 'previous_response_id');
  assert.equal(ups.anthropic.requests.length, 0);
});

test('the only target that can be told is waited for', async (t) => {
  const held = [];
  const answers = provider('responses');
  const { ask, ups, metrics } = await unsayable(t, tier, {
    responses: (...call) => (held.length === 0 ? held.push(call) : answers(...call)),
    limits: ', limits: {concurrency: 1, queue: 1, queue_timeout: 20s}',
  });
  const first = ask();
  await eventually(() => held.length === 1, 'its place is taken');
  const second = ask();
  await eventually(async () => (await metrics()).get('sluice_queued{provider="responses"}') === 1, 'the second waits');
  const third = await ask();
  assert.equal(third.status, 503);
  assert.equal(third.headers.get('retry-after'), '1');
  answers(...held[0]);
  assert.equal((await first).status, 200);
  assert.equal((await second).status, 200);
  assert.equal(ups.anthropic.requests.length, 0);
});
