// SPDX-License-Identifier: GPL-3.0-or-later
// Official clients through chaos: providers that fail in every way, clients that leave, configs that
// change. Every call ends in a right answer or an error of a known kind; at no moment is a request
// lost or counted twice, nor more let through than the limits say.
// SLUICE_CHAOS_SECONDS: how long (8).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import OpenAI from 'openai';
import { chunk, completion, eventually, folder, gateway, json, openStream, upstream } from './harness.mjs';

const seconds = Number(process.env.SLUICE_CHAOS_SECONDS ?? 8);
const perMinute = { requests: 12_000, tokens: 600_000 };
const burst = { requests: 100, tokens: 20_000 };

/** Repeatable, so that what is found can be found again (Mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test(`${seconds} s of chaos`, { timeout: (seconds + 120) * 1000 }, async (t) => {
  const random = randomOf(7);
  const told = { requests: 0, tokens: 0 };
  /** Fails in one of many ways, or answers with the name of who asked. */
  const moody = (failing) => (request, response, body) => {
    const asked = JSON.parse(body);
    const words = `to ${asked.messages[0].content}`;
    const usage = { prompt_tokens: 1, completion_tokens: Math.floor(random() * asked.max_tokens) };
    told.requests++;
    const dice = random() / failing;
    if (dice < 0.1) return request.socket.resetAndDestroy();
    if (dice < 0.2) return json(response, 500, { error: { message: 'chaos' } });
    if (dice < 0.25) return json(response, 429, { error: { message: 'chaos' } });
    if (dice < 0.3) return undefined; // never
    told.tokens += usage.prompt_tokens + usage.completion_tokens;
    if (!asked.stream) return json(response, 200, { ...completion(words), usage });
    openStream(response);
    for (const letter of words) response.write(chunk({ content: letter }));
    if (dice < 0.4) return request.socket.destroy();
    if (dice < 0.5) return response.end();
    response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
    return response.end('data: [DONE]\n\n');
  };
  const bad = await upstream(t, moody(1));
  const good = await upstream(t, moody(0.05));
  const file = path.join(folder(t), 'c.yaml');
  const limits = `limits: {requests_per_minute: ${perMinute.requests / 2}, burst_requests: ${burst.requests / 2}, tokens_per_minute: ${perMinute.tokens / 2}, burst_tokens: ${burst.tokens / 2}, concurrency: 8, queue: 20, queue_timeout: 500ms}`;
  const rest = 'timeouts: {headers: 300ms, first_byte: 300ms, idle: 300ms}, breaker: {open_for: 100ms, max_open_for: 500ms}';
  writeFileSync(
    file,
    `version: 1\nlog: {level: error}\nproviders:\n  - {id: bad, base_url: 'http://127.0.0.1:${bad.port}/v1', ${limits}, ${rest}}\n` +
      `  - {id: good, base_url: 'http://127.0.0.1:${good.port}/v1', ${limits}, ${rest}}\n` +
      'routes:\n  - {model: m, retry: {attempts: 3, backoff: 20ms, max_backoff: 100ms}, cache: {when: always, ttl: 1s}, on_exhausted: queue, targets: [{provider: bad}, {provider: good}]}\n',
  );
  const gw = await gateway(t, ['--config', file]);
  const began = performance.now();
  let over = false;
  const seen = { right: 0, left: 0, errors: new Map() };
  // On a slow machine it takes longer until enough has happened.
  const chaotic = () => seen.right > 100 && seen.left > 10 && seen.errors.size > 1;
  const look = setInterval(() => (over = chaotic() && performance.now() - began > seconds * 1000), 100);
  t.after(() => clearInterval(look));

  const right = (text, name) => {
    assert.equal(text, `to ${name}`, 'the answer to what was asked');
    seen.right++;
  };
  const call = async (client, name, stream) => {
    const abort = new AbortController();
    const leaves = random() < 0.15;
    if (leaves) setTimeout(() => abort.abort(), random() * 100);
    const options = { model: 'm', max_tokens: 50, stream, messages: [{ role: 'user', content: name }] };
    try {
      const answer = await client.chat.completions.create(options, { signal: abort.signal });
      if (!stream) return right(answer.choices[0].message.content, name);
      let text = '';
      for await (const part of answer) text += part.choices[0].delta.content ?? '';
      // The client's stream ends without a word when it is aborted.
      return abort.signal.aborted ? seen.left++ : right(text, name);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      if (error instanceof OpenAI.APIUserAbortError || abort.signal.aborted) return seen.left++;
      assert.ok(error instanceof OpenAI.APIError, `${error.stack}`);
      assert.ok(!(error instanceof OpenAI.APIConnectionTimeoutError), 'no call hangs');
      const kind = error.status ?? error.constructor.name;
      return seen.errors.set(kind, (seen.errors.get(kind) ?? 0) + 1);
    }
  };
  const caller = async (number) => {
    const client = gw.client({ timeout: 15_000, maxRetries: number % 2 });
    while (!over) await call(client, `question ${Math.floor(random() * 200)}`, random() < 0.5);
  };
  const changer = async () => {
    for (let turn = 0; !over; turn++) {
      const patched = await gw.admin('PATCH', 'config', JSON.stringify({
        providers: { bad: { limits: { concurrency: 2 + (turn % 7) }, breaker: { consecutive_failures: 2 + (turn % 5) } } },
        routes: { m: { balance: ['round_robin', 'least_connections', 'latency'][turn % 3] } },
      }));
      assert.equal(patched.status, 200);
      if (turn % 10 === 5) await gw.admin('POST', `providers/bad/${turn % 20 === 5 ? 'drain' : 'ready'}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const conserved = async () => {
    const { requests, providers } = await (await gw.admin('GET', 'snapshot')).json();
    assert.equal(requests.started, requests.ok + requests.failed + requests.cancelled + requests.rejected + requests.inflight);
    for (const { id, attempts } of providers) {
      assert.equal(attempts.started, attempts.ok + attempts.failed + attempts.cancelled + attempts.inflight, id);
    }
    const elapsed = (performance.now() - began + 500) / 60_000;
    for (const kind of ['requests', 'tokens']) {
      const most = burst[kind] + perMinute[kind] * elapsed;
      assert.ok(told[kind] <= most, `${told[kind]} ${kind} of at most ${most} got through`);
    }
    return { requests, providers };
  };
  const watcher = async () => {
    while (!over) await conserved();
  };
  await Promise.all([...Array.from({ length: 24 }, (_, i) => caller(i)), changer(), watcher()]);

  const { requests, providers } = await eventually(async () => {
    const now = await conserved();
    return now.requests.inflight === 0 && now.providers.every((p) => p.attempts.inflight === 0) && now;
  }, 'nothing is left in flight');
  for (const { id, concurrency } of providers) {
    assert.deepEqual([concurrency.in_flight, concurrency.waiting], [0, 0], `${id}: no place is taken`);
  }
  t.diagnostic(`${requests.started} requests: ${seen.right} right, ${seen.left} left, errors ${JSON.stringify([...seen.errors])}`);
});
