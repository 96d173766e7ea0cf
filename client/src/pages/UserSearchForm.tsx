/** The user search: a complete name, a country, a subscription. */
import { Search } from 'lucide-react';
import { useState } from 'react';
import { Select } from '../components/Select';
import { formatValue, namedBy } from '../format';
import { CountriesDocument, SubscriptionsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import type { UserSearch } from './userSearch';

interface UserSearchFormProps {
  readonly search: UserSearch;
  readonly onChange: (search: UserSearch) => void;
}

export function UserSearchForm({ search, onChange }: UserSearchFormProps) {
  const [text, setText] = useState(search.text);
  const [searched, setSearched] = useState(search.text);
  if (searched !== search.text) {
    // The back button changed the search: follow it.
    setSearched(search.text);
    setText(search.text);
  }
  const countries = useOperation(CountriesDocument, {}).data?.data.countries ?? [];
  const subscriptions = useOperation(SubscriptionsDocument, {}).data?.data.viewing.rows ?? [];
  return (
    <search>
      <form
        className="flex flex-wrap gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ ...search, text });
        }}
      >
        <label className="control min-w-0 grow sm:max-w-sm">
          <Search className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="sr-only">{t('Find a user by id, username or email')}</span>
          <input
            type="search"
            value={text}
            placeholder={t('Id, username or email')}
            className="min-w-0 grow bg-transparent outline-offset-8 placeholder:text-muted"
            onChange={(event) => {
              setText(event.target.value);
              if (event.target.value === '') onChange({ ...search, text: '' });
            }}
          />
        </label>
        <Select
          label={dimensionLabel('country')}
          all={t('All countries')}
          value={search.country}
          onChange={(country) => {
            onChange({ ...search, country });
          }}
        >
          {namedBy(countries, 'country').map(({ country }) => (
            <option key={country} value={country}>
              {formatValue('country', country)}
            </option>
          ))}
        </Select>
        <Select
          label={dimensionLabel('subscription')}
          all={t('All subscriptions')}
          value={search.subscription}
          onChange={(subscription) => {
            onChange({ ...search, subscription });
          }}
        >
          {namedBy(subscriptions, 'subscription').map(({ subscription }) => (
            <option key={subscription} value={subscription} label={formatValue('subscription', subscription)} />
          ))}
        </Select>
        <button type="submit" className="control">
          {t('Search')}
        </button>
      </form>
    </search>
  );
}
