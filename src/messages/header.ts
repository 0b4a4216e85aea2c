import type { RunView } from '../runs/run-view.ts';
import { code } from './way-out.ts';

/** Persona, title and model: the same first line over everything an agent says. */
export function header(view: RunView): string {
  if (!view.agent) return '**Conductor**';
  const { name, title, model, runner } = view.agent;
  return [`**${name}**`, title, ...(runner ? [code(runner)] : []), code(model)].join(' · ');
}
