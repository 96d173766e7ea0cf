/** The film chart with its controls: weekly or monthly, whose viewing, and which period. */
import { ChevronLeft, ChevronRight, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { SegmentedControl } from '../components/SegmentedControl';
import { Select } from '../components/Select';
import { formatCountry, formatSlug, namedBy } from '../format';
import { CountriesDocument, DevicesDocument, GenresDocument, type RankingBy, RankingsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { DIMENSIONS } from '../model';
import { earlier, later, NEWEST_WEEK, ofGroup, ofPeriod, type RankingChoice, toRankingsVariables } from '../panels/rankingChoice';
import { RankingsPanel } from '../panels/RankingsPanel';

const PERIODS = [
  { value: 'WEEK', label: 'Week' },
  { value: 'MONTH', label: 'Month' },
] as const;

const GROUPS: readonly { readonly by: RankingBy; readonly label: string }[] = [
  { by: 'ALL', label: 'All viewing' },
  { by: 'GENRE', label: `By ${DIMENSIONS.genre.label.toLowerCase()}` },
  { by: 'COUNTRY', label: `By ${DIMENSIONS.country.label.toLowerCase()}` },
  { by: 'DEVICE', label: `By ${DIMENSIONS.device.label.toLowerCase()}` },
];

export function RankingsSection({ className }: { readonly className: string }) {
  const [made, setMade] = useState<RankingChoice>(NEWEST_WEEK);
  const values = useValues(made.by);
  // A newly selected group starts with its first value.
  const choice = made.value ? made : ofGroup(made, made.by, values[0]?.value);
  const result = useOperation(RankingsDocument, toRankingsVariables(choice));
  const shown = result.data?.data.rankings[0]?.start ?? choice.start;
  // The chart on screen may be the last one, kept while the next loads.
  const present = result.isPlaceholderData ? (choice.start ?? choice.newest) : shown;
  const unit = choice.period.toLowerCase();
  return (
    <RankingsPanel
      className={className}
      result={result}
      choice={{ ...choice, start: shown }}
      actions={
        <>
          <StepButton
            label={`Earlier ${unit}`}
            Icon={ChevronLeft}
            isDisabled={present === null}
            onPress={() => {
              if (present !== null) setMade(earlier(made, present));
            }}
          />
          <StepButton
            label={`Later ${unit}`}
            Icon={ChevronRight}
            isDisabled={choice.start === null}
            onPress={() => {
              setMade(later(made));
            }}
          />
        </>
      }
      controls={
        <>
          <SegmentedControl
            label="Period of the chart"
            options={PERIODS}
            value={choice.period}
            onChange={(period) => {
              setMade(ofPeriod(made, period));
            }}
          />
          <Select
            label="Whose viewing"
            value={choice.by}
            onChange={(by) => {
              setMade(ofGroup(made, by as RankingBy));
            }}
          >
            {GROUPS.map(({ by, label }) => (
              <option key={by} value={by}>
                {label}
              </option>
            ))}
          </Select>
          {choice.by !== 'ALL' && (
            <Select
              label={formatSlug(choice.by.toLowerCase())}
              value={choice.value}
              onChange={(value) => {
                setMade(ofGroup(made, made.by, value));
              }}
            >
              {values.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </>
      }
    />
  );
}

interface StepButtonProps {
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly isDisabled: boolean;
  readonly onPress: () => void;
}

function StepButton({ label, Icon, isDisabled, onPress }: StepButtonProps) {
  return (
    // Not `disabled`: that would drop the keyboard focus on reaching the newest period.
    <button
      type="button"
      className="icon-button aria-disabled:opacity-40"
      aria-label={label}
      title={label}
      aria-disabled={isDisabled}
      onClick={() => {
        if (!isDisabled) onPress();
      }}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}

/** The values of a group, fetched when it is selected. */
function useValues(by: RankingBy): readonly { readonly value: string; readonly label: string }[] {
  const genres = useOperation(GenresDocument, by === 'GENRE' ? {} : null).data?.data.genres;
  const countries = useOperation(CountriesDocument, by === 'COUNTRY' ? {} : null).data?.data.countries;
  const devices = useOperation(DevicesDocument, by === 'DEVICE' ? {} : null).data?.data.devices;
  switch (by) {
    case 'GENRE':
      return namedBy(genres ?? [], 'genre').map(({ genre }) => ({ value: genre, label: genre }));
    case 'COUNTRY':
      return namedBy(countries ?? [], 'country').map(({ country }) => ({ value: country, label: formatCountry(country) }));
    case 'DEVICE':
      return namedBy(devices ?? [], 'device').map(({ device }) => ({ value: device, label: formatSlug(device) }));
    case 'ALL':
      return [];
  }
}
