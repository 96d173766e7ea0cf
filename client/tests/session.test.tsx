/** Data of one token never shows under another, and a refused token leads to the sign-in page. */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SessionProvider } from '../src/session/SessionProvider';
import { UserMenu } from '../src/shell/UserMenu';

const ROLES: Readonly<Record<string, string>> = { 'Bearer one': 'VIEWER', 'Bearer two': 'ADMIN' };

function answer(_url: string, init: RequestInit): Promise<Response> {
  const role = ROLES[new Headers(init.headers).get('Authorization') ?? ''];
  const body = role
    ? { data: { viewer: { subject: 'demo', role, permissions: [], scope: [], masks: [] } } }
    : { errors: [{ message: 'The token is not valid here.', extensions: { code: 'UNAUTHENTICATED' } }] };
  return Promise.resolve(new Response(JSON.stringify(body), { status: role ? 200 : 401 }));
}

function openLink(fragment: string): void {
  window.history.replaceState(null, '', `/${fragment}`);
  window.dispatchEvent(new Event('hashchange'));
}

function badge(): string | undefined {
  return screen.getByTestId('role-badge').dataset.value;
}

beforeEach(() => {
  sessionStorage.clear();
  window.history.replaceState(null, '', '/');
  vi.stubGlobal('fetch', vi.fn(answer));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function openPage() {
  return render(
    <SessionProvider>
      <UserMenu />
    </SessionProvider>,
  );
}

it('asks for a token when there is none', async () => {
  openPage();
  await userEvent.type(await screen.findByLabelText('Token'), 'Bearer one');
  await userEvent.click(screen.getByRole('button', { name: 'Open the dashboard' }));
  await waitFor(() => {
    expect(badge()).toBe('VIEWER');
  });
});

it('shows nothing of the previous role after another link is opened in the same tab', async () => {
  window.history.replaceState(null, '', '/#token=one');
  openPage();
  await waitFor(() => {
    expect(badge()).toBe('VIEWER');
  });
  openLink('#token=two');
  await waitFor(() => {
    expect(badge()).toBe('ADMIN');
  });
  expect(window.location.hash).toBe('');
});

it('forgets a token that the server refuses, and says why', async () => {
  window.history.replaceState(null, '', '/#token=foreign');
  openPage();
  expect((await screen.findByRole('alert')).textContent).toBe('The token is not valid here.');
  expect(sessionStorage.length).toBe(0);
});
