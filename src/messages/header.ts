import type { RunView } from '../runs/run-view.ts';
import { code, harmlessLine } from './way-out.ts';

/** Persona, title and model: the same first line over everything an agent says. */
export function header(view: RunView): string {
  if (!view.agent) return '**Conductor**';
  const { name, title, model, runner } = view.agent;
  return [`**${name}**`, harmlessLine(title, 80), ...(runner ? [code(runner)] : []), code(model)].join(' · ');
}
