/**
 * Keys that a config may carry and that nothing acts on yet, dotted. Whoever sets one is told so. Work that enforces a
 * key removes it here; a test holds that every other key of the schema changes behaviour.
 */
export const NOT_YET_ENFORCED: readonly string[] = [];
