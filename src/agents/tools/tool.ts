import { z } from 'zod';
import type { ToolSpec } from '../model.ts';
import type { Overlay } from '../overlay.ts';

/** How a tool's use came out. `ends`: the agent is finished, with an answer or a question for a person. */
export interface ToolOutcome {
  readonly text: string;
  readonly isError: boolean;
  /** The model sent something that is no use of this tool at all. */
  readonly malformed?: true;
  readonly ends?: { readonly kind: 'finished' | 'question' | 'approval'; readonly text: string };
}

/** A tool that agents may hold. It reaches the overlay and nothing else. */
export interface Tool {
  readonly name: string;
  readonly edits: boolean;
  readonly spec: ToolSpec;
  /** What a person is told it was used on: a path, a search text. Never throws. */
  target(input: unknown): string;
  use(input: unknown, overlay: Overlay): Promise<ToolOutcome>;
}

export const said = (text: string): ToolOutcome => ({ text, isError: false });
export const refused = (text: string): ToolOutcome => ({ text, isError: true });

/** Builds a tool from a closed zod schema: the schema tells the model its parameters and judges what it sends. */
export function defineTool<Schema extends z.ZodObject>(definition: {
  readonly name: string;
  readonly description: string;
  readonly edits?: boolean;
  readonly input: Schema;
  readonly target: (input: z.output<Schema>) => string;
  readonly use: (input: z.output<Schema>, overlay: Overlay) => Promise<ToolOutcome>;
}): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(definition.input, { io: 'input' });
  return {
    name: definition.name,
    edits: definition.edits ?? false,
    spec: { name: definition.name, description: definition.description, parameters },
    target(input) {
      const parsed = definition.input.safeParse(input);
      return parsed.success ? definition.target(parsed.data) : '';
    },
    async use(input, overlay) {
      const parsed = definition.input.safeParse(input);
      if (parsed.success) return definition.use(parsed.data, overlay);
      const text = `${definition.name} was not used: ${z.prettifyError(parsed.error)}`;
      return { text, isError: true, malformed: true };
    },
  };
}
