// SPDX-License-Identifier: GPL-3.0-or-later
// One line for each request, for people or for programs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { completion, folder, gateway, json, messages, upstream } from './harness.mjs';

async function scene(t, log, args = [], env = {}) {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nlog: ${log}\nproviders: [{id: up, base_url: 'http://127.0.0.1:${up.port}/v1', api_key: env:UP_KEY}]\nroutes: [{model: m, targets: [{provider: up}]}]\n`,
  );
  const gw = await gateway(t, ['--config', file, ...args], { UP_KEY: 'sk-very-secret', ...env });
  const ask = (model, key = 'sk-client-secret') =>
    fetch(`${gw.url}/v1/chat/completions`, {
      method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ model, messages: [{ role: 'user', content: 'private words' }] }),
    });
  return { gw, ask };
}

test('a line of words', async (t) => {
  const { gw, ask } = await scene(t, '{level: info}');
  const answer = await ask('m');
  const line = await gw.line(/ 200 outcome=ok /);
  assert.match(
    line,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 200 outcome=ok model=m provider=up attempts=1 tokens=2 first_byte_ms=\d+\.\d total_ms=\d+\.\d id=req_[0-9a-f]{16}$/,
  );
  assert.ok(line.includes(answer.headers.get('x-request-id')));
  assert.equal((await ask('no\nsuch "model')).status, 404);
  assert.match(await gw.line(/ 404 /), / 404 outcome=rejected model="no\\nsuch \\"model" attempts=0 /);
});

test('a line of JSON, without secrets', async (t) => {
  const { gw, ask } = await scene(t, '{format: json}');
  await ask('m');
  const line = await gw.line(/"status":200/);
  const read = JSON.parse(line);
  assert.deepEqual(Object.keys(read), ['time', 'status', 'outcome', 'model', 'provider', 'attempts', 'tokens', 'first_byte_ms', 'total_ms', 'id']);
  assert.equal(read.model, 'm');
  for (const secret of ['secret', 'private']) assert.ok(!line.includes(secret));
});

test('a name of megabytes is not said again whole, neither to the client nor in the log', async (t) => {
  const { gw, ask } = await scene(t, '{format: json}');
  const name = `x${'ä'.repeat(1_000_000)}`;
  const shown = `x${'ä'.repeat(99)}...`; // 200 bytes end within a letter
  const answers = [
    await ask(name),
    await fetch(`${gw.url}/v1/moderations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ input: '', model: name.slice(0, 100_000) }) }),
    await fetch(`${gw.url}/v1/models/${encodeURIComponent(name.slice(0, 1000))}`),
  ];
  for (const answer of answers) {
    assert.equal(answer.status, 404);
    assert.ok((await answer.json()).error.message.startsWith(`the model '${shown}' is not known`), answer.url);
  }
  assert.equal(JSON.parse(await gw.line(/"status":404/)).model, shown);
});

test('no lines where the level is higher or the category is off, and the command line decides', async (t) => {
  for (const [log, args, lines, env] of [
    ['{level: warning}', [], false],
    ['{level: info}', ['--log-level', 'error'], false],
    ['{level: error}', ['--log-level', 'info'], true],
    ['{level: info}', [], false, { QT_LOGGING_RULES: 'sluice.request.info=false' }],
  ]) {
    const { gw, ask } = await scene(t, log, args, env);
    await ask('m');
    const seen = gw.line(/outcome=ok/).then(() => true);
    gw.child.kill('SIGTERM'); // what is not written by the end never will be
    const over = new Promise((resolve) => gw.child.on('close', () => resolve(false)));
    assert.equal(await Promise.race([seen, over.then(() => new Promise((resolve) => setImmediate(() => resolve(false))))]), lines, log + args);
  }
});
