/** Why a change set was not applied: a code for machines, a sentence of what happened, a sentence of what to do. */
export interface ChangeError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}
