// SPDX-License-Identifier: GPL-3.0-or-later
// What the gateway does so that its clients need not: other targets, pauses, tiers, fallback routes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import OpenAI from 'openai';
import { chunk, completion, eventually, folder, gateway, gatewayTo, json, messages, openStream, upstream } from './harness.mjs';

const ask = (gw, extra = {}) =>
  gw.client().chat.completions.create({ model: 'm', messages, ...extra }).withResponse();

async function refused(gw, extra) {
  return ask(gw, extra).then(
    () => assert.fail('it did not fail'),
    (caught) => caught,
  );
}

/** A gateway over upstreams by name, with the given routes. */
async function over(t, handlers, routes, provider = '') {
  const ups = {};
  for (const [id, handler] of Object.entries(handlers)) ups[id] = await upstream(t, handler);
  const file = path.join(folder(t), 'sluice.yaml');
  const lines = Object.entries(ups).map(
    ([id, { port }]) => `  - {id: ${id}, base_url: 'http://127.0.0.1:${port}/v1'${provider}}`,
  );
  writeFileSync(file, `version: 1\nproviders:\n${lines.join('\n')}\nroutes:\n${routes}\n`);
  return { gw: await gateway(t, ['--config', file]), ups };
}

const works = (request, response) => json(response, 200, completion());
const fails = (status, code) => (request, response) =>
  json(response, status, { error: { message: `theirs ${status}`, type: 'x', code } });
const modelOf = ({ body }) => JSON.parse(body).model;

for (const [what, handler] of [
  ['answers 500', fails(500)],
  ['answers 503', fails(503)],
  ['answers 429', fails(429)],
  ['refuses our key', fails(401)],
  ['finds it too long', fails(400, 'context_length_exceeded')],
  ['resets', (request) => request.socket.resetAndDestroy()],
  ['breaks off its error', (request, response) => {
    response.writeHead(500, { 'content-length': 100 });
    response.write('half', () => setTimeout(() => response.socket.resetAndDestroy(), 20));
  }],
]) {
  test(`when one ${what} the other is asked, and the client sees nothing of it`, async (t) => {
    const { gw, ups } = await over(
      t,
      { bad: handler, good: works },
      "  - {model: m, targets: [{provider: bad, priority: 0}, {provider: good, priority: 1, model: other}]}",
    );
    const { response } = await ask(gw);
    assert.equal(response.headers.get('x-sluice-provider'), 'good');
    assert.equal(response.headers.get('x-sluice-attempts'), '2');
    assert.equal(response.headers.get('x-should-retry'), null);
    assert.equal(ups.bad.requests.length, 1);
    assert.deepEqual(ups.good.requests.map(modelOf), ['other']);
    const count = async (name) => (await gw.metrics()).get(name);
    await eventually(
      async () => (await count('sluice_requests_total{route="m",provider="good",outcome="ok"}')) === 1,
      'one request, and it was fine',
    );
    assert.equal(await count('sluice_attempts_total{provider="good",outcome="ok"}'), 1);
    assert.equal(await count('sluice_inflight{provider="bad"}'), 0);
  });
}

test('a stream goes to the other until its first byte', async (t) => {
  const { gw } = await over(
    t,
    {
      bad: (request, response) => {
        openStream(response);
        setTimeout(() => response.socket.resetAndDestroy(), 20);
      },
      good: (request, response) => {
        openStream(response);
        response.end(`${chunk({ content: 'whole' })}data: [DONE]\n\n`);
      },
    },
    '  - {model: m, targets: [{provider: bad}, {provider: good, priority: 1}]}',
  );
  const { data } = await ask(gw, { stream: true });
  let text = '';
  for await (const part of data) text += part.choices[0].delta.content ?? '';
  assert.equal(text, 'whole');
});

test('after its first byte nobody else is asked', async (t) => {
  const { gw, ups } = await over(
    t,
    {
      bad: (request, response) => {
        openStream(response);
        response.write(chunk({ content: 'half' }), () => setTimeout(() => response.socket.resetAndDestroy(), 20));
      },
      good: works,
    },
    '  - {model: m, targets: [{provider: bad}, {provider: good, priority: 1}]}',
  );
  const { data } = await ask(gw, { stream: true });
  await assert.rejects(async () => {
    for await (const part of data) void part;
  }, OpenAI.APIError);
  assert.equal(ups.good.requests.length, 0);
});

