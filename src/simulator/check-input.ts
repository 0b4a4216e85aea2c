import { type FieldError, invalid, unprocessable } from './refusal.ts';
import type { Annotation, CheckAction, CheckConclusion } from './state.ts';

/** Source of all limits: docs.github.com, REST, "Create a check run" and "Update a check run". */
const ANNOTATIONS_LIMIT = 50;
const TEXT_LIMIT = 65_535;
const ACTIONS_LIMIT = 3;
const ACTION_LIMITS = { label: 20, identifier: 20, description: 40 } as const;
const MESSAGE_LIMIT = 64 * 1024;
const TITLE_LIMIT = 255;
const LEVELS = ['notice', 'warning', 'failure'];
const CONCLUSIONS = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'];

export interface CheckOutput {
  readonly title: string | null;
  readonly summary: string;
  readonly text: string | null;
  readonly annotations: readonly Annotation[];
}

/** The `output` of a request, within GitHub's limits; 422 where it breaks one. */
export function readOutput(value: unknown): CheckOutput | undefined {
  if (value === undefined || value === null) return undefined;
  const { title, summary, text, annotations, ...rest } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw unprocessable(`Invalid request.\n\n"${unknown}" is not a permitted key of output.`);
  if (typeof summary !== 'string') throw unprocessable('Invalid request.\n\n"summary" wasn\'t supplied.');
  for (const [name, long] of Object.entries({ summary, text })) {
    if (typeof long === 'string' && long.length > TEXT_LIMIT) throw tooLong(`output.${name}`, TEXT_LIMIT);
  }
  if (annotations !== undefined && !Array.isArray(annotations))
    throw unprocessable('Invalid request.\n\nannotations is not an array.');
  const list: unknown[] = annotations ?? [];
  if (list.length > ANNOTATIONS_LIMIT) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${ANNOTATIONS_LIMIT} items are allowed; ${list.length} were supplied.`,
    );
  }
  return {
    title: typeof title === 'string' ? title : null,
    summary,
    text: typeof text === 'string' ? text : null,
    annotations: list.map((annotation) => readAnnotation(annotation as Record<string, unknown>)),
  };
}

function readAnnotation(value: Record<string, unknown>): Annotation {
  const {
    path,
    start_line,
    end_line,
    annotation_level,
    message,
    title,
    raw_details,
    start_column,
    end_column,
  } = value;
  const wrong = (field: string): Error => invalid({ resource: 'CheckAnnotation', field, code: 'invalid' });
  if (typeof path !== 'string' || path === '') throw wrong('path');
  if (!isLine(start_line)) throw wrong('start_line');
  if (!isLine(end_line) || end_line < start_line) throw wrong('end_line');
  if (typeof annotation_level !== 'string' || !LEVELS.includes(annotation_level))
    throw wrong('annotation_level');
  if (typeof message !== 'string') throw wrong('message');
  if (Buffer.byteLength(message) > MESSAGE_LIMIT) throw tooLong('message', MESSAGE_LIMIT);
  if (typeof title === 'string' && title.length > TITLE_LIMIT) throw tooLong('title', TITLE_LIMIT);
  // Columns belong to a single line. Source: "Create a check run", start_column.
  if ((start_column !== undefined || end_column !== undefined) && start_line !== end_line)
    throw wrong('start_column');
  return {
    path,
    start_line,
    end_line,
    start_column: isLine(start_column) ? start_column : null,
    end_column: isLine(end_column) ? end_column : null,
    annotation_level,
    title: typeof title === 'string' ? title : null,
    message,
    raw_details: typeof raw_details === 'string' ? raw_details : null,
  };
}

/** The buttons of a request, within GitHub's limits. */
export function readActions(
  value: readonly Record<string, unknown>[] | undefined,
): readonly CheckAction[] | undefined {
  if (value === undefined) return undefined;
  if (value.length > ACTIONS_LIMIT) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${ACTIONS_LIMIT} items are allowed; ${value.length} were supplied.`,
    );
  }
  return value.map((action) => {
    const errors: FieldError[] = [];
    for (const [field, limit] of Object.entries(ACTION_LIMITS)) {
      const text = action[field];
      if (typeof text !== 'string')
        errors.push({ resource: 'CheckRun', field: `actions.${field}`, code: 'missing_field' });
      else if (text.length > limit) throw tooLong(`actions.${field}`, limit);
    }
    if (errors.length > 0) throw invalid(...errors);
    return {
      label: String(action.label),
      description: String(action.description),
      identifier: String(action.identifier),
    };
  });
}

/** A conclusion that an App may set; `stale` is GitHub's alone. */
export function readConclusion(value: string | undefined): CheckConclusion | undefined {
  if (value === undefined || CONCLUSIONS.includes(value)) return value as CheckConclusion | undefined;
  throw unprocessable(`Invalid request.\n\n${value} is not a conclusion that an App may set.`);
}

function isLine(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function tooLong(field: string, limit: number): Error {
  return invalid({
    resource: 'CheckRun',
    field,
    code: 'custom',
    message: `${field} exceeds a maximum of ${limit} characters`,
  });
}
