// SPDX-License-Identifier: GPL-3.0-or-later
// How far the estimate of a prompt's tokens is from what OpenAI's tokenizer counts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { getEncoding } from 'js-tiktoken';
import { folder, gateway } from './harness.mjs';

const root = new URL('../..', import.meta.url).pathname;
const file = (name) => readFileSync(path.join(root, name), 'utf8').slice(0, 20_000);

// [least, most] of estimate / count that is allowed: what gateway/dialect/openai.h says.
const texts = {
  prose: [file('CONTRIBUTING.md'), 0.8, 1.2],
  code: [file('gateway/exchange/chooser.cpp'), 0.8, 1.3],
  JSON: [file('resources/sluice.schema.json'), 0.8, 1.3],
  German: [
    'Das Wasser findet seinen Weg durch das Tor, und die Mühle dreht sich, so stetig, wie der Wärter es laufen lässt. '.repeat(40),
    0.8,
    1.2,
  ],
  Russian: ['Вода находит дорогу через ворота, и мельница вращается так ровно, как позволяет сторож. '.repeat(40), 1.3, 2],
  Chinese: ['水穿过闸门，磨坊平稳地转动，正如看守人所允许的那样。'.repeat(60), 0.6, 0.9],
  numbers: [Array.from({ length: 900 }, (_, i) => (i * 7919) % 100_003).join(', '), 0.35, 0.6],
};

test('the estimate is as near as its description says', async (t) => {
  const config = path.join(folder(t), 'sluice.yaml');
  writeFileSync(config, 'version: 1\nproviders: [{id: a, dialect: mock}]\nroutes: [{model: m, targets: [{provider: a}]}]\n');
  const gate = await gateway(t, ['--config', config]);
  const client = new Anthropic({ baseURL: gate.url, apiKey: 'none', maxRetries: 0 });
  const encoding = getEncoding('o200k_base');
  for (const [what, [text, least, most]] of Object.entries(texts)) {
    const { input_tokens } = await client.messages.countTokens({ model: 'm', messages: [{ role: 'user', content: text }] });
    const ratio = input_tokens / encoding.encode(text).length;
    t.diagnostic(`${what}: ${ratio.toFixed(2)}`);
    assert.ok(ratio >= least && ratio <= most, `${what}: ${ratio.toFixed(2)}`);
  }
});
