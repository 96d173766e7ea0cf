/** Views by genre: a ring chart and a legend with the values. */
import { useState } from 'react';
import { Pie, PieChart } from 'recharts';
import { ChartFrame } from '../components/ChartFrame';
import { DataTable } from '../components/DataTable';
import { Figure } from '../components/Figure';
import { FilterButton, type FilterChoice } from '../components/FilterButton';
import { Panel } from '../components/Panel';
import { namedBy } from '../format';
import type { GenresQuery } from '../generated/operations';
import { DIMENSIONS } from '../model';
import { seriesColor } from '../theme/series';
import { measureColumns } from './measureColumns';
import { NOTHING_IN_RANGE, type OperationPanelProps } from './panelProps';

type Genre = GenresQuery['genres'][number] & { readonly genre: string };

const COLUMNS = measureColumns('views', 'viewers', 'watchHours', 'completionRate', 'averageRating');

interface GenresPanelProps extends OperationPanelProps<GenresQuery> {
  readonly filter?: FilterChoice;
}

export function GenresPanel({ result, className, filter }: GenresPanelProps) {
  return (
    <Panel
      testId="panel-genres"
      title="Genres"
      note="Views by the film’s first genre"
      className={className}
      result={result}
      select={(data) => namedBy(data.genres, 'genre').toSorted((one, other) => other.views - one.views)}
      empty={NOTHING_IN_RANGE}
      table={(genres) => (
        <DataTable
          caption="Viewing by genre"
          rows={genres}
          heading={{ label: DIMENSIONS.genre.label, key: ({ genre }) => genre, text: ({ genre }) => genre }}
          columns={COLUMNS}
        />
      )}
    >
      {(genres) => <GenreRing genres={genres} filter={filter} />}
    </Panel>
  );
}

interface GenreRingProps {
  readonly genres: readonly Genre[];
  readonly filter: FilterChoice | undefined;
}

function GenreRing({ genres, filter }: GenreRingProps) {
  const [pointed, setPointed] = useState<string | null>(null);
  const shown = genres.find(({ genre }) => genre === pointed) ?? genres[0];
  return (
    <div className="flex grow flex-col gap-4 @sm:flex-row @sm:items-center">
      {/* The legend has the same values as text. */}
      <div aria-hidden className="relative flex min-h-52 grow flex-col @sm:basis-1/2">
        <ChartFrame>
          <PieChart accessibilityLayer={false}>
            <Pie
              data={genres.map(({ genre, views }, index) => ({
                genre,
                views,
                fill: seriesColor(index),
                fillOpacity: pointed === null || pointed === genre ? 1 : 0.35,
              }))}
              dataKey="views"
              nameKey="genre"
              innerRadius="66%"
              outerRadius="96%"
              paddingAngle={1.5}
              startAngle={90}
              endAngle={-270}
              stroke="none"
              rootTabIndex={-1}
              isAnimationActive={false}
              onMouseEnter={(_, index) => {
                setPointed(genres[index]?.genre ?? null);
              }}
              onMouseLeave={() => {
                setPointed(null);
              }}
            />
          </PieChart>
        </ChartFrame>
        {shown && (
          <div className="pointer-events-none absolute inset-0 grid place-content-center text-center">
            <span className="text-xs text-muted">{shown.genre}</span>
            <Figure className="text-xl font-semibold" field="views" value={shown.views} short />
          </div>
        )}
      </div>
      <ul className="grid gap-x-4 text-sm @sm:basis-1/2">
        {genres.map(({ genre, views }, index) => (
          <li
            key={genre}
            className="flex items-center justify-between gap-3"
            onMouseEnter={() => {
              setPointed(genre);
            }}
            onMouseLeave={() => {
              setPointed(null);
            }}
          >
            <FilterButton value={genre} choice={filter}>
              <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: seriesColor(index) }} />
              <span className="truncate">{genre}</span>
            </FilterButton>
            <Figure className="text-muted" field="views" value={views} />
          </li>
        ))}
      </ul>
    </div>
  );
}
