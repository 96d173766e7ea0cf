/** Whom a board is shared with, in words. */
import type { Role } from '../generated/operations';
import { t } from '../i18n/i18n';

export const SHARED_ROLES = ['VIEWER', 'ANALYST', 'ADMIN'] as const satisfies readonly Role[];

export function sharing(role: Role | null): string {
  if (role === 'VIEWER') return t('Shared with everyone');
  if (role === 'ANALYST') return t('Shared with analysts and admins');
  return role === 'ADMIN' ? t('Shared with admins') : t('Private');
}
