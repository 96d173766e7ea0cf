/** The signed-in role. */
import { useViewer } from '../session/viewer';

export function RoleBadge() {
  const viewer = useViewer();
  if (!viewer) return null;
  return (
    <span
      data-testid="role-badge"
      data-value={viewer.role}
      title={`Signed in as ${viewer.subject}`}
      className="rounded-full bg-accent-soft px-2.5 py-0.5 text-xs font-semibold text-accent capitalize"
    >
      {viewer.role.toLowerCase()}
    </span>
  );
}
