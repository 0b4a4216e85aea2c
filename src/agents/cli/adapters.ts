import type { CliKind } from '../profile.ts';
import type { CliAdapter } from './adapter.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';
import { copilot } from './copilot.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';

/** The coding CLIs there are. */
export const CLIS: Readonly<Record<CliKind, CliAdapter>> = {
  'claude-code': claudeCode,
  codex,
  opencode,
  copilot,
  gemini,
  command,
};
