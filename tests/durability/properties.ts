import { afterAnswer } from './after-answer.ts';
import { afterEffect } from './after-effect.ts';
import { crash } from './crash.ts';
import { databaseAway } from './database-away.ts';
import { deliveries } from './deliveries.ts';
import { flood } from './flood.ts';
import { hourDown } from './hour-down.ts';
import type { Property } from './property.ts';
import { refRace } from './ref-race.ts';
import { replicas } from './replicas.ts';
import { soak } from './soak.ts';

/** Every promise about runs that is tried here. */
export const PROPERTIES: readonly Property[] = [
  crash,
  afterAnswer,
  deliveries,
  afterEffect,
  refRace,
  replicas,
  hourDown,
  databaseAway,
  flood,
  soak,
];
