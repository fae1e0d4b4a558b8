// SPDX-License-Identifier: GPL-3.0-or-later
// Client keys: who gets in, and what each may.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import OpenAI from 'openai';
import { completion, eventually, folder, gateway, gatewayTo, json, messages, raw, upstream } from './harness.mjs';

const works = (request, response) => json(response, 200, completion());
const keys = "server: {client_keys: [{id: ci, key: 'file:CI', limits: {requests_per_minute: 1, burst_requests: 2}, models: ['gpt-*']}, {id: me, key: 'file:ME'}]}";

async function withKeys(t, provider = [], up = works) {
  const files = folder(t);
  for (const [name, key] of [['CI', 'key-of-ci'], ['ME', 'key-of-me']]) writeFileSync(path.join(files, name), `${key}\n`);
  const server = keys.replaceAll('file:', `file:${files}/`);
  const upstreamOf = await upstream(t, up);
  const gw = await gatewayTo(t, upstreamOf.port, provider, server);
  return { gw, up: upstreamOf };
}
const ask = (gw, apiKey, model = 'gpt-test') => gw.client({ apiKey }).chat.completions.create({ model, messages });
const failure = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

test('only those with a key get in, and it stays here', async (t) => {
  const { gw, up } = await withKeys(t);
  for (const key of ['wrong', 'key-of-c', 'key-of-cii', 'key-of-ME']) {
    const error = await failure(ask(gw, key));
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, 'invalid_api_key');
    assert.doesNotMatch(error.message, new RegExp(key));
  }
  assert.match(await raw(gw.url, 'GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 401 .*WWW-Authenticate: Bearer/s);
  assert.equal(up.requests.length, 0);
  await eventually(async () => (await gw.metrics()).get('sluice_rejections_total{reason="unknown_key"}') === 5, 'they are counted');
  await ask(gw, 'key-of-me');
  assert.equal(up.requests[0].headers.authorization, 'Bearer provider-key');
});

test('each has its own models', async (t) => {
  const { gw } = await withKeys(t);
  const error = await failure(ask(gw, 'key-of-ci', 'other'));
  assert.equal(error.status, 404); // there is no such route for anybody
  gw.write(`${readFileSync(gw.file, 'utf8')}  - {model: '*', targets: [{provider: up}]}\n`);
  await gw.line(/revision 2 is in force/);
  const denied = await failure(ask(gw, 'key-of-ci', 'other'));
  assert.ok(denied instanceof OpenAI.PermissionDeniedError);
  assert.equal(denied.code, 'model_not_allowed');
  await ask(gw, 'key-of-me', 'other');
  await ask(gw, 'key-of-ci');
});

test('each has its own limit, and gets back what led to nothing', async (t) => {
  const { gw, up } = await withKeys(t);
  const { response } = await ask(gw, 'key-of-ci').withResponse();
  assert.equal(response.headers.get('x-ratelimit-limit-requests'), '1');
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '1');
  // While nothing can serve, asking costs nothing.
  await gw.admin('POST', 'providers/up/disable');
  for (let i = 0; i < 5; i++) assert.equal((await failure(ask(gw, 'key-of-ci'))).status, 503);
  await gw.admin('POST', 'providers/up/ready');
  await ask(gw, 'key-of-ci');
  const refused = await failure(ask(gw, 'key-of-ci'));
  assert.equal(refused.status, 429);
  assert.match(refused.message, /the limit of the key 'ci'/);
  assert.ok(Number(refused.headers.get('retry-after')) > 50);
  await ask(gw, 'key-of-me');
  assert.equal(up.requests.length, 3);
});

test('a key that is missing lets nobody in, and is told', async (t) => {
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    "version: 1\nserver: {client_keys: [{id: ci, key: 'env:SLUICE_NOT_SET'}]}\nproviders: [{id: a, dialect: mock}]\nroutes: [{model: m, targets: [{provider: a}]}]\n",
  );
  const gw = await gateway(t, ['--config', file]);
  await gw.line(/client 'ci' has no key: the environment variable SLUICE_NOT_SET is not set/);
  for (const authorization of ['Bearer ', 'Bearer', '', 'Basic abc']) {
    const answer = await fetch(`${gw.url}/v1/models`, { headers: authorization ? { authorization } : {} });
    assert.equal(answer.status, 401);
  }
});

test('with keys any host name will do, without them only this machine', async (t) => {
  const { gw } = await withKeys(t);
  const models = (fields) => raw(gw.url, `GET /v1/models HTTP/1.1\r\nHost: gateway.example\r\n${fields}Connection: close\r\n\r\n`);
  assert.match(await models('Authorization: Bearer key-of-me\r\n'), /^HTTP\/1.1 200 /);
  assert.match(await raw(gw.url, 'GET /metrics HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 403 /);
});
