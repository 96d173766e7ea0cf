/** What a chosen file is, and how choosing columns changes the profile by which it is read. */
import { describe, expect, it } from 'vitest';
import { isCorrectable, withCorrection } from '../src/upload/corrections';
import { fileKindOf, profileNameOf, shellWord } from '../src/upload/fileKind';
import { type ProfileDocument, targetOf, withDialect, withTarget, withUnit } from '../src/upload/profile';

const NAMES = ['id', 'title', 'duration', 'release_date'];

describe('the kind of a file', () => {
  it('is what its name says, in any case', () => {
    expect(fileKindOf('a.b.CSV')).toEqual({ mediaType: 'text/csv', isPacked: false, isGzip: false });
    expect(fileKindOf('a.ndjson.gz')).toEqual({ mediaType: 'application/x-ndjson', isPacked: false, isGzip: true });
    expect(fileKindOf('a.parquet')?.isPacked).toBe(true);
  });

  it('is none for a name that says no format, and for packed files in gzip, whose beginning can’t be read', () => {
    expect(['a', 'csv', 'a.xlsx', 'a.gz', 'a.parquet.gz', 'a.csv.zst', ''].filter((name) => fileKindOf(name) !== null)).toEqual([]);
  });
});

describe('the command for a file', () => {
  it('quotes what a shell would take apart', () => {
    expect(['films.csv', "it's.csv", 'my films.csv', '-x.csv', 'a$b'].map(shellWord)).toEqual(['films.csv', String.raw`'it'\''s.csv'`, "'my films.csv'", "'-x.csv'", "'a$b'"]);
  });

  it('names a profile by letters and digits', () => {
    expect(['films.csv', 'Größe (2).csv.gz', '…', '../x.csv'].map(profileNameOf)).toEqual(['films', 'Größe-2', 'profile', 'profile']);
  });
});

describe('a correction', () => {
  it('takes the place of one cell, and can be taken back', () => {
    const one = withCorrection({}, 3, 'runtime', '96');
    const two = withCorrection(withCorrection(one, 3, 'title', ''), 4, 'runtime', '162');
    expect(two).toEqual({ 3: { runtime: '96', title: '' }, 4: { runtime: '162' } });
    expect(withCorrection(two, 3, 'runtime', null)).toEqual({ 3: { title: '' }, 4: { runtime: '162' } });
    expect(withCorrection(one, 3, 'runtime', null)).toEqual({});
  });

  it('is of text files', () => {
    expect(['csv', 'ndjson', 'parquet', 'arrow'].filter(isCorrectable)).toEqual(['csv', 'ndjson']);
  });
});

describe('a column', () => {
  const document: ProfileDocument = { map: { nr: 'id', runtime: 'duration' }, units: { duration: 'seconds' } };

  it('becomes what the map says, or what it is called where nothing else takes that place', () => {
    expect(['nr', 'title', 'x', 'id', 'duration'].map((name) => targetOf(document, name, NAMES))).toEqual(['id', 'title', '', '', '']);
  });

  it('takes the place of another, and what was said of the other’s cells is forgotten', () => {
    const changed = withTarget({ ...document, hash_ids: true }, 'length', 'duration', NAMES);
    expect(changed).toEqual({ map: { nr: 'id', length: 'duration' }, hash_ids: true });
    expect(targetOf(changed, 'runtime', NAMES)).toBe('');
  });

  it('is left out by its own name, and taken again', () => {
    const left = withTarget({}, 'title', '', NAMES);
    expect(left).toEqual({ map: {}, leave_out: ['title'] });
    expect(targetOf(left, 'title', NAMES)).toBe('');
    expect(withTarget(left, 'title', 'title', NAMES)).toEqual({ map: {} });
    expect(withTarget(document, 'nr', '', NAMES)).toEqual({ map: { runtime: 'duration' }, units: { duration: 'seconds' } });
  });

  it('that becomes the id ends an id that was made of others', () => {
    expect(withTarget({ ids: { id: ['user', 'movie'] } }, 'nr', 'id', NAMES)).toEqual({ map: { nr: 'id' } });
  });

  it('has the table’s unit, or another', () => {
    expect(withUnit(document, 'duration', 'hours').units).toEqual({ duration: 'hours' });
    expect(withUnit(document, 'duration', '')).toEqual({ map: document.map });
  });
});

it('another delimiter asks for everything anew, but keeps the encoding', () => {
  expect(withDialect({ map: { a: 'id' }, encoding: 'cp1252', delimiter: ',' }, { delimiter: ';' })).toEqual({ delimiter: ';', encoding: 'cp1252' });
  expect(withDialect({ delimiter: ';' }, { delimiter: '' })).toEqual({});
});