test('the only target is asked again after pauses, as often as the budget allows', async (t) => {
  let left = 2;
  const { gw, ups } = await over(
    t,
    { up: (request, response) => (left-- > 0 ? fails(503)(request, response) : works(request, response)) },
    '  - {model: m, targets: [{provider: up}], retry: {attempts: 3, backoff: 20ms, max_backoff: 1s}}',
  );
  const { response } = await ask(gw);
  assert.equal(response.headers.get('x-sluice-attempts'), '3');
  left = 100;
  const error = await refused(gw);
  assert.equal(error.status, 503);
  assert.match(error.message, /theirs 503/); // as the provider said it
  assert.equal(error.headers.get('x-should-retry'), 'false');
  assert.equal(error.headers.get('x-sluice-attempts'), '3');
  assert.equal(ups.up.requests.length, 6);
});

test('an official client with retries of its own does not multiply them', async (t) => {
  const { gw, ups } = await over(
    t,
    { up: fails(500) },
    '  - {model: m, targets: [{provider: up}], retry: {attempts: 2, backoff: 10ms}}',
    ', breaker: {consecutive_failures: 100}',
  );
  const client = gw.client({ maxRetries: 5 });
  await assert.rejects(client.chat.completions.create({ model: 'm', messages }), OpenAI.InternalServerError);
  assert.equal(ups.up.requests.length, 2);
});

test("a caller's own mistake is told as it came, at once", async (t) => {
  const { gw, ups } = await over(
    t,
    { one: fails(400, 'bad_thing'), other: works },
    '  - {model: m, targets: [{provider: one}, {provider: other, priority: 1}]}',
  );
  const error = await refused(gw);
  assert.equal(error.status, 400);
  assert.equal(error.code, 'bad_thing');
  assert.equal(error.headers.get('x-should-retry'), null);
  assert.equal(ups.other.requests.length, 0);
});

test('a provider that says not to retry is believed', async (t) => {
  const { gw, ups } = await over(
    t,
    {
      one: (request, response) => {
        response.setHeader('x-should-retry', 'false');
        fails(500)(request, response);
      },
      other: works,
    },
    '  - {model: m, targets: [{provider: one}, {provider: other, priority: 1}]}',
  );
  const error = await refused(gw);
  assert.equal(error.status, 500);
  assert.equal(error.headers.get('x-should-retry'), 'false');
  assert.equal(ups.other.requests.length, 0);
});

test('Retry-After longer than the longest pause is not waited for', async (t) => {
  const { gw, ups } = await over(
    t,
    {
      up: (request, response) => {
        response.setHeader('retry-after', '30');
        fails(503)(request, response);
      },
    },
    '  - {model: m, targets: [{provider: up}], retry: {attempts: 5, backoff: 10ms, max_backoff: 1s}}',
  );
  const error = await refused(gw);
  assert.equal(error.headers.get('retry-after'), '30');
  assert.equal(ups.up.requests.length, 1);
});

test('a client that leaves during a pause is let go', async (t) => {
  const { gw, ups } = await over(
    t,
    { up: fails(500) },
    '  - {model: m, targets: [{provider: up}], retry: {attempts: 3, backoff: 60s, max_backoff: 100s}}',
  );
  const gone = new AbortController();
  const asked = gw.client().chat.completions.create({ model: 'm', messages }, { signal: gone.signal });
  const failed = assert.rejects(asked, OpenAI.APIUserAbortError);
  await eventually(
    async () => (await gw.metrics()).get('sluice_attempts_total{provider="up",outcome="failed"}') === 1,
    'the first attempt has failed',
  );
  gone.abort();
  await failed;
  await eventually(async () => (await gw.metrics()).get('sluice_requests_inflight') === 0, 'nothing in flight');
  assert.equal(ups.up.requests.length, 1);
});

test('a large error is relayed while it comes', async (t) => {
  const large = JSON.stringify({ error: { message: 'x'.repeat(100_000), type: 'x' } });
  const { gw, ups } = await over(
    t,
    {
      one: (request, response) => {
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(large);
      },
      other: works,
    },
    '  - {model: m, targets: [{provider: one}, {provider: other, priority: 1}]}',
  );
  const answer = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages }),
  });
  assert.equal(answer.status, 500);
  assert.equal(await answer.text(), large);
  assert.equal(ups.other.requests.length, 0);
});

