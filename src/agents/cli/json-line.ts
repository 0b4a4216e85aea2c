/** A JSON object whose fields may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** A line of an event stream as an object; null for everything that is none. */
export function jsonLine(line: string): Fields | null {
  try {
    return fields(JSON.parse(line));
  } catch {
    return null;
  }
}

/** `value` when it is an object and no list, else null. */
export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The objects of a list; none when it is no list. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields).filter((entry) => entry !== null) : [];
}

/** `value` when it is text, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What a tool was used on, from the arguments that a model gave it: the first of those fields that is text. */
export function targetOf(input: unknown): string {
  const given = fields(input);
  if (given === null) return textOf(input) ?? '';
  const names = ['file_path', 'filePath', 'path', 'command', 'cmd', 'pattern', 'query', 'url', 'description'];
  return names.map((name) => textOf(given[name])).find((text) => text !== undefined) ?? '';
}
