// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that are kept, and requests that wait for the answer to an equal one.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { chunk, completion, eventually, folder, gateway, json, messages, openStream, raw, upstream } from './harness.mjs';

async function scene(t, handler, cache = '{ttl: 10m}', server = '', provider = '') {
  const up = await upstream(t, handler);
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\n${server}\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', limits: {tokens_per_minute: 60, burst_tokens: 10000}${provider}}\n` +
      `routes:\n  - {model: m, retry: {attempts: 1}, cache: ${cache}, targets: [{provider: up}]}\n` +
      '  - {model: other, targets: [{provider: up}]}\n',
  );
  return { up, gw: await gateway(t, ['--config', file], { ONE: 'one', TWO: 'two' }) };
}
const ask = async (gw, body = {}, options = {}) => {
  const answer = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST', ...options, body: typeof body === 'string' ? body : JSON.stringify({ model: 'm', temperature: 0, messages, ...body }),
  });
  return { status: answer.status, cache: answer.headers.get('x-sluice-cache'), headers: answer.headers, text: await answer.text() };
};
let serial = 0;
const numbered = (request, response) => json(response, 200, { ...completion(`answer ${++serial}`), usage: { prompt_tokens: 400, completion_tokens: 100 } });
const stats = async (gw) => (await (await gw.admin('GET', 'snapshot')).json()).cache;

test('an answer is kept, and costs nothing the second time', async (t) => {
  const { gw, up } = await scene(t, numbered);
  const first = await ask(gw);
  assert.equal(first.cache, 'miss');
  const second = await ask(gw);
  assert.equal(second.cache, 'hit');
  assert.equal(second.text, first.text);
  assert.match(second.headers.get('age'), /^\d+$/);
  assert.equal(second.headers.get('content-type'), 'application/json');
  // However it is written, and whoever is named in it, it is the same question.
  const same = await ask(gw, `{ "user": "u",\n"messages": ${JSON.stringify(messages)}, "temperature": 0, "model":"m", "metadata": {"a":"b"} }`);
  assert.equal(same.cache, 'hit');
  assert.equal(up.requests.length, 1);
  const { providers, requests } = await (await gw.admin('GET', 'snapshot')).json();
  assert.ok(providers[0].tokens.available >= 9500 && providers[0].tokens.available <= 9505, 'the tokens of one');
  await eventually(async () => (await gw.metrics()).get('sluice_requests_total{route="m",provider="",outcome="ok"}') === 2, 'hits are requests that went well');
  const metrics = await gw.metrics();
  assert.equal(metrics.get('sluice_cache_hits_total'), 2);
  assert.equal(metrics.get('sluice_cache_misses_total'), 1);
  assert.ok(metrics.get('sluice_cache_bytes') > first.text.length);
});

test('other questions, and those that are not for a cache, are asked', async (t) => {
  const { gw, up } = await scene(t, numbered);
  await ask(gw);
  for (const [body, options, cache] of [
    [{ messages: [{ role: 'user', content: 'other' }] }, {}, 'miss'],
    [{ temperature: 0.5 }, {}, 'bypass'],
    [{ temperature: undefined }, {}, 'bypass'],
    [{ model: 'other' }, {}, null],
    [{}, { headers: { 'cache-control': 'no-store' } }, 'bypass'],
    [{ n: 2 }, {}, 'miss'],
  ]) {
    const before = up.requests.length;
    const answer = await ask(gw, body, options);
    assert.equal(answer.cache, cache, JSON.stringify(body));
    assert.equal(up.requests.length, before + 1, JSON.stringify(body));
  }
  // no-cache asks anew, and what comes is kept.
  const fresh = await ask(gw, {}, { headers: { 'cache-control': 'no-cache' } });
  assert.equal(fresh.cache, 'bypass');
  const then = await ask(gw);
  assert.equal(then.cache, 'hit');
  assert.equal(then.text, fresh.text);
});

