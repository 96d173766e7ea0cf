/** A question of Explore survives its address, and asks for what it says. */
import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chartFor } from '../src/explore/ExploreChart';
import { DEFAULT_QUESTION, documentOf, EXPLORE_MEASURES, GROUPS, type Group, type Question, readQuestion, TIME_STEPS, writeQuestion } from '../src/explore/question';

const schema = buildSchema(readFileSync('../schema/schema.graphql', 'utf8'));
const ASKED: Question = { measures: ['views', 'watchHours'], by: ['WEEK', 'COUNTRY'], top: 10, chart: 'heat' };

describe('an address', () => {
  it('restores the question that was written into it, beside the view', () => {
    const search = writeQuestion(ASKED, '?range=P7D');
    expect(readQuestion(search)).toEqual(ASKED);
    expect(search).toContain('range=P7D');
  });

  it('may ask for no groups', () => {
    expect(readQuestion(writeQuestion({ ...ASKED, by: [] }, '')).by).toEqual([]);
  });

  it.each(['', '?measures=money', '?top=7', '?chart=pie', '?measures=users'])('that is broken (%s) asks the default', (search) => {
    expect(readQuestion(search)).toEqual(DEFAULT_QUESTION);
  });
});

describe('a document', () => {
  const groups = Object.keys(GROUPS) as Group[];
  const questions: Question[] = [
    { ...ASKED, by: [] },
    ...groups.map((group) => ({ ...ASKED, by: [group] })),
    ...groups.map((group) => ({ ...ASKED, by: [TIME_STEPS[1], group] })),
    ...TIME_STEPS.map((step) => ({ ...ASKED, measures: EXPLORE_MEASURES, by: [step] })),
  ];

  it.each(questions)('of $by is one that the schema takes', (question) => {
    for (const isCompared of [true, false]) expect(validate(schema, parse(documentOf(question, isCompared)))).toEqual([]);
  });
});

it('draws what suits the groups, unless another chart can', () => {
  const chart = (by: Question['by'], wished: Question['chart'] = 'auto') => chartFor({ ...ASKED, by, chart: wished });
  expect([chart(['DAY']), chart(['DAY', 'GENRE']), chart(['GENRE']), chart(['GENRE', 'DEVICE']), chart([])]).toEqual(['line', 'line', 'bars', 'heat', 'table']);
  expect([chart(['DAY', 'GENRE'], 'heat'), chart(['GENRE'], 'line'), chart(['GENRE'], 'table')]).toEqual(['heat', 'bars', 'table']);
});
