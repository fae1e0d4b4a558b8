// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON schema that editors use says what the program says.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { folder, run } from './harness.mjs';

const resources = new URL('../../resources', import.meta.url).pathname;
const validate = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync(path.join(resources, 'sluice.schema.json'), 'utf8')),
);

const provider = (lines) => `version: 1\nproviders:\n  - ${['id: a', ...lines].join('\n    ')}\n`;
const mock = (...lines) => provider(['dialect: mock', ...lines]);
const files = {
  'the example': [readFileSync(path.join(resources, 'example.yaml'), 'utf8'), true],
  'the demo': [readFileSync(path.join(resources, 'demo.yaml'), 'utf8'), true],
  'next to nothing': ['version: 1\n', true],
  'no version': ['providers: []\n', false],
  'another version': ['version: 2\n', false],
  'an unknown key': [mock('colour: red'), false],
  'bodies that are not logged': ['version: 1\nlog: {bodies: off}\n', true],
  'a key of a later version': ["version: 1\nlog: {bodies: 'on'}\n", false],
  'no base_url': [provider([]), false],
  'a base_url': [provider(['base_url: http://localhost:1/v1']), true],
  'a base_url of another scheme': [provider(['base_url: ftp://localhost']), false],
  'a mock with a base_url': [mock('base_url: http://localhost:1/v1'), false],
  'a temper without a mock': [provider(['base_url: http://localhost:1/v1', 'mock: {status: 500}']), false],
  'the other dialects': [
    "version: 1\nproviders:\n  - {id: a, dialect: anthropic, base_url: 'https://a/v1'}\n  - {id: b, dialect: gemini, base_url: 'https://b/v1beta', key_header: x-key}\n",
    true,
  ],
  'an unknown dialect': [provider(['dialect: cobol', 'base_url: http://localhost:1/v1']), false],
  'the Responses API': [provider(['base_url: http://localhost:1/v1', 'responses: only']), true],
  'some of it': [provider(['base_url: http://localhost:1/v1', 'responses: some']), false],
  'the Responses API of another dialect': [provider(['dialect: gemini', 'base_url: http://localhost:1/v1', 'responses: true']), false],
  'a header with a space': [provider(['base_url: http://localhost:1/v1', "key_header: 'api key'"]), false],
  'a preset': [provider(['preset: anthropic']), true],
  'a preset that needs an address': [provider(['preset: azure']), false],
  'a preset with its address': [provider(['preset: azure', 'base_url: https://x.openai.azure.com/openai/v1']), true],
  'an unknown preset': [provider(['preset: nobody']), false],
  'a mock of a preset': [mock('preset: ollama'), false],
  'a mock that speaks': [mock('mock: {speaks: anthropic}'), true],
  'a mock that speaks Latin': [mock('mock: {speaks: latin}'), false],
  'a literal key': [provider(['base_url: http://localhost:1/v1', 'api_key: sk-1234']), false],
  'a key by name': [provider(['base_url: http://localhost:1/v1', 'api_key: env:KEY']), true],
  'an id with a space': ['version: 1\nproviders: [{id: "a b", dialect: mock}]\n', false],
  'a duration without a unit': [mock('breaker: {open_for: 5}'), false],
  'a duration with a fraction': [mock('breaker: {open_for: 1.5s}'), true],
  'too many probes': [mock('breaker: {half_open_probes: 32}'), false],
  'the most probes': [mock('breaker: {half_open_probes: 31}'), true],
  'a limit of nothing': [mock('limits: {requests_per_minute: 0}'), true],
  'a negative limit': [mock('limits: {requests_per_minute: -1}'), false],
  'a limit in words': [mock('limits: {requests_per_minute: many}'), false],
  'an impossible share': [mock('mock: {error_rate: 1.1}'), false],
  'a status that is no error': [mock('mock: {status: 200}'), false],
  'client keys, and so any address': [
    "version: 1\nserver: {listen: '0.0.0.0:8787', client_keys: [{id: ci, key: env:CI, models: [a, 'b/*', '*'], limits: {requests_per_minute: 5}}]}\n",
    true,
  ],
  'a literal client key': ['version: 1\nserver: {client_keys: [{id: ci, key: sk-1}]}\n', false],
  'a client without a key': ['version: 1\nserver: {client_keys: [{id: ci}]}\n', false],
  'a star in the middle': ["version: 1\nserver: {client_keys: [{id: ci, key: env:CI, models: ['a*b']}]}\n", false],
  'a keep-alive': ['version: 1\nserver: {stream_keep_alive: 0s}\n', true],
  'a size': ['version: 1\nserver: {max_body: 64KiB}\n', true],
  'a size in odd units': ['version: 1\nserver: {max_body: 64kb}\n', false],
  'an address without a port': ['version: 1\nserver: {listen: localhost}\n', false],
  'an IPv6 address': ["version: 1\nserver: {listen: '[::1]:0'}\n", true],
  'workers': ['version: 1\nserver: {workers: 65}\n', false],
  'a route without targets': ['version: 1\nroutes: [{model: m, targets: []}]\n', false],
  'calls at once': [mock('limits: {concurrency: 32, queue: 0, queue_timeout: 500ms}'), true],
  'a queue that is too long': [mock('limits: {queue: 65536}'), false],
  'another balancer': [`${mock()}routes: [{model: m, balance: latency, targets: [{provider: a}]}]\n`, true],
  'retries, tiers and a fallback': [
    `${mock()}routes:\n  - {model: m, fallback: [n], retry: {attempts: 1, backoff: 1s, max_backoff: 1s}, targets: [{provider: a, priority: 100}]}\n  - {model: n, targets: [{provider: a}]}\n`,
    true,
  ],
  'no attempt at all': [`${mock()}routes: [{model: m, retry: {attempts: 0}, targets: [{provider: a}]}]\n`, false],
  'a priority that is too large': [`${mock()}routes: [{model: m, targets: [{provider: a, priority: 101}]}]\n`, false],
  'an unknown balancer': [`${mock()}routes: [{model: m, balance: random, targets: [{provider: a}]}]\n`, false],
  'limits of tokens': [mock('limits: {tokens_per_minute: 0}'), true],
  'too many tokens': [mock('limits: {tokens_per_minute: 1000000001}'), false],
  'a burst of no tokens': [mock('limits: {tokens_per_minute: 5, burst_tokens: 0}'), false],
  'a probe': [provider(['base_url: http://localhost:1/v1', 'health: {probe: /models, interval: 10s}']), true],
  'no probe': [provider(['base_url: http://localhost:1/v1', 'health: {probe: none}']), true],
  'a probe that is no path': [provider(['base_url: http://localhost:1/v1', 'health: {probe: models}']), false],
  'certificates': [provider(['base_url: https://localhost:1/v1', 'ca_file: /ca.pem', 'ask_usage: false']), true],
  'a stall and connections': ['version: 1\nserver: {client_stall: 5s, max_connections: 1}\n', true],
  'no connections': ['version: 1\nserver: {max_connections: 0}\n', false],
  'a route with everything': [
    `${mock()}routes: [{model: m, affinity: x-session, on_exhausted: queue, cache: {ttl: 1m, when: always}, limits: {tokens_per_minute: 5}, targets: [{provider: a}]}]\n`,
    true,
  ],
  'calls at once on a route': [`${mock()}routes: [{model: m, limits: {concurrency: 5}, targets: [{provider: a}]}]\n`, false],
  'an affinity with a space': [`${mock()}routes: [{model: m, affinity: 'x y', targets: [{provider: a}]}]\n`, false],
  'a cache and a format': ['version: 1\ncache: {max_size: 1MiB}\nlog: {format: json}\n', true],
  'a route': [`${mock()}routes: [{model: m, balance: round_robin, targets: [{provider: a, weight: 1000}]}]\n`, true],
};

test('the schema knows the presets', () => {
  const schema = JSON.parse(readFileSync(path.join(resources, 'sluice.schema.json'), 'utf8'));
  const { presets } = JSON.parse(readFileSync(path.join(resources, 'presets.json'), 'utf8'));
  assert.deepEqual(
    schema.definitions.provider.properties.preset.enum,
    presets.map((preset) => preset.name),
  );
});

test('the schema and the program agree', async (t) => {
  const file = path.join(folder(t), 'c.yaml');
  for (const [what, [text, sound]] of Object.entries(files)) {
    assert.equal(validate(parse(text)), sound, `${what}: the schema: ${JSON.stringify(validate.errors)}`);
    writeFileSync(file, text);
    const checked = await run(['--check-config', '--config', file]);
    assert.equal(checked.code, sound ? 0 : 2, `${what}: the program: ${checked.stdout}`);
  }
});