test('a stream is replayed as one', async (t) => {
  const sent = chunk({ content: 'a' }) + chunk({ content: 'b' }, 'stop') + 'data: [DONE]\n\n';
  const { gw, up } = await scene(t, (request, response, body) => {
    if (!JSON.parse(body).stream) return numbered(request, response);
    openStream(response);
    response.end(sent);
  });
  const first = await ask(gw, { stream: true });
  const second = await ask(gw, { stream: true });
  assert.deepEqual([first.cache, second.cache, second.text], ['miss', 'hit', sent]);
  assert.match(second.headers.get('content-type'), /^text\/event-stream/);
  assert.equal((await ask(gw)).cache, 'miss', 'who wants no stream gets none');
  const stream = await gw.client().chat.completions.create({ model: 'm', temperature: 0, messages, stream: true });
  let said = '';
  for await (const part of stream) said += part.choices[0].delta.content ?? '';
  assert.equal(said, 'ab');
  assert.equal(up.requests.length, 2);
});

test('errors and broken answers are not kept', async (t) => {
  let turn = 0;
  const { gw, up } = await scene(t, (request, response) => {
    turn++;
    if (turn === 1) return json(response, 500, { error: { message: 'no' } });
    if (turn === 2) return json(response, 400, { error: { message: 'no' } });
    if (turn === 3) {
      openStream(response);
      response.end(chunk({ content: 'cut' })); // no [DONE]
      return undefined;
    }
    return numbered(request, response);
  });
  assert.equal((await ask(gw)).status, 500);
  assert.equal((await ask(gw)).status, 400);
  assert.match((await ask(gw, { stream: true })).text, /"error"/);
  assert.equal((await ask(gw)).cache, 'miss');
  assert.equal((await ask(gw)).cache, 'hit');
  assert.equal(up.requests.length, 4);
});

test('of many equal requests at once one is asked', async (t) => {
  const waiting = [];
  const { gw, up } = await scene(t, (request, response) => waiting.push(response));
  const calls = Array.from({ length: 20 }, () => ask(gw));
  await eventually(async () => (await stats(gw)).joined === 19, 'all others wait');
  assert.equal(up.requests.length, 1);
  numbered(null, waiting[0]);
  const answers = await Promise.all(calls);
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  assert.equal(answers.filter((answer) => answer.cache === 'hit').length, 19);
  assert.equal(up.requests.length, 1);
});

for (const stream of [false, true]) {
  test(`the one that asks leaves in the middle: the others get its answer (${stream ? 'stream' : 'plain'})`, async (t) => {
    const waiting = [];
    const whole = stream ? chunk({ content: 'x' }) + 'data: [DONE]\n\n' : JSON.stringify(completion('whole'));
    const { gw, up } = await scene(t, (request, response) => {
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
      response.write(whole.slice(0, 30));
      waiting.push(response);
    });
    const abort = new AbortController();
    const leader = ask(gw, { stream }, { signal: abort.signal }).catch(() => 'left');
    await eventually(() => waiting.length === 1, 'it is asked');
    const others = [ask(gw, { stream }), ask(gw, { stream })];
    await eventually(async () => (await stats(gw)).joined === 2, 'two wait');
    abort.abort();
    assert.equal(await leader, 'left');
    await eventually(async () => (await gw.metrics()).get('sluice_requests_inflight') === 2, 'it is counted as gone');
    waiting[0].end(whole.slice(30));
    for (const answer of await Promise.all(others)) assert.deepEqual([answer.text, answer.cache], [whole, 'hit']);
    assert.equal(up.requests.length, 1);
    const metrics = await eventually(async () => {
      const now = await gw.metrics();
      return now.get('sluice_attempts_total{provider="up",outcome="ok"}') === 1 && now.get('sluice_requests_inflight') === 0 && now;
    }, 'the attempt ended well, and nothing is in flight');
    assert.equal(metrics.get('sluice_requests_total{route="m",provider="up",outcome="cancelled"}'), 1);
  });
}

