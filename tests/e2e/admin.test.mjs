// SPDX-License-Identifier: GPL-3.0-or-later
// The admin paths: who may use them, and what they do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { completion, folder, gateway, gatewayTo, json, messages, upstream } from './harness.mjs';

const works = (request, response) => json(response, 200, completion());
const ask = (gw) => gw.client().chat.completions.create({ model: 'gpt-test', messages });
const statusOf = (promise) => promise.then(() => 200, (error) => error.status);

test('the token is made once, for its owner only', async (t) => {
  const state = folder(t);
  const file = path.join(state, 'sluice', 'token');
  const first = await gateway(t, ['--demo'], { XDG_STATE_HOME: state });
  const token = readFileSync(file, 'utf8');
  assert.match(token, /^[0-9a-f]{64}\n$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  chmodSync(file, 0o644);
  const second = await gateway(t, ['--demo'], { XDG_STATE_HOME: state });
  assert.equal(readFileSync(file, 'utf8'), token);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  for (const gw of [first, second]) assert.equal((await gw.admin('GET', 'snapshot')).status, 200);
});

test('without a token there are no admin paths, and it is said why', async (t) => {
  const state = folder(t);
  mkdirSync(path.join(state, 'sluice'));
  writeFileSync(path.join(state, 'sluice', 'token'), 'short\n');
  const gw = await gateway(t, ['--demo'], { XDG_STATE_HOME: state });
  await gw.line(/no admin paths: .*token holds no token; remove it/);
  assert.equal((await gw.admin('GET', 'snapshot')).status, 404);
});

test('nobody else gets in', async (t) => {
  const gw = await gateway(t, ['--demo']);
  const token = readFileSync(path.join(gw.state, 'sluice', 'token'), 'utf8').trim();
  const status = async (headers) => (await fetch(`${gw.url}/_sluice/snapshot`, { headers })).status;
  assert.equal(await status({}), 401);
  assert.equal(await status({ 'x-sluice-token': token.slice(1) }), 401);
  assert.equal(await status({ 'x-sluice-token': `${token}0` }), 401);
  assert.equal(await status({ 'x-sluice-token': token.replace(/.$/, 'x') }), 401);
  assert.equal(await status({ 'x-sluice-token': token, origin: 'https://evil.example' }), 403);
  assert.equal(await status({ 'x-sluice-token': token, origin: 'null' }), 403);
  assert.equal(await status({ 'x-sluice-token': token, origin: 'http://localhost:3000' }), 200);
  assert.equal(await status({ 'x-sluice-token': token }), 200);
});

test('the snapshot tells what happened', async (t) => {
  const up = await upstream(t, works);
  const gw = await gatewayTo(t, up.port, ['limits: {requests_per_minute: 60, concurrency: 3}']);
  await ask(gw);
  const snapshot = await (await gw.admin('GET', 'snapshot')).json();
  assert.equal(snapshot.revision, 1);
  const [provider] = snapshot.providers;
  assert.equal(provider.id, 'up');
  assert.equal(provider.breaker.state, 'closed');
  assert.equal(provider.concurrency.limit, 3);
  assert.equal(provider.requests.per_minute, 60);
  assert.deepEqual(provider.health.reasons, ['quiet']);
  assert.ok(snapshot.locks.some(({ name, acquisitions }) => name === 'config' && acquisitions > 0));
});

test('a breaker is tripped and reset by hand', async (t) => {
  const up = await upstream(t, works);
  const gw = await gatewayTo(t, up.port);
  assert.equal((await gw.admin('POST', 'providers/up/trip')).status, 200);
  await gw.line(/up: the breaker was opened by hand/);
  assert.equal(await statusOf(ask(gw)), 503);
  assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 2);
  assert.equal((await gw.admin('POST', 'providers/up/reset')).status, 200);
  assert.equal(await statusOf(ask(gw)), 200);
  assert.equal((await gw.admin('POST', 'providers/nobody/reset')).status, 404);
  assert.equal((await gw.admin('POST', 'providers/up/explode')).status, 404);
  assert.equal((await gw.admin('GET', 'providers/up/reset')).status, 405);
});

