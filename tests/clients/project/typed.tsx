/** What the compiler says of the packages' users: each marked line must be refused, and no other may be. */
import { createClient, type MarqueeError, PipelineRun, RunPipeline, TopMovies, Viewer } from '@marquee/client';
import { MarqueePanel, MarqueeProvider, useOperation, useOperationMutation, useSubscription, useViewing } from '@marquee/react';

const client = createClient({ url: 'http://127.0.0.1:8000', token: async () => 'token', retries: { most: 1 } });

export async function asked(): Promise<void> {
  const { topMovies } = await client.run(TopMovies, { limit: 3, where: { country: { in: ['DE'] } } });
  const title: string = topMovies[0]!.movie.title;
  const [row] = await client.viewing({ measures: ['views', 'watchHours'], by: ['country', 'day'], orderBy: ['-views'], last: 'P7D' });
  const country: string | null = row!.country;
  const day: string = row!.time;
  const hours: number | null = row!.watchHours;
  const [two] = await client.viewing({ measures: ['views'], by: ['day', 'hour'] });
  const both: [string, string] = [two!.day, two!.hour];
  const [rating] = await client.rating({ measures: ['averageRating'], by: ['movie'] });
  const film: string | null | undefined = rating!.movie?.title;
  await client.run(Viewer);
  console.log(title, country, day, hours, both, film);

  // @ts-expect-error a misspelt measure
  await client.viewing({ measures: ['vievs'] });
  // @ts-expect-error a misspelt dimension
  await client.viewing({ measures: ['views'], by: ['contry'] });
  // @ts-expect-error a measure of ratings
  await client.viewing({ measures: ['averageRating'] });
  // @ts-expect-error a misspelt filter
  await client.viewing({ measures: ['views'], where: { contry: { eq: 'DE' } } });
  // @ts-expect-error a misspelt order
  await client.viewing({ measures: ['views'], orderBy: ['-vievs'] });
  // @ts-expect-error a measure that was not asked
  console.log(row!.viewers);
  // @ts-expect-error a misspelt variable
  await client.run(TopMovies, { limitt: 3 });
  // @ts-expect-error a variable that has to be given
  await client.run(RunPipeline);
  // @ts-expect-error a subscription is not run
  await client.run(PipelineRun, { id: '1' });
  // @ts-expect-error a misspelt field
  console.log(topMovies[0]!.titel);
}

export function Page() {
  const { data, error } = useOperation(TopMovies, { limit: 3 }, { live: true });
  const views = useViewing({ measures: ['views'], by: ['device'] }, { live: true });
  const run = useOperationMutation(RunPipeline);
  const followed = useSubscription(PipelineRun, { id: '1' });
  const refused: MarqueeError | null = error;
  // @ts-expect-error a misspelt measure
  useViewing({ measures: ['vievs'] });
  return (
    <MarqueeProvider client={client}>
      {data?.topMovies[0]?.movie.title} {views.data?.[0]?.device} {refused?.code} {followed.data?.pipelineRun?.state}
      <button onClick={() => { run.mutate({ steps: [{ step: 'GENERATE' }] }); }}>run</button>
    </MarqueeProvider>
  );
}

export const panels = [
  <MarqueePanel server="https://analytics.example.com" operation="Devices" onSelect={({ dimension, value }) => { console.log(dimension, value); }} />,
  // @ts-expect-error a theme that there is not
  <MarqueePanel server="https://analytics.example.com" operation="Devices" theme="blue" />,
  // @ts-expect-error without an operation
  <MarqueePanel server="https://analytics.example.com" />,
];
