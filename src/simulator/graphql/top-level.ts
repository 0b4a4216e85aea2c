import { Cut, underFaults } from '../cut.ts';
import type { Fields, View } from './view.ts';

/**
 * Lets faults strike each top-level field by itself, as `mutation addComment` or `query repository`: before its
 * effect, after it, and so between two fields of one document. Once one has cut the request short, no other acts.
 */
export function topLevel(operation: 'query' | 'mutation', fields: Fields<unknown>): Fields<unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      async (source: unknown, args: never, view: View, info: never) => {
        if (view.cut !== null) throw view.cut;
        try {
          return await underFaults(view.services.faults, `${operation} ${name}`, async () =>
            field(source, args, view, info),
          );
        } catch (error) {
          if (error instanceof Cut) view.cut = error;
          throw error;
        }
      },
    ]),
  );
}
