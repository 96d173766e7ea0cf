/** Asks a served warehouse through the installed package, and prints what it was told, a JSON line each. */
import { createClient, Countries, ChurnRisk, Freshness, MarqueeError, TopMovies, Viewer } from '@marquee/client';

const [url, viewer, german] = process.argv.slice(2);
const told = (value) => console.log(JSON.stringify(value));
const client = createClient({ url, token: viewer });

told((await client.run(TopMovies, { limit: 3 })).topMovies.map(({ movie, views }) => [movie.title, views]));
told(await client.viewing({ measures: ['views', 'watchHours'], by: ['country'], where: { country: { in: ['DE', 'US'] } } }));

const scoped = createClient({ url, token: german });
told((await scoped.run(Countries)).countries.map(({ country }) => country));
const code = (promise) => promise.then(() => null, (error) => (error instanceof MarqueeError ? error.code : String(error)));
told([await code(scoped.run(ChurnRisk)), await code(client.viewing({ measures: ['nothing'] })), await code(client.run(TopMovies, { limit: 0 }))]);

const tokens = ['expired', viewer];
const renewed = createClient({ url, token: async () => tokens.shift() });
told([(await renewed.run(Viewer)).viewer.role, tokens.length, await code(createClient({ url, token: () => 'expired' }).run(Viewer))]);

for await (const { freshness } of client.subscribe(Freshness)) {
  told(freshness.dataThrough !== null);
  break;
}

const away = createClient({ url: 'http://127.0.0.1:9', token: viewer, retries: { most: 2, firstPauseS: 0.01 } });
const ending = new AbortController();
setTimeout(() => ending.abort(), 50);
const forever = createClient({ url: 'http://127.0.0.1:9', token: viewer, retries: { most: 9, firstPauseS: 60 } });
told([await code(away.run(Viewer)), await code(forever.viewing({ measures: ['views'] }, { signal: ending.signal }))]);
