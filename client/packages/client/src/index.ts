/** Marquee's published operations and any question in parameters, typed. */
export { type AskOptions, Client, type ClientOptions, createClient } from './client.js';
export { MarqueeError } from './errors.js';
export type { Given, Operation } from './operation.js';
export type { Dimension, Measure, Question, Rating, Row, Viewing } from './question.js';
export type { Retries } from './retries.js';
export * from './generated/operations.js';
