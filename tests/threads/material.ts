import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import type { Workspace } from '../../src/changes/workspace.ts';
import type { CommandRequest } from '../../src/commands/request.ts';
import type { Material } from '../../src/threads/context-pack.ts';
import type { ReviewThread } from '../../src/threads/review-thread.ts';
import type { ThreadMessage } from '../../src/threads/transcript.ts';
import { requestOf } from '../runs/memory-host.ts';

/** What a pack is made from; whatever is not said is a small shop with one issue. */
export interface Story {
  readonly body?: string;
  readonly thread?: Partial<CommandRequest['thread']>;
  readonly files?: Readonly<Record<string, MemoryFile>>;
  /** The base branch's files, where they differ from what the agent sees. */
  readonly trusted?: Workspace;
  readonly transcript?: readonly ThreadMessage[];
  readonly reviews?: readonly ReviewThread[];
}

export const SHOP: Readonly<Record<string, string>> = {
  'src/money/round.ts':
    'export function roundCents(amount: number): number {\n  return Math.floor(amount * 100) / 100;\n}\n',
  'src/money/total.ts':
    "import { roundCents } from './round.ts';\n\nexport function orderTotal(lines: Line[]): number {\n  return roundCents(lines.reduce((sum, line) => sum + line.price, 0));\n}\n",
  'src/mail/send.ts':
    "export async function sendReceipt(to: string): Promise<void> {\n  throw new Error('The receipt could not be sent.');\n}\n",
  'tests/round.test.ts': "it('rounds', () => {\n  expect(roundCents(1.005)).toBe(1.01);\n});\n",
  'README.md': '# Shop\n\nSells things.\n',
};

export function material(story: Story = {}): Material {
  const workspace = memoryWorkspace('c'.repeat(40), story.files ?? SHOP);
  return {
    request: requestOf({
      body: story.body ?? '@conductor fix the rounding of `roundCents`',
      thread: { title: 'Totals are off', body: 'By a cent.', ...story.thread },
    }),
    transcript: story.transcript ?? [],
    reviews: story.reviews ?? [],
    reports: [],
    askedStyle: '',
    trusted: story.trusted ?? workspace,
    workspace,
  };
}

export const message = (id: number, body: string, more: Partial<ThreadMessage> = {}): ThreadMessage => ({
  id,
  author: 'bob',
  body,
  createdAt: '2025-12-31T00:00:00Z',
  updatedAt: '2025-12-31T00:00:00Z',
  own: false,
  ...more,
});
