/** The tools there are, by name. `ask_person`, `request_approval` and `finish` every agent has; the others as its profile says. */
export type ToolName =
  | 'list_files'
  | 'read_file'
  | 'search_code'
  | 'edit_file'
  | 'write_file'
  | 'delete_file'
  | 'rename_file'
  | 'ask_person'
  | 'request_approval'
  | 'finish';

/** The coding CLIs there are adapters for; `command` is any program that edits files in its working directory. */
export const RUNNERS = ['claude-code', 'codex', 'opencode', 'copilot', 'gemini', 'command'] as const;
export type CliKind = (typeof RUNNERS)[number];

/** Which coding CLI does an agent's work. `command` is a program with its arguments, never a line for a shell. */
export type Runner =
  | { readonly kind: Exclude<CliKind, 'command'> }
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] };

/** A named persona, from `.github/agents/NAME.agent.md` or built in. Plain data; it grants no right that policy does not. */
export interface AgentProfile {
  /** What people write before the colon: `[a-z0-9][a-z0-9-]*`. */
  readonly name: string;
  /** Shown beside the name. */
  readonly title: string;
  readonly description: string;
  /** The body of the file: what the model is told. At most 30,000 characters. */
  readonly instructions: string;
  readonly tools: readonly ToolName[] | 'all';
  /** Names from the config's `models`, tried in order; empty: the config's own choice. */
  readonly models: readonly string[];
  /** Absent: Conductor's own loop of tools does the work. */
  readonly runner?: Runner | undefined;
  /** `built-in`, or the path of its file. */
  readonly source: string;
  /** True when a tool that edits is among its tools. */
  readonly mayEdit: boolean;
}

/** What is wrong in an agent's file, and what to do about it. Line and column are 1-based. */
export interface ProfileProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
}

const ALWAYS: readonly ToolName[] = ['ask_person', 'request_approval', 'finish'];
const READING: readonly ToolName[] = ['list_files', 'read_file'];
const EDITING: readonly ToolName[] = ['edit_file', 'write_file', 'delete_file', 'rename_file'];

/** GitHub's aliases for tools, lower case, and our own names. Conductor has no `execute`, `web`, `agent` or `todo`. */
const TOOLS_BY_NAME: Readonly<Record<string, readonly ToolName[]>> = {
  read: READING,
  notebookread: READING,
  search: ['search_code'],
  grep: ['search_code'],
  glob: ['search_code'],
  edit: EDITING,
  multiedit: EDITING,
  write: EDITING,
  ...Object.fromEntries(
    [...READING, 'search_code' as const, ...EDITING, ...ALWAYS].map((name) => [name, [name]]),
  ),
};

/** The tools that a profile's `tools` names, in any case. Unknown names are passed over, as GitHub does; `*` is all. */
export function toolsNamed(names: readonly string[]): readonly ToolName[] | 'all' {
  if (names.includes('*')) return 'all';
  const named = names.flatMap((name) => {
    const key = name.toLowerCase();
    return Object.hasOwn(TOOLS_BY_NAME, key) ? (TOOLS_BY_NAME[key] ?? []) : [];
  });
  return [...new Set([...named, ...ALWAYS])];
}

/** True when one of the tools can change a file. */
export function canEdit(tools: readonly ToolName[] | 'all'): boolean {
  return tools === 'all' || tools.some((tool) => EDITING.includes(tool));
}
