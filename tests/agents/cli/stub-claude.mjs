#!/usr/bin/env node
// Stands for Claude Code in tests: asks its model over the network, does what it says, and tells of it as that does.
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

if (process.argv.includes('--version')) {
  console.log('9.9.9 (Stub)');
  process.exit(0);
}
const { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key, ANTHROPIC_MODEL: model } = process.env;
const say = (event) => console.log(JSON.stringify(event));
const messages = [{ role: 'user', content: readFileSync(0, 'utf8') }];
say({ type: 'system', subtype: 'init', cwd: process.cwd() });

for (;;) {
  const response = await fetch(`${url}/v1/messages?beta=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model, max_tokens: 5_000, stream: true, tools: [{ name: 'Bash' }], messages }),
  });
  const answer = await response.text();
  if (!response.ok) {
    say({ type: 'result', subtype: 'success', is_error: true, result: answer });
    process.exit(1);
  }
  const events = [...answer.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
  const block = events.find(({ type }) => type === 'content_block_start').content_block;
  const { delta } = events.find(({ type }) => type === 'content_block_delta');
  if (block.type === 'text') {
    say({ type: 'result', subtype: 'success', is_error: false, result: delta.text });
    process.exit(0);
  }
  const input = JSON.parse(delta.partial_json);
  const use = { type: 'tool_use', id: block.id, name: block.name, input };
  say({ type: 'assistant', message: { content: [use] } });
  execSync(input.command);
  const result = { type: 'tool_result', tool_use_id: block.id, content: 'Done.', is_error: false };
  say({ type: 'user', message: { content: [result] } });
  messages.push({ role: 'assistant', content: [use] }, { role: 'user', content: [result] });
}
