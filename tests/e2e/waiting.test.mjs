// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that keep to one target, and requests that wait for a limit.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { completion, eventually, folder, gateway, json, messages, upstream } from './harness.mjs';

const ask = (gw, headers = {}, options = {}) =>
  fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify({ model: 'm', messages }), ...options });

test('a session keeps to its provider while that can serve, and then to one other', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const file = path.join(folder(t), 'c.yaml');
  const ids = ['a', 'b', 'c', 'd'];
  writeFileSync(
    file,
    `version: 1\nproviders:\n${ids.map((id) => `  - {id: ${id}, base_url: 'http://127.0.0.1:${up.port}/v1'}\n`).join('')}` +
      `routes:\n  - {model: m, affinity: X-Session, targets: [${ids.map((id) => `{provider: ${id}}`).join(', ')}]}\n`,
  );
  const gw = await gateway(t, ['--config', file]);
  const by = async (session) => (await ask(gw, session ? { 'x-session': session } : {})).headers.get('x-sluice-provider');
  const home = {};
  for (let i = 0; i < 40; i++) home[i] = await by(`session ${i}`);
  for (let i = 0; i < 40; i++) assert.equal(await by(`session ${i}`), home[i]);
  assert.equal(new Set(Object.values(home)).size, 4, 'they are spread');
  const anonymous = new Set();
  for (let i = 0; i < 8; i++) anonymous.add(await by());
  assert.equal(anonymous.size, 4, 'who has no session goes by turns');

  await gw.admin('POST', 'providers/a/drain');
  const second = {};
  for (let i = 0; i < 40; i++) {
    second[i] = await by(`session ${i}`);
    if (home[i] !== 'a') assert.equal(second[i], home[i], 'the others stay where they are');
    else assert.notEqual(second[i], 'a');
    assert.equal(await by(`session ${i}`), second[i]);
  }
  await gw.admin('POST', 'providers/a/ready');
  for (let i = 0; i < 40; i++) assert.equal(await by(`session ${i}`), home[i]);
});

async function limited(t, limits, exhausted = 'queue', answer = (response) => json(response, 200, completion())) {
  const up = await upstream(t, (request, response) => answer(response));
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 1}\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', limits: {${limits}}}\n` +
      `routes:\n  - {model: m, on_exhausted: ${exhausted}, targets: [{provider: up}]}\n`,
  );
  return { up, gw: await gateway(t, ['--config', file]) };
}

test('who may wait for a limit does, and is served', async (t) => {
  const { gw, up } = await limited(t, 'requests_per_minute: 600, burst_requests: 1, queue_timeout: 10s');
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(gw)));
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200, 200]);
  assert.equal(up.requests.length, 4);
  assert.ok(answers.some((answer) => /queue;dur=[1-9]/.test(answer.headers.get('server-timing'))), 'and told that it waited');
});

test('nobody waits for what takes longer than queue_timeout, or in a queue that is full', async (t) => {
  const { gw } = await limited(t, 'requests_per_minute: 1, queue_timeout: 2s');
  assert.equal((await ask(gw)).status, 200);
  const late = await ask(gw);
  assert.equal(late.status, 429);
  assert.ok(Number(late.headers.get('retry-after')) > 2);
  const full = await limited(t, 'requests_per_minute: 20, burst_requests: 1, queue: 1, queue_timeout: 60s');
  assert.equal((await ask(full.gw)).status, 200);
  const abort = new AbortController();
  const waits = ask(full.gw, {}, { signal: abort.signal }).catch(() => 'left');
  await eventually(async () => (await full.gw.metrics()).get('sluice_requests_inflight') === 1, 'it waits');
  assert.equal((await ask(full.gw)).status, 429);
  abort.abort();
  assert.equal(await waits, 'left');
  await eventually(async () => (await full.gw.metrics()).get('sluice_requests_inflight') === 0, 'who leaves is let go');
  assert.equal(full.up.requests.length, 1);
});

test('a provider has a queue of its own for those who wait for its limit, whatever others wait for', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const file = path.join(folder(t), 'c.yaml');
  const of = (id, rate) =>
    `  - {id: ${id}, base_url: 'http://127.0.0.1:${up.port}/v1', limits: {requests_per_minute: ${rate}, burst_requests: 1, queue: 1, queue_timeout: 60s}}\n`;
  const ids = ['slow', 'quick'];
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 1}\nproviders:\n${of('slow', 2)}${of('quick', 60)}` +
      `routes:\n${ids.map((id) => `  - {model: ${id}, on_exhausted: queue, targets: [{provider: ${id}}]}\n`).join('')}`,
  );
  const gw = await gateway(t, ['--config', file]);
  const askOf = (model, options) =>
    fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model, messages }), ...options });
  for (const id of ids) assert.equal((await askOf(id)).status, 200);
  const abort = new AbortController();
  const waits = askOf('slow', { signal: abort.signal }).catch(() => 'left');
  await eventually(async () => (await gw.metrics()).get('sluice_requests_inflight') === 1, 'one waits');
  assert.equal((await askOf('slow')).status, 429, 'as many as may');
  for (let i = 0; i < 2; i++) assert.equal((await askOf('quick')).status, 200, 'and each that waited leaves its place');
  abort.abort();
  assert.equal(await waits, 'left');
});

test('the queue for a limit is one, however many workers there are', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 4}\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', limits: {requests_per_minute: 2, burst_requests: 1, queue: 1, queue_timeout: 60s}}\n` +
      'routes:\n  - {model: m, on_exhausted: queue, targets: [{provider: up}]}\n',
  );
  const gw = await gateway(t, ['--config', file]);
  assert.equal((await ask(gw)).status, 200);
  const abort = new AbortController();
  const refused = [];
  const all = Array.from({ length: 16 }, () =>
    ask(gw, { connection: 'close' }, { signal: abort.signal }).then(({ status }) => refused.push(status), () => 'left'),
  );
  await eventually(() => refused.length === 15, 'all but one are refused');
  assert.ok(refused.every((status) => status === 429));
  abort.abort();
  assert.equal((await Promise.all(all)).filter((end) => end === 'left').length, 1);
});

