/** A button that deletes something saved, after asking once more. */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { TypedDocumentString } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { t } from '../i18n/i18n';
import { useNavigate, useSearch } from '../view/router';
import { viewOnly } from '../view/view';

interface Version {
  readonly id: string;
  readonly version: number;
}

interface DeleteControlProps {
  readonly mutation: TypedDocumentString<object, { readonly input: Version }>;
  /** The newest version: what somebody else changed meanwhile is not deleted. */
  readonly saved: Version;
  readonly label: string;
  /** What the second button says. */
  readonly confirmation: string;
  /** The page to go to afterwards. */
  readonly list: string;
  /** Whether a change is being saved, which makes a newer version. */
  readonly isSaving?: boolean;
}

export function DeleteControl({ mutation, saved, label, confirmation, list, isSaving = false }: DeleteControlProps) {
  const [isAsking, setIsAsking] = useState(false);
  const remove = useMutationOperation(mutation);
  const navigate = useNavigate();
  const search = useSearch();
  if (!isAsking) {
    return (
      <button type="button" className="control" onClick={() => { setIsAsking(true); }}>
        <Trash2 className="size-4 text-muted" aria-hidden />
        {label}
      </button>
    );
  }
  const { id, version } = saved;
  return (
    <>
      <button
        type="button"
        autoFocus
        className="control border-bad text-bad"
        disabled={isSaving || remove.isPending}
        onClick={() => { remove.mutate({ input: { id, version } }, { onSuccess: () => { navigate(`${list}${viewOnly(search)}`); } }); }}
      >
        {confirmation}
      </button>
      <button type="button" className="control" onClick={() => { setIsAsking(false); }}>{t('Keep it')}</button>
      {remove.error && <p role="alert" className="text-xs text-bad">{remove.error.message}</p>}
    </>
  );
}
