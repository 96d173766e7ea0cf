/** A page of users as a table that is sorted by its headings. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { CountryCode } from '../components/CountryCode';
import { Figure } from '../components/Figure';
import { Link } from '../components/Link';
import { MaskedCell } from '../components/MaskedCell';
import { formatSlug, formatValue, named } from '../format';
import type { UserOrder, UserField, UsersQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { userUrl } from '../view/entityUrl';
import type { Masks } from './masks';

type User = UsersQuery['users']['edges'][number]['node'];

function columns(): readonly { readonly order: UserField; readonly label: string; readonly isNumber?: boolean }[] {
  return [
    { order: 'ID', label: t('Id') },
    { order: 'USERNAME', label: t('Username') },
    { order: 'EMAIL', label: t('Email') },
    { order: 'COUNTRY', label: dimensionLabel('country') },
    { order: 'SUBSCRIPTION', label: dimensionLabel('subscription') },
    { order: 'AGE', label: t('Age') },
    { order: 'GENDER', label: dimensionLabel('gender') },
    { order: 'VIEWS', label: measureLabel('views'), isNumber: true },
    { order: 'WATCH_HOURS', label: measureLabel('watchHours'), isNumber: true },
  ];
}

interface UsersTableProps {
  readonly users: readonly User[];
  readonly masks: Masks;
  readonly order: UserOrder | null;
  readonly onOrder: (order: UserOrder) => void;
}

export function UsersTable({ users, masks, order, onOrder }: UsersTableProps) {
  return (
    // On narrow screens the table scrolls, not the page. It takes the focus, so that the keyboard can scroll it.
    <div role="region" aria-label={t('Table of users')} tabIndex={0} className="relative overflow-x-auto">
      <table data-testid="users-table" className="w-full text-sm whitespace-nowrap">
        <caption className="sr-only">{t('Users')}</caption>
        <thead className="border-b border-line bg-raised/50 text-xs">
          <tr>
            {columns().map((column) => (
              <OrderHeading key={column.order} {...column} active={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <UserRow key={user.sourceId} user={user} masks={masks} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function UserRow({ user, masks }: { readonly user: User; readonly masks: Masks }) {
  const cell = (field: 'username' | 'email' | 'age' | 'gender') => ({ field, value: user[field], strategy: masks.get(field) });
  return (
    <tr data-row={user.sourceId} className="border-b border-line last:border-0 hover:bg-raised/40">
      <th scope="row" className="max-w-40 truncate px-3 py-2 text-start font-mono text-xs font-normal text-muted">
        <Link to={userUrl(user.sourceId)} className="text-accent underline-offset-4 hover:underline">
          {user.sourceId}
        </Link>
      </th>
      <td className="max-w-40 truncate px-3 py-2 font-medium"><MaskedCell {...cell('username')} /></td>
      <td className="max-w-44 truncate px-3 py-2"><MaskedCell {...cell('email')} /></td>
      <td className="px-3 py-2" data-field="country" data-value={user.country ?? ''}>
        <span className="inline-flex items-center gap-2">
          <CountryCode code={named(user.country)} />
          {formatValue('country', user.country)}
        </span>
      </td>
      <td className="px-3 py-2" data-field="subscription" data-value={user.subscription ?? ''}>
        {formatValue('subscription', user.subscription)}
      </td>
      <td className="px-3 py-2"><MaskedCell {...cell('age')} /></td>
      <td className="px-3 py-2"><MaskedCell {...cell('gender')} form={formatSlug} /></td>
      <td className="px-3 py-2 text-end">
        <Figure field="views" value={user.views} />
      </td>
      <td className="px-3 py-2 text-end">
        <Figure field="watchHours" value={user.watchHours} />
      </td>
    </tr>
  );
}

interface OrderHeadingProps {
  readonly order: UserField;
  readonly label: string;
  readonly isNumber?: boolean;
  readonly active: UserOrder | null;
  readonly onOrder: (order: UserOrder) => void;
}

function OrderHeading({ order, label, isNumber = false, active, onOrder }: OrderHeadingProps) {
  const direction = active?.field === order ? active.direction : null;
  // Figures sort from the greatest first, names from A.
  const next = direction === null ? (isNumber ? 'DESC' : 'ASC') : direction === 'ASC' ? 'DESC' : 'ASC';
  const Icon = (direction ?? next) === 'ASC' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={direction === null ? 'none' : direction === 'ASC' ? 'ascending' : 'descending'}
      className={`px-3 py-2.5 font-medium text-muted ${isNumber ? 'text-end' : 'text-start'}`}
    >
      <button
        type="button"
        className={`group inline-flex items-center gap-1 rounded hover:text-ink ${direction ? 'text-ink' : ''} ${isNumber ? 'flex-row-reverse' : ''}`}
        onClick={() => {
          onOrder({ field: order, direction: next });
        }}
      >
        {label}
        <Icon
          aria-hidden
          className={`size-3.5 ${direction ? '' : 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60'}`}
        />
      </button>
    </th>
  );
}
