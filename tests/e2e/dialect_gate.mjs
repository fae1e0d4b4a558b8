// SPDX-License-Identifier: GPL-3.0-or-later
// A gateway with one provider of each dialect.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { kinds, provider } from './dialects.mjs';
import { folder, gateway, upstream } from './harness.mjs';

export const version = { chat: 'v1', responses: 'v1', anthropic: 'v1', gemini: 'v1beta' };
export const dialectLines = {
  chat: 'dialect: openai',
  responses: 'dialect: openai, responses: only',
  anthropic: 'dialect: anthropic',
  gemini: 'dialect: gemini',
};
const env = { UP_KEY: 'provider-key', GATE_KEY: 'client-key' };

/** One provider of each dialect, and a route to each: to-chat, to-anthropic, ... */
export async function fourProviders(t, handlers = {}, server = '') {
  const ups = {};
  for (const kind of kinds) ups[kind] = await upstream(t, handlers[kind] ?? provider(kind));
  const file = path.join(folder(t), 'sluice.yaml');
  writeFileSync(
    file,
    [
      'version: 1',
      server,
      'providers:',
      ...kinds.map(
        (kind) =>
          `  - {id: ${kind}, ${dialectLines[kind]}, base_url: 'http://127.0.0.1:${ups[kind].port}/${version[kind]}', api_key: env:UP_KEY}`,
      ),
      'routes:',
      ...kinds.map(
        (kind) => `  - {model: to-${kind}, retry: {attempts: 1}, targets: [{provider: ${kind}, model: provider-model}]}`,
      ),
      '',
    ].join('\n'),
  );
  const gate = await gateway(t, ['--config', file], env);
  return { ...gate, ups };
}