for (const [what, limit] of [
  ['one call at once', 'concurrency: 1, queue: 0'],
  ['tokens for one call', 'tokens_per_minute: 60, burst_tokens: 300'],
]) {
  test(`a provider that has ${what} is asked for another model once the first has failed`, async (t) => {
    const { gw, ups } = await over(
      t,
      { up: (request, response, body) => (JSON.parse(body).model === 'small' ? fails(400, 'context_length_exceeded') : works)(request, response) },
      '  - {model: m, targets: [{provider: up, model: small}, {provider: up, model: large, priority: 1}]}',
      `, limits: {${limit}}`,
    );
    const { response } = await ask(gw, { max_tokens: 200 });
    assert.equal(response.headers.get('x-sluice-attempts'), '2');
    assert.deepEqual(ups.up.requests.map(modelOf), ['small', 'large']);
  });
}

test('a key that was refused is not shown again to the same provider for another model', async (t) => {
  const { gw, ups } = await over(
    t,
    { up: fails(401) },
    '  - {model: m, targets: [{provider: up, model: small}, {provider: up, model: large, priority: 1}]}',
  );
  const error = await refused(gw);
  assert.equal(error.code, 'upstream_credentials');
  assert.equal(ups.up.requests.length, 1);
});

test('who takes over from a target that fails does not take the turn of the next request', async (t) => {
  const { gw, ups } = await over(t, { bad: fails(403), good: works }, '  - {model: m, targets: [{provider: bad}, {provider: good}]}');
  for (let i = 0; i < 10; i++) assert.equal((await ask(gw)).response.headers.get('x-sluice-provider'), 'good');
  assert.equal(ups.bad.requests.length, 5, 'every other request begins there');
});

test('tiers and fallback routes are used in order, and only when those before cannot serve', async (t) => {
  const state = { first: works, second: works, third: works };
  const through = (name) => (request, response) => state[name](request, response);
  const { gw, ups } = await over(
    t,
    { first: through('first'), second: through('second'), third: through('third') },
    '  - {model: m, fallback: [n], targets: [{provider: first}, {provider: second, priority: 5}]}\n' +
      '  - {model: n, targets: [{provider: third}]}',
    ', breaker: {consecutive_failures: 1, open_for: 60s}',
  );
  const by = async () => (await ask(gw)).response.headers.get('x-sluice-provider');
  for (let i = 0; i < 3; i++) assert.equal(await by(), 'first');
  state.first = fails(500);
  assert.equal(await by(), 'second'); // after one attempt at the first, whose breaker is open now
  assert.equal(await by(), 'second');
  assert.equal(ups.first.requests.length, 4);
  state.second = fails(500);
  assert.equal(await by(), 'third');
  assert.equal(await by(), 'third');
  assert.equal(ups.second.requests.length, 3);
  assert.deepEqual(new Set(ups.third.requests.map(modelOf)), new Set(['n'])); // its own model
});

test('what a provider took and worked on is not sent again behind the back of the budget', async (t) => {
  const up = await upstream(t, (request, response) => {
    if (up.requests.length === 1) return json(response, 200, completion());
    return setTimeout(() => request.socket.destroy(), 800);
  });
  const gw = await gatewayTo(t, up.port, [], 'server: {workers: 1}');
  const ask = () => fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'gpt-test', messages }) });
  await (await ask()).text(); // to its end, so that its connection serves again
  const answer = await ask();
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get('x-sluice-attempts'), '1');
  assert.equal(up.requests.length, 2);
});

test('what is for one provider alone goes to no other', async (t) => {
  const seen = [];
  const handler = (status) => (request, response) => {
    seen.push(request.rawHeaders.map((text) => text.toLowerCase()));
    json(response, status, completion());
  };
  const first = await upstream(t, handler(500));
  const second = await upstream(t, handler(200));
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nproviders:\n  - {id: a, base_url: 'http://127.0.0.1:${first.port}/v1', api_key: env:KEY, key_header: x-gate}\n  - {id: b, base_url: 'http://127.0.0.1:${second.port}/v1'}\n` +
      'routes: [{model: m, retry: {attempts: 2}, targets: [{provider: a}, {provider: b, priority: 1}]}]\n',
  );
  const gw = await gateway(t, ['--config', file], { KEY: 'ours' });
  const answer = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'idempotency-key': 'once', 'x-gate': 'theirs' },
    body: JSON.stringify({ model: 'm', messages }),
  });
  assert.equal(answer.headers.get('x-sluice-provider'), 'b');
  const values = (fields, name) => fields.filter((text, i) => i % 2 === 1 && fields[i - 1] === name);
  assert.deepEqual(values(seen[0], 'idempotency-key'), ['once']);
  assert.deepEqual(values(seen[0], 'x-gate'), ['ours']);
  assert.deepEqual(values(seen[1], 'idempotency-key'), []);
});
