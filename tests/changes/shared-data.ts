import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Test data that lies beside the checkout (`../shared/data`); null when it is not there, and its tests are skipped. */
export function sharedData<T>(name: string): T | null {
  const file = resolve(import.meta.dirname, '../../../shared/data', name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;
}

/** The parts of adversarial.json that change sets and policy answer to. */
export interface Adversarial {
  readonly paths: readonly { readonly path: string; readonly verdict: string; readonly why: string }[];
  readonly modes: readonly { readonly mode: string; readonly content?: string; readonly verdict: string }[];
  readonly content: readonly { id: string; path: string; added: string; verdict: string }[];
  readonly model_output: readonly { readonly id: string; readonly raw: string; readonly why: string }[];
}
