/** The film chart with its controls: weekly or monthly, whose viewing, and which period. */
import { ChevronLeft, ChevronRight, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { SegmentedControl } from '../components/SegmentedControl';
import { Select } from '../components/Select';
import { formatValue, namedBy } from '../format';
import { CountriesDocument, DevicesDocument, GenresDocument, type RankingBy, RankingsDocument, type RankingsQueryVariables } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { earlier, later, NEWEST_WEEK, ofGroup, ofPeriod, type RankingChoice, toRankingsVariables } from '../panels/rankingChoice';
import { RankingsPanel } from '../panels/RankingsPanel';

function periods() {
  return [
    { value: 'WEEK', label: t('Week') },
    { value: 'MONTH', label: t('Month') },
  ] as const;
}

function groups(): readonly { readonly by: RankingBy; readonly label: string }[] {
  return [
    { by: 'ALL', label: t('All viewing') },
    { by: 'GENRE', label: t('By genre') },
    { by: 'COUNTRY', label: t('By country') },
    { by: 'DEVICE', label: t('By device') },
  ];
}

export function RankingsSection({ limit }: { readonly limit: number }) {
  const [made, setMade] = useState<RankingChoice>(NEWEST_WEEK);
  const values = useValues(made.by);
  // A newly selected group starts with its first value.
  const choice = made.value ? made : ofGroup(made, made.by, values[0]?.value);
  const result = useOperation(RankingsDocument, withLimit(toRankingsVariables(choice), limit));
  const shown = result.data?.data.rankings[0]?.start ?? choice.start;
  // The chart on screen may be the last one, kept while the next loads.
  const present = result.isPlaceholderData ? (choice.start ?? choice.newest) : shown;
  return (
    <RankingsPanel
      result={result}
      choice={{ ...choice, start: shown }}
      actions={
        <>
          <StepButton
            label={choice.period === 'WEEK' ? t('Earlier week') : t('Earlier month')}
            Icon={ChevronLeft}
            isDisabled={present === null}
            onPress={() => {
              if (present !== null) setMade(earlier(made, present));
            }}
          />
          <StepButton
            label={choice.period === 'WEEK' ? t('Later week') : t('Later month')}
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
            label={t('Period of the chart')}
            options={periods()}
            value={choice.period}
            onChange={(period) => {
              setMade(ofPeriod(made, period));
            }}
          />
          <Select
            label={t('Whose viewing')}
            value={choice.by}
            onChange={(by) => {
              setMade(ofGroup(made, by as RankingBy));
            }}
          >
            {groups().map(({ by, label }) => (
              <option key={by} value={by}>
                {label}
              </option>
            ))}
          </Select>
          {choice.by !== 'ALL' && (
            <Select
              label={dimensionLabel(choice.by.toLowerCase() as 'genre' | 'country' | 'device')}
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

function withLimit(variables: RankingsQueryVariables | null, limit: number): RankingsQueryVariables | null {
  return variables && { ...variables, limit };
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
      return namedBy(genres ?? [], 'genre').map(({ genre }) => ({ value: genre, label: formatValue('genre', genre) }));
    case 'COUNTRY':
      return namedBy(countries ?? [], 'country').map(({ country }) => ({ value: country, label: formatValue('country', country) }));
    case 'DEVICE':
      return namedBy(devices ?? [], 'device').map(({ device }) => ({ value: device, label: formatValue('device', device) }));
    case 'ALL':
      return [];
  }
}