/** An upload whose body is not whole yet; send() more of it. */
async function upload(gw) {
  const socket = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
  await once(socket, 'connect');
  let all = '';
  socket.on('data', (data) => (all += data));
  const first = '{"model":"m","x":"';
  socket.write(
    'POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Transfer-Encoding: chunked\r\n\r\n${first.length.toString(16)}\r\n${first}\r\n`,
  );
  return { socket, heard: () => all };
}

test('an upload that turns out to be no HTTP while it waits for a place leaves its queue', async (t) => {
  const held = [];
  const up = await upstream(t, (request, response) => {
    if (up.requests.length === 1) held.push(response);
    else json(response, 200, completion());
  });
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 1}\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', limits: {concurrency: 1, queue: 8, queue_timeout: 20s}}\n` +
      `routes:\n  - {model: m, targets: [{provider: up}]}\n`,
  );
  const gw = await gateway(t, ['--config', file]);
  const slow = ask(gw);
  await eventually(() => held.length === 1, 'the place is taken');
  const waits = await upload(gw);
  await eventually(async () => (await gw.metrics()).get('sluice_queued{provider="up"}') === 1, 'it waits');
  waits.socket.write('ZZZ\r\n');
  await eventually(() => /^HTTP\/1\.1 400 /.test(waits.heard()), 'it is refused');
  const metrics = await gw.metrics();
  assert.equal(metrics.get('sluice_queued{provider="up"}'), 0);
  assert.equal(metrics.get('sluice_requests_inflight'), 1);
  json(held[0], 200, completion());
  assert.equal((await slow).status, 200);
  waits.socket.destroy();
  assert.equal((await ask(gw)).status, 200, 'its place went to nobody');
});

test('an upload that turns out to be no HTTP while it waits for a limit waits no more', async (t) => {
  const { gw, up } = await limited(t, 'requests_per_minute: 20, burst_requests: 1, queue: 1, queue_timeout: 60s');
  assert.equal((await ask(gw)).status, 200);
  const waits = await upload(gw);
  await eventually(async () => (await gw.metrics()).get('sluice_requests_inflight') === 1, 'it waits');
  assert.equal((await ask(gw)).status, 429, 'no other may');
  waits.socket.write('ZZZ\r\n');
  await eventually(() => /^HTTP\/1\.1 400 /.test(waits.heard()), 'it is refused');
  waits.socket.destroy();
  assert.equal((await ask(gw)).status, 200, 'another may wait in its stead');
  assert.equal(up.requests.length, 2);
});

for (const state of ['disable', 'drain']) {
  test(`who waits for a place gets none with a provider after ${state}`, async (t) => {
    const { gw, up } = await limited(t, 'concurrency: 1, queue: 5, queue_timeout: 10s', 'queue', (response) =>
      setTimeout(() => json(response, 200, completion()), 500),
    );
    const first = ask(gw);
    await eventually(() => up.requests.length === 1, 'the first is under way');
    const second = ask(gw);
    await eventually(async () => (await gw.metrics()).get('sluice_queued{provider="up"}') === 1, 'the second waits');
    await gw.admin('POST', `providers/up/${state}`);
    assert.equal((await first).status, 200);
    const refused = await second;
    assert.equal(refused.status, 503);
    assert.match((await refused.json()).error.message, /is switched off|takes no new calls/);
    assert.equal(up.requests.length, 1);
  });
}

test('who pauses before another attempt does not ask a provider that was switched off meanwhile', async (t) => {
  const { gw, up } = await limited(
    t,
    'concurrency: 9',
    'reject, retry: {attempts: 3, backoff: 1s, max_backoff: 1s}',
    (response) => json(response, 500, { error: { message: 'theirs' } }),
  );
  const waits = ask(gw);
  await eventually(() => up.requests.length === 1, 'asked once');
  await gw.admin('POST', 'providers/up/disable');
  const answer = await waits;
  assert.equal(answer.status, 500);
  assert.equal((await answer.json()).error.message, 'theirs');
  assert.equal(up.requests.length, 1);
});
