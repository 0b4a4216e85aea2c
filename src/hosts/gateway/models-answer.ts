import type { Json } from './wire.ts';

/** What a vendor would say of its models, were there only this one: all vendors' clients find their fields. Null: another path. */
export function modelsAnswer(path: string, model: string): Json | null {
  const it = {
    id: model,
    slug: model,
    type: 'model',
    object: 'model',
    display_name: model,
    owned_by: 'conductor',
  };
  const dated = { ...it, created: 0, created_at: '1970-01-01T00:00:00Z' };
  if (path === '/v1/models')
    return { object: 'list', data: [dated], has_more: false, first_id: model, last_id: model };
  return path === `/v1/models/${encodeURIComponent(model)}` || path === `/v1/models/${model}` ? dated : null;
}