test('when all have left the provider is let go', async (t) => {
  const closed = [];
  const { gw, up } = await scene(t, (request, response) => response.on('close', () => closed.push(response)));
  const aborts = [new AbortController(), new AbortController()];
  const calls = [];
  for (const abort of aborts) {
    calls.push(ask(gw, {}, { signal: abort.signal }).catch(() => 'left'));
    await eventually(async () => up.requests.length === 1 && (await stats(gw)).joined === calls.length - 1, 'it is there');
  }
  aborts[0].abort(); // who asked leaves first, and goes on for the other
  await eventually(async () => (await gw.metrics()).get('sluice_requests_inflight') === 1, 'one is gone');
  assert.equal(closed.length, 0);
  aborts[1].abort();
  await eventually(() => closed.length === 1, 'the provider is let go');
  await Promise.all(calls);
  const metrics = await eventually(async () => {
    const now = await gw.metrics();
    return now.get('sluice_attempts_total{provider="up",outcome="cancelled"}') === 1 && now;
  }, 'the attempt is over');
  assert.equal(metrics.get('sluice_breaker_state{provider="up"}'), 0);
  assert.deepEqual((await (await gw.admin('GET', 'snapshot')).json()).providers[0].concurrency.in_flight, 0);
});

test('when the one that asks fails the others ask for themselves', async (t) => {
  const waiting = [];
  const { gw, up } = await scene(t, (request, response) => (waiting.length === 0 ? waiting.push(response) : numbered(request, response)));
  const calls = [ask(gw), ask(gw), ask(gw)];
  await eventually(async () => waiting.length === 1 && (await stats(gw)).joined === 2, 'two wait');
  json(waiting[0], 500, { error: { message: 'no' } });
  const answers = await Promise.all(calls);
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 200, 500]);
  assert.equal(up.requests.length, 3);
});

test('one key does not see what another has asked', async (t) => {
  const keys = 'server: {client_keys: [{id: one, key: env:ONE}, {id: two, key: env:TWO}]}';
  const { gw, up } = await scene(t, numbered, '{when: always}', keys);
  const as = (key) => ask(gw, { temperature: 1 }, { headers: { authorization: `Bearer ${key}` } });
  assert.deepEqual([(await as('one')).cache, (await as('two')).cache, (await as('one')).cache], ['miss', 'miss', 'hit']);
  assert.equal(up.requests.length, 2);
});

test('what nobody can write in one form is equal to nothing', async (t) => {
  const { gw, up } = await scene(t, (request, response, body) => json(response, 200, completion(/(Alice|Bob)/.exec(body)[0])));
  const bodies = {
    'a text that was cut within a character': (who) => `{"model":"m","temperature":0,"messages":[{"role":"user","content":"mail of ${who} \\ud83d"}]}`,
    'a number that is none': (who) => `{"model":"m","temperature":0,"x":1e400,"messages":[{"role":"user","content":"${who}"}]}`,
    'a thousand levels': (who) => `{"model":"m","temperature":0,"x":${'['.repeat(1000)}${']'.repeat(1000)},"messages":[{"role":"user","content":"${who}"}]}`,
  };
  for (const [what, body] of Object.entries(bodies)) {
    for (const who of ['Alice', 'Bob']) {
      const answer = await ask(gw, body(who));
      assert.equal(answer.cache, 'bypass', what);
      assert.match(answer.text, new RegExp(who), what);
    }
  }
  assert.equal(up.requests.length, 6);
});

test('numbers that no double tells apart are not equal', async (t) => {
  const { gw, up } = await scene(t, (request, response, body) => json(response, 200, completion(/"seed":([^,]+)/.exec(body)[1])));
  for (const seed of ['18446744073709551617', '18446744073709551618', '0.10000000000000000001', '0.10000000000000000002']) {
    for (const cache of ['miss', 'hit']) {
      const answer = await ask(gw, `{"model":"m","temperature":0,"seed":${seed},"messages":[]}`);
      assert.equal(answer.cache, cache, seed);
      assert.equal(JSON.parse(answer.text).choices[0].message.content, seed);
    }
  }
  assert.equal(up.requests.length, 4);
});

test('a body of many thousand levels does no harm', async (t) => {
  const { gw } = await scene(t, numbered);
  const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);
  await ask(gw, `{"model":"m","temperature":0,"messages":${JSON.stringify(messages)},"x":${deep(100_000)}}`);
  const patched = await gw.admin('PATCH', 'config', `{"server":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`);
  assert.equal(patched.status, 400);
  assert.equal((await ask(gw)).status, 200);
});

