import { accountOf } from '../../actor.ts';
import { Refusal } from '../../refusal.ts';
import { FieldRefusal } from '../refusals.ts';
import type { Field, View } from '../view.ts';

interface Input {
  readonly clientMutationId?: string | null;
}

/** A mutation: what it does with its input, and what of its payload can be read afterwards. */
export function mutation<I extends object>(
  act: (input: I & Input, view: View) => object | Promise<object>,
): Field<unknown> {
  return async (
    _: unknown,
    { input }: { input: I & Input },
    view: View,
    { fieldName }: { fieldName: string },
  ) => {
    try {
      return { clientMutationId: input.clientMutationId ?? null, ...(await act(input, view)) };
    } catch (error) {
      throw error instanceof Refusal && error.lackedRole !== null ? lacksPermission(view, fieldName) : error;
    }
  };
}

/** GitHub's sentence for a person who is too little in the repository. */
export function lacksPermission({ actor }: View, fieldName: string): FieldRefusal {
  const name = fieldName.charAt(0).toUpperCase() + fieldName.slice(1);
  const { login } = accountOf(actor);
  return new FieldRefusal(
    'FORBIDDEN',
    `${login} does not have the correct permissions to execute \`${name}\``,
  );
}

/** The id of what a REST call has made. */
export function idOf(body: unknown): number {
  return (body as { readonly id: number }).id;
}