test('a provider is drained, disabled and taken back', async (t) => {
  const up = await upstream(t, works);
  const gw = await gatewayTo(t, up.port);
  for (const [command, status] of [['drain', 503], ['ready', 200], ['disable', 503], ['ready', 200]]) {
    assert.equal((await gw.admin('POST', `providers/up/${command}`)).status, 200);
    assert.equal(await statusOf(ask(gw)), status, command);
  }
  assert.equal((await (await gw.admin('GET', 'config')).json()).providers[0].state, 'ready');
});

test('the config is shown, changed from the next request on, and never half', async (t) => {
  const up = await upstream(t, works);
  const gw = await gatewayTo(t, up.port);
  const config = async () => (await gw.admin('GET', 'config')).json();
  const before = await config();
  assert.equal(before.providers[0].api_key, 'env:UP_KEY'); // a reference, never the key
  const patch = (change) => gw.admin('PATCH', 'config', JSON.stringify(change));
  const limited = await patch({ providers: { up: { limits: { requests_per_minute: 0 } } } });
  assert.equal((await limited.json()).revision, 2);
  assert.equal(await statusOf(ask(gw)), 429);
  assert.equal((await config()).providers[0].limits.requests_per_minute, 0);
  assert.equal((await patch({ providers: { up: { limits: { requests_per_minute: null } } } })).status, 200);
  assert.deepEqual(await config(), before);

  for (const [change, words] of [
    [{ providers: { up: { limits: { requests_per_minute: -1 } } } }, /whole number/],
    [{ providers: { up: { colour: 'red' } } }, /unknown key 'colour'/],
    [{ providers: { up: null } }, /no provider 'up'/],
    [{ providers: { up: { api_key: 'sk-secret' } } }, /env:|file:/],
    [[], /not a JSON object/],
  ]) {
    const refused = await patch(change);
    assert.equal(refused.status, 400, JSON.stringify(change));
    const { error } = await refused.json();
    assert.match(error.message, words);
    assert.doesNotMatch(error.message, /sk-secret/);
  }
  assert.deepEqual(await config(), before);
  const added = await patch({
    providers: { more: { dialect: 'mock' } },
    routes: { 'm/*': { targets: [{ provider: 'more' }] }, 'gpt-test': { retry: { attempts: 2 } } },
  });
  assert.equal(added.status, 200);
  const after = await config();
  assert.deepEqual(after.providers.map(({ id }) => id), ['up', 'more']);
  assert.deepEqual(after.routes.map(({ model, retry }) => [model, retry.attempts]), [['gpt-test', 2], ['m/*', 3]]);
});

test('many changes at once lose nothing', async (t) => {
  const gw = await gateway(t, ['--demo']);
  const names = Array.from({ length: 20 }, (_, i) => `extra-${i}`);
  const done = await Promise.all(
    names.map((name) => gw.admin('PATCH', 'config', JSON.stringify({ providers: { [name]: { dialect: 'mock' } } }))),
  );
  assert.ok(done.every(({ status }) => status === 200));
  const ids = (await (await gw.admin('GET', 'config')).json()).providers.map(({ id }) => id);
  for (const name of names) assert.ok(ids.includes(name), name);
});

test('who leaves before a slow answer is made is forgotten', async (t) => {
  const gw = await gateway(t, ['--demo']);
  const token = readFileSync(path.join(gw.state, 'sluice', 'token'), 'utf8').trim();
  const leave = async (address) => {
    const abort = new AbortController();
    const answer = fetch(`${gw.url}/${address}`, { signal: abort.signal, headers: { 'x-sluice-token': token } });
    setImmediate(() => abort.abort());
    await answer.then((r) => r.text()).catch(() => {});
  };
  for (let i = 0; i < 60; i++) await Promise.all(['metrics', 'healthz', '_sluice/snapshot', '_sluice/config'].map(leave));
  assert.equal((await fetch(`${gw.url}/healthz`)).status, 200);
});

test('a patch of the wrong kind is refused, and no more', async (t) => {
  const up = await upstream(t, works);
  const gw = await gatewayTo(t, up.port);
  for (const patch of [
    { providers: { x: 5, y: 6 } },
    { providers: { up: 5, other: {} } },
    { routes: { 'gpt-test': { model: null }, n: {} } },
    { providers: [[], 7] },
    { server: 1 },
  ]) {
    const answer = await gw.admin('PATCH', 'config', JSON.stringify(patch));
    assert.equal(answer.status, 400, JSON.stringify(patch));
  }
  assert.equal((await ask(gw)).choices[0].message.content, 'hi');
});

