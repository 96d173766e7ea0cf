/** A user's profile, as far as the role may see it. */
import { UserX } from 'lucide-react';
import type { ReactNode } from 'react';
import { CountryCode } from '../components/CountryCode';
import { Figure } from '../components/Figure';
import { MaskedCell } from '../components/MaskedCell';
import { Panel } from '../components/Panel';
import { formatSlug, formatValue, named } from '../format';
import type { UserQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import type { Masks } from '../pages/masks';
import type { OperationPanelProps } from './panelProps';

type User = NonNullable<UserQuery['user']>;

interface UserPanelProps extends OperationPanelProps<UserQuery> {
  /** The masked fields. Nothing is shown until they are known. */
  readonly masks: Masks | undefined;
}

export function UserPanel({ result, className, masks }: UserPanelProps) {
  return (
    <Panel
      testId="panel-user"
      title={t('Profile')}
      className={className}
      result={result}
      select={({ user }) => user}
      EmptyIcon={UserX}
      empty={t('No such user, or your token does not reach their rows.')}
    >
      {(user) => masks && <Profile user={user} masks={masks} />}
    </Panel>
  );
}

function Profile({ user, masks }: { readonly user: User; readonly masks: Masks }) {
  const cell = (field: 'username' | 'email' | 'age' | 'gender') => ({ field, value: user[field], strategy: masks.get(field) });
  return (
    <dl className="grid grow content-between gap-x-4 gap-y-3 text-sm @xs:grid-cols-2" data-row={user.sourceId}>
      <Entry label={t('Username')}><MaskedCell {...cell('username')} /></Entry>
      <Entry label={t('Email')}><MaskedCell {...cell('email')} /></Entry>
      <Entry label={dimensionLabel('country')}>
        <span className="inline-flex items-center gap-2" data-field="country" data-value={user.country ?? ''}>
          <CountryCode code={named(user.country)} />
          {formatValue('country', user.country)}
        </span>
      </Entry>
      <Entry label={dimensionLabel('subscription')}>
        <span data-field="subscription" data-value={user.subscription ?? ''}>
          {formatValue('subscription', user.subscription)}
        </span>
      </Entry>
      <Entry label={t('Age')}><MaskedCell {...cell('age')} /></Entry>
      <Entry label={dimensionLabel('gender')}><MaskedCell {...cell('gender')} form={formatSlug} /></Entry>
      <Entry label={measureLabel('views')}><Figure field="views" value={user.views} /></Entry>
      <Entry label={measureLabel('watchHours')}><Figure field="watchHours" value={user.watchHours} /></Entry>
    </dl>
  );
}

function Entry({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="truncate font-medium">{children}</dd>
    </div>
  );
}
