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

test('who may use some models only does not get at others by what is passed on', async (t) => {
  const { gw, up } = await withKeys(t, [], (request, response) => json(response, 200, { ok: true }));
  gw.write(
    readFileSync(gw.file, 'utf8').replace('requests_per_minute: 1, burst_requests: 2', 'requests_per_minute: 6000') +
      "  - {model: '*', targets: [{provider: up}]}\n",
  );
  await gw.line(/revision 2 is in force/);
  const post = async (key, contentType, body, fields = {}) => {
    const response = await fetch(`${gw.url}/v1/moderations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...(contentType && { 'content-type': contentType }), ...fields },
      body,
    });
    return { status: response.status, error: (await response.json()).error };
  };
  const form = (...fields) => {
    const made = new FormData();
    for (const [name, value] of fields) made.append(name, value);
    return made;
  };
  const long = new Blob(['x'.repeat(3 * 1024 * 1024)]);
  const allowed = { 'x-sluice-model': 'gpt-test' };
  const tries = [
    ['application/json', '{"model":"gpt-test","model":"secret"}'],
    ['application/json', '{"model":"gpt-test","Model":"secret"}'],
    ['application/json', `{"model":"gpt-test","x":"${'y'.repeat(3 * 1024 * 1024)}","model":"secret"}`],
    ['application/json', '{"input_file_id":"file-of-many-models"}', allowed],
    ['text/plain', '{"model":"secret"}', allowed],
    [null, form(['model', 'gpt-test'], ['file', long], ['model', 'secret'])],
    [null, form(['file', long], ['model', 'secret']), allowed],
  ];
  for (const [type, body, fields] of tries) {
    const { status, error } = await post('key-of-ci', type, body, fields);
    assert.equal(status, 403, `${type} ${typeof body === 'string' ? body.slice(0, 60) : 'form'}`);
    assert.equal(error.code, 'model_not_allowed');
  }
  assert.equal(up.requests.length, 0);
  // What is certain goes through, wherever the model stands; and who may use all is not held up.
  assert.equal((await post('key-of-ci', 'application/json', '{"model":"gpt-test","input":"x"}')).status, 200);
  assert.equal((await post('key-of-ci', null, form(['file', long], ['model', 'gpt-test']))).status, 200);
  assert.match(up.requests[1].body.slice(-300), /real-model/);
  assert.equal((await post('key-of-me', 'text/plain', 'x', { 'x-sluice-model': 'secret' })).status, 200);
  // In a conversation it is refused for all: some providers would take the second.
  const { status } = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-of-ci' },
    body: '{"model":"gpt-test","Model":"secret","messages":[]}',
  });
  assert.equal(status, 400);
});

test('the list of models is that of who serves all', async (t) => {
  const theirs = { object: 'list', data: [{ id: 'theirs', object: 'model' }], has_more: false };
  const { gw, up } = await withKeys(t, [], (request, response) => json(response, 200, theirs));
  const list = async (key) => (await gw.client({ apiKey: key }).models.list()).data.map((model) => model.id);
  assert.deepEqual(await list('key-of-me'), ['gpt-test']);
  const text = readFileSync(gw.file, 'utf8');
  gw.write(text.replace('gpt-test', "'*'").replace("['gpt-*']", "[gpt-a, 'b-*']"));
  await gw.line(/revision 2 is in force/);
  assert.deepEqual(await list('key-of-me'), ['theirs']);
  assert.equal(up.requests[0].url, '/v1/models');
  assert.equal(up.requests[0].headers.authorization, 'Bearer provider-key');
  // Who may use some by name sees those; Anthropic's list is not to be had of a provider like this.
  assert.deepEqual(await list('key-of-ci'), ['gpt-a']);
  const other = await fetch(`${gw.url}/v1/models`, {
    headers: { authorization: 'Bearer key-of-me', 'anthropic-version': '2023-06-01' },
  });
  assert.deepEqual((await other.json()).data, []);
  assert.equal(up.requests.length, 1);
});

test('two clients with one key are told', async (t) => {
  const { gw } = await withKeys(t);
  const me = /key: '?(file:[^'}]*ME)/.exec(readFileSync(gw.file, 'utf8'))[1];
  writeFileSync(me.slice('file:'.length), 'key-of-ci\n');
  gw.child.kill('SIGHUP');
  await gw.line(/clients 'ci' and 'me' have the same key: who asks with it counts as 'me'/);
  await gw.line(/nothing has changed but perhaps the keys.*revision 2 is in force/);
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