test('a config that is not text is refused, and no more', async (t) => {
  const up = await upstream(t, works);
  const gw = await gatewayTo(t, up.port);
  gw.write(Buffer.concat([readFileSync(gw.file), Buffer.from('# \xff\n', 'latin1')]));
  await gw.line(/:\d+:1: this line is not text in UTF-8/);
  assert.equal((await gw.admin('GET', 'config')).status, 200);
});

test('keys lose the blanks around them', async (t) => {
  const up = await upstream(t, works);
  const file = path.join(folder(t), 'c.yaml');
  const key = path.join(folder(t), 'key');
  writeFileSync(key, '\ufeff \tfrom-file\t \r\nmore\n');
  writeFileSync(
    file,
    `version: 1\nserver: {client_keys: [{id: c, key: env:CLIENT}]}\nproviders:\n` +
      `  - {id: a, base_url: 'http://127.0.0.1:${up.port}/v1', api_key: env:KEY}\n  - {id: b, base_url: 'http://127.0.0.1:${up.port}/v1', api_key: 'file:${key}'}\n` +
      `  - {id: c, base_url: 'http://127.0.0.1:${up.port}/v1', api_key: env:TWO_LINES}\n` +
      'routes: [{model: a, targets: [{provider: a}]}, {model: b, targets: [{provider: b}]}, {model: c, targets: [{provider: c}]}]\n',
  );
  const gw = await gateway(t, ['--config', file], { KEY: ' from-env\r\n', CLIENT: 'client\n', TWO_LINES: 'one\ntwo' });
  const client = gw.client({ apiKey: 'client' });
  for (const model of ['a', 'b']) await client.chat.completions.create({ model, messages });
  assert.deepEqual(up.requests.map(({ headers }) => headers.authorization), ['Bearer from-env', 'Bearer from-file']);
  const refused = await client.chat.completions.create({ model: 'c', messages }, { maxRetries: 0 }).catch((error) => error);
  assert.match(refused.message, /what stands in TWO_LINES is more than one line/);
});

test('who is asked by no route does not make the gateway healthy', async (t) => {
  const up = await upstream(t, works);
  const file = path.join(folder(t), 'c.yaml');
  const at = `base_url: 'http://127.0.0.1:${up.port}/v1'`;
  writeFileSync(file, `version: 1\nproviders:\n  - {id: a, ${at}, state: disabled}\n  - {id: spare, ${at}}\nroutes: [{model: m, targets: [{provider: a}]}]\n`);
  const gw = await gateway(t, ['--config', file]);
  assert.equal((await fetch(`${gw.url}/healthz`)).status, 503);
});

test('what takes no more bytes loses neither the file nor a change', async (t) => {
  const file = path.join(folder(t), 'sluice.yaml');
  const text = 'version: 1\nproviders:\n  - {id: a, dialect: mock, limits: {queue: 7}}\nroutes:\n  - {model: m, targets: [{provider: a}]}\n';
  writeFileSync(file, text);
  const gw = await gateway(t, ['--config', file]);
  const allow = (bytes) => execFileSync('prlimit', ['--pid', gw.child.pid, `--fsize=${bytes}:`]);
  allow(50);
  const change = JSON.stringify({ providers: { a: { limits: { queue: 9 } } } });
  assert.equal((await gw.admin('PATCH', 'config', change)).status, 200);
  await gw.line(/the change is in force, but not written: cannot write .*sluice\.yaml/);
  assert.equal(readFileSync(file, 'utf8'), text);
  assert.deepEqual(readdirSync(path.dirname(file)), ['sluice.yaml']);
  // Once it does, a reload writes it.
  allow('unlimited');
  gw.child.kill('SIGHUP');
  await gw.line(/nothing has changed but perhaps the keys/);
  assert.equal(readFileSync(file, 'utf8'), text.replace('queue: 7', 'queue: 9'));
  assert.equal((await (await gw.admin('GET', 'config')).json()).providers[0].limits.queue, 9);
});
