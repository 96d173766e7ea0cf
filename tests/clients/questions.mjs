/** Random questions for caches to answer. */
/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function chance(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const DIMENSIONS = { COUNTRY: 'country', DEVICE: 'device', GENRE: 'genre', SUBSCRIPTION: 'subscription', AGE_BAND: 'ageBand', DAY: 'time', MOVIE: 'movie { id title }' };
const MEASURES = ['views', 'viewers', 'watchHours', 'completionRate', 'completedViews'];
const PANELS = {
  genres: ['genre', 'views', 'viewers', 'averageRating'],
  devices: ['device', 'views', 'viewers', 'bufferingPerView'],
  countries: ['country', 'users', 'viewers', 'views'],
  topMovies: ['rank', 'movie { id title }', 'views', 'averageRating'],
  stickiness: ['day', 'dailyViewers', 'monthlyViewers'],
  concurrency: ['time', 'peakViewers'],
  dashboard: ['users', 'viewers', 'views', 'averageRating'],
};

/** Random documents over panels, groups and measures, mostly with ids. */
export class Questions {
  constructor(random) {
    this.random = random;
    this.withIds = new Map();
  }

  one(values) {
    return values[Math.floor(this.random() * values.length)];
  }

  some(values, least) {
    const found = values.filter(() => this.random() < 0.4);
    return found.length < least ? [this.one(values)] : found;
  }

  /** One document of one or two fields. */
  document() {
    this.withIds.clear();
    const fields = Array.from({ length: this.random() < 0.3 ? 2 : 1 }, (_, place) => `f${place}: ${this.field()}`);
    return `{ ${fields.join(' ')} }`;
  }

  field() {
    const range = `range: {last: "${this.one(['P7D', 'P30D'])}"}`;
    return this.random() < 0.7 ? this.viewing(range) : this.panel(range);
  }

  viewing(range) {
    const where = this.random() < 0.2 ? ', where: {device: {eq: "TV"}}' : '';
    const compared = this.random() < 0.3;
    const parts = Array.from({ length: this.one([1, 1, 2]) }, (_, place) => `r${place}: ${this.rows(compared)}`);
    if (this.random() < 0.3) parts.push(`totals { ${this.identified('totals', this.some(MEASURES, 1))} }`);
    const asked = `${range}${where}${compared ? ', compareTo: PREVIOUS_PERIOD' : ''}`;
    return `viewing(${asked}) { ${this.identified('viewing', parts)} }`;
  }

  rows(compared) {
    const by = this.some(Object.keys(DIMENSIONS), 0).slice(0, 2);
    const shown = [...by.filter(() => this.random() < 0.8).map((name) => DIMENSIONS[name]), ...this.some(MEASURES, 1)];
    if (compared) shown.push(`previous { ${this.identified('previous', this.some(MEASURES, 1))} }`);
    const given = [...(by.length ? [`by: [${by.join(', ')}]`] : []), ...(this.random() < 0.3 ? ['limit: 3'] : [])];
    return `rows${given.length ? `(${given.join(', ')})` : ''} { ${this.identified('rows', shown)} }`;
  }

  panel(range) {
    const name = this.one(Object.keys(PANELS));
    return `${name}(${range}) { ${this.identified(name, this.some(PANELS[name], 1))} }`;
  }

  /**
   * Mostly with the id, as caches like it. In one document a field has it everywhere or nowhere: graphcache shows nothing
   * of a field that is selected with its id in one place and without in another.
   */
  identified(field, selected) {
    if (!this.withIds.has(field)) this.withIds.set(field, this.random() < 0.8);
    return [...(this.withIds.get(field) ? ['id'] : []), ...selected].join(' ');
  }
}

/** An answer without the types that a cache adds. */
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__typename').map(([name, inner]) => [name, plain(inner)]));
}