test('a compressed answer is not kept', async (t) => {
  const { gw, up } = await scene(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(zlib.gzipSync(JSON.stringify(completion())));
  });
  for (let i = 0; i < 2; i++) assert.equal(JSON.parse((await ask(gw)).text).choices[0].message.content, 'hi');
  assert.equal(up.requests.length, 2);
});

test('what else decides the answer is looked at', async (t) => {
  const { gw, up } = await scene(t, numbered);
  assert.equal((await ask(gw)).cache, 'miss');
  assert.equal((await ask(gw, {}, { headers: { 'openai-beta': 'x=1' } })).cache, 'miss');
  const inTwo = (first, second) => {
    const body = JSON.stringify({ model: 'm', temperature: 0, messages });
    return raw(gw.url, `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAnthropic-Beta: ${first}\r\nAnthropic-Beta: ${second}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  };
  assert.match(await inTwo('a', 'b'), /x-sluice-cache: miss/);
  assert.match(await inTwo('a', 'c'), /x-sluice-cache: miss/);
  assert.match(await inTwo('a', 'b'), /x-sluice-cache: hit/);
  const url = `${gw.url}/v1/chat/completions?version=2`;
  const body = JSON.stringify({ model: 'm', temperature: 0, messages });
  assert.equal((await fetch(url, { method: 'POST', body })).headers.get('x-sluice-cache'), 'miss');
  const twice = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCache-Control: max-age=0\r\nCache-Control: no-store\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  assert.match(await raw(gw.url, twice), /x-sluice-cache: bypass/);
  assert.equal((await ask(gw)).cache, 'hit');
  // Another model behind the same route answers for itself.
  const patch = { routes: { m: { targets: [{ provider: 'up', model: 'another' }] } } };
  assert.equal((await gw.admin('PATCH', 'config', JSON.stringify(patch))).status, 200);
  assert.equal((await ask(gw)).cache, 'miss');
  assert.equal(JSON.parse(up.requests.at(-1).body).model, 'another');
});

test('who reads nothing does not hold up the others for long', async (t) => {
  const kept = (body) => JSON.parse(body).model === 'm';
  const { gw, up } = await scene(t, (request, response, body) => json(response, 200, completion('x'.repeat(kept(body) ? 2_000_000 : 8_000_000))));
  const leader = net.connect(new URL(gw.url).port, '127.0.0.1');
  t.after(() => leader.destroy());
  leader.pause();
  for (const model of ['other', 'm']) {
    const body = JSON.stringify({ model, temperature: 0, messages });
    leader.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  // What lies between us is full of the first answer when the second is asked for.
  await eventually(() => leader.read() && up.requests.some(({ body }) => kept(body)), 'it is asked');
  assert.match((await ask(gw)).text, /^{"id"/);
  assert.equal(up.requests.filter(({ body }) => kept(body)).length, 2);
});

test('nobody waits for an answer that is too long to be kept', async (t) => {
  let open;
  const { gw, up } = await scene(t, (request, response) => {
    if (up.requests.length > 1) return numbered(request, response);
    open = response;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"x":"${'x'.repeat(3_000_000)}`);
    return undefined;
  });
  const leader = ask(gw).catch(() => 'cut');
  await eventually(() => open, 'it is asked');
  const follower = await ask(gw);
  assert.match(follower.text, /answer/);
  assert.ok(!open.destroyed, 'while it still comes');
  open.destroy();
  await leader;
});

test('what an answer could not be asked for is told whenever it is given', async (t) => {
  const { gw, up } = await scene(
    t,
    (request, response) =>
      json(response, 200, {
        id: 'msg_1', type: 'message', role: 'assistant', model: 'c', content: [{ type: 'text', text: 'hi' }],
        stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 10, output_tokens: 5 },
      }),
    '{ttl: 10m}',
    '',
    ', dialect: anthropic',
  );
  for (const cache of ['miss', 'hit', 'hit']) {
    const answer = await ask(gw, { logit_bias: { 5: 1 } });
    assert.equal(answer.status, 200);
    assert.equal(answer.cache, cache);
    assert.equal(answer.headers.get('x-sluice-dropped'), 'logit_bias');
    assert.match(await gw.line(new RegExp(answer.headers.get('x-request-id'))), new RegExp(` dropped=logit_bias cache=${cache} `));
  }
  assert.equal(up.requests.length, 1);
});
