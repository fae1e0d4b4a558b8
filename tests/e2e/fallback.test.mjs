// SPDX-License-Identifier: GPL-3.0-or-later
// A fallback route's own limits hold for what falls over to it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { completion, eventually, folder, gateway, json, messages, upstream } from './harness.mjs';

const down = (request, response) => json(response, 500, { error: { message: 'down' } });
const works = (request, response) => json(response, 200, { ...completion(), usage: { prompt_tokens: 15, completion_tokens: 5, total_tokens: 20 } });
const near = (value, expected) => assert.ok(value >= expected && value <= expected + 5, `${value} is not ${expected}`);
// So slow to fill that a test sees what was taken.
const three = 'requests_per_minute: 1, burst_requests: 3, tokens_per_minute: 60, burst_tokens: 1000';

/** 'm' falls over to 'n'. `providers`: [id, handler, more YAML]; `of`: their targets. */
async function scene(t, { providers, m = 'targets: [{provider: a}]', n, limits = three, backoff = '60s' }) {
  const ups = {};
  const lines = [];
  for (const [id, handler, more = ''] of providers) {
    ups[id] = await upstream(t, handler);
    lines.push(`  - {id: ${id}, base_url: 'http://127.0.0.1:${ups[id].port}/v1', breaker: {consecutive_failures: 100}${more}}\n`);
  }
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 1}\nproviders:\n${lines.join('')}routes:\n` +
      `  - {model: m, fallback: [n], retry: {attempts: 4, backoff: ${backoff}, max_backoff: ${backoff}}, limits: {${three}}, ${m}}\n` +
      `  - {model: n, retry: {attempts: 1}, limits: {${limits}}, ${n}}\n`,
  );
  const gw = await gateway(t, ['--config', file]);
  const ask = (model = 'm', more = {}, options = {}) =>
    fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model, messages, max_tokens: 200, ...more }), ...options });
  const left = async (model) => {
    const { routes } = await (await gw.admin('GET', 'snapshot')).json();
    const { limits: found } = routes.find((route) => route.model === model);
    return [found.requests.available, found.tokens.available];
  };
  return { gw, ups, ask, left };
}

test('what falls over takes from both routes, and is settled by what it used', async (t) => {
  let during;
  const { ask, left } = await scene(t, {
    providers: [['a', down], ['b', async (request, response) => {
      during = await left('n');
      works(request, response);
    }]],
    n: 'targets: [{provider: b}]',
  });
  const answer = await ask();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-sluice-provider'), 'b');
  assert.equal(answer.headers.get('x-ratelimit-remaining-requests'), '2', 'the tightest of both');
  await answer.text();
  assert.equal(during[0], 2);
  assert.ok(during[1] < 805 && during[1] > 700, `reserved while it ran: ${during[1]} left`);
  for (const model of ['m', 'n']) {
    const [requests, tokens] = await left(model);
    assert.equal(requests, 2);
    near(tokens, 980);
  }
});

test('a fallback route at its limit is passed over', async (t) => {
  const { gw, ups, ask, left } = await scene(t, {
    providers: [['a', down], ['b', works]],
    n: 'targets: [{provider: b}]',
    limits: 'requests_per_minute: 1, burst_requests: 1',
  });
  assert.equal((await ask()).status, 200);
  const abort = new AbortController();
  const waits = ask('m', {}, { signal: abort.signal }).catch(() => 'left');
  await eventually(() => ups.a.requests.length === 2, 'its own target was asked');
  await eventually(
    async () => (await gw.metrics()).get('sluice_limit_rejections_total{scope="route:n",bucket="requests"}') === 1,
    'the fallback has refused, and the pause before another attempt begins',
  );
  assert.equal(ups.b.requests.length, 1);
  abort.abort();
  await waits;
  await gw.admin('POST', 'providers/a/disable');
  const refused = await ask();
  assert.equal(refused.status, 429);
  const { error } = await refused.json();
  assert.equal(error.code, 'rate_limit_exceeded');
  assert.match(error.message, /model 'm': the limit of its fallback 'n' is reached \(1 requests per minute\); try again in \d+ s/);
  assert.match(refused.headers.get('retry-after'), /^([45]\d|60)$/);
  assert.equal((await left('m'))[0], 1, 'who is refused takes nothing');
  assert.equal((await ask('n')).status, 429);
  assert.equal(ups.b.requests.length, 1);
});

test('what is too large for a fallback route for good is told so', async (t) => {
  const { gw, ask, left } = await scene(t, {
    providers: [['a', down], ['b', works]],
    n: 'targets: [{provider: b}]',
    limits: 'tokens_per_minute: 60, burst_tokens: 100',
  });
  await gw.admin('POST', 'providers/a/disable');
  const refused = await ask();
  assert.equal(refused.status, 429);
  assert.equal((await refused.json()).error.code, 'request_too_large');
  assert.equal(refused.headers.get('x-should-retry'), 'false');
  const small = await ask('m', { max_tokens: 20 });
  assert.equal(small.headers.get('x-sluice-provider'), 'b');
  await small.text();
  near((await left('m'))[1], 980);
});

test('however many targets of a fallback route are asked, it is one request to it', async (t) => {
  const { ups, ask, left } = await scene(t, {
    providers: [['a', down], ['b', down], ['c', works]],
    n: 'targets: [{provider: b}, {provider: c, priority: 1}]',
    limits: 'requests_per_minute: 1, burst_requests: 1, tokens_per_minute: 60, burst_tokens: 300',
  });
  const answer = await ask();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-sluice-attempts'), '3');
  await answer.text();
  assert.equal(ups.c.requests.length, 1);
  assert.equal((await left('n'))[0], 0);
  near((await left('n'))[1], 280);
});

test('a pause between attempts makes no second request to a fallback route', async (t) => {
  let asked = 0;
  const { ask, left } = await scene(t, {
    providers: [['a', down], ['b', (request, response) => (++asked === 1 ? down : works)(request, response)]],
    n: 'targets: [{provider: b}]',
    limits: 'requests_per_minute: 1, burst_requests: 1, tokens_per_minute: 60, burst_tokens: 300',
    backoff: '1ms',
  });
  const answer = await ask();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-sluice-attempts'), '4');
  await answer.text();
  near((await left('n'))[1], 280);
});

test('a fallback route that cannot be asked such a thing refuses nobody by its limits', async (t) => {
  const { gw, ask } = await scene(t, {
    providers: [['a', works, ', state: disabled'], ['b', down, ', dialect: anthropic']],
    n: 'targets: [{provider: b}]',
    limits: 'requests_per_minute: 1, burst_requests: 1',
  });
  assert.equal((await ask('n')).status, 500);
  const embeddings = await fetch(`${gw.url}/v1/embeddings`, { method: 'POST', body: JSON.stringify({ model: 'm', input: 'a' }) });
  assert.equal(embeddings.status, 503);
});

test('who leaves while a fallback is at work gets back what it has not used', async (t) => {
  const { gw, ups, ask, left } = await scene(t, { providers: [['a', down], ['b', () => {}]], n: 'targets: [{provider: b}]' });
  const abort = new AbortController();
  const asked = ask('m', {}, { signal: abort.signal }).catch(() => 'left');
  await eventually(() => ups.b.requests.length === 1, 'the fallback is asked');
  assert.ok((await left('n'))[1] < 805);
  abort.abort();
  await asked;
  await eventually(async () => (await gw.metrics()).get('sluice_requests_inflight') === 0, 'nothing in flight');
  for (const model of ['m', 'n']) {
    assert.equal((await left(model))[0], 2, 'it was asked');
    near((await left(model))[1], 1000);
  }
});

test('who waits for a place with a target of a fallback route takes from it when it has one', async (t) => {
  const held = [];
  const { gw, ask, left } = await scene(t, {
    providers: [['a', works, ', state: disabled'], ['b', (request, response) => held.push(response), ', limits: {concurrency: 1, queue: 5, queue_timeout: 60s}']],
    n: 'targets: [{provider: b}]',
  });
  const first = ask();
  await eventually(() => held.length === 1, 'the place is taken');
  const second = ask();
  await eventually(async () => (await gw.metrics()).get('sluice_queued{provider="b"}') === 1, 'the second waits');
  assert.equal((await left('n'))[0], 2, 'who waits takes nothing');
  works(null, held[0]);
  assert.equal((await first).status, 200);
  await eventually(() => held.length === 2, 'the second has the place');
  assert.equal((await left('n'))[0], 1);
  works(null, held[1]);
  assert.equal((await second).status, 200);
  near((await left('n'))[1], 960);
});
