/** Data of one token never shows under another, and a refused token leads to the sign-in page. */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionProvider } from '../src/session/SessionProvider';
import { UserMenu } from '../src/shell/UserMenu';

const ROLES: Readonly<Record<string, string>> = { 'Bearer one': 'VIEWER', 'Bearer two': 'ADMIN', 'Session 1': 'ANALYST', 'Session 2': 'ADMIN' };

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
  vi.stubGlobal('confirm', () => true);
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

function tokenOf(sub: string, claims: object = {}): string {
  return `head.${btoa(JSON.stringify({ iss: 'marquee', sub, ...claims }))}.signature`;
}

describe('a link opened where somebody is signed in', () => {
  const ada = tokenOf('ada');

  async function openedAsAda(confirmed: boolean) {
    vi.stubGlobal('fetch', vi.fn(() => answer('', { headers: { Authorization: 'Bearer one' } })));
    const confirm = vi.fn(() => confirmed);
    vi.stubGlobal('confirm', confirm);
    sessionStorage.setItem('marquee.token', ada);
    openPage();
    await waitFor(() => { expect(badge()).toBe('VIEWER'); });
    return confirm;
  }

  it('is asked about before another’s token is kept or sent', async () => {
    const confirm = await openedAsAda(false);
    openLink(`#token=${tokenOf('eve')}`);
    await waitFor(() => { expect(confirm).toHaveBeenCalledWith('You are signed in as ada. Sign in as eve in this tab?'); });
    expect(sessionStorage.getItem('marquee.token')).toBe(ada);
    expect(window.location.hash).toBe('');
    expect(JSON.stringify(vi.mocked(fetch).mock.calls)).not.toContain(tokenOf('eve'));
  });

  it('takes the place of the token after a yes', async () => {
    await openedAsAda(true);
    openLink(`#token=${tokenOf('eve')}`);
    await waitFor(() => { expect(sessionStorage.getItem('marquee.token')).toBe(tokenOf('eve')); });
  });

  it('is not exchanged before a yes where it signs in once', async () => {
    const confirm = await openedAsAda(false);
    openLink('#link=once');
    await waitFor(() => { expect(confirm).toHaveBeenCalledWith('You are signed in as ada. Sign in as the person that the link is for in this tab?'); });
    expect(JSON.stringify(vi.mocked(fetch).mock.calls)).not.toContain('once');
    expect(badge()).toBe('VIEWER');
  });

  it.each(['ada', 'eve'])('is asked about for its code, whomever a token beside the code names: %s', async (named) => {
    const confirm = await openedAsAda(false);
    openLink(`#link=once&token=${tokenOf(named)}`);
    await waitFor(() => { expect(confirm).toHaveBeenCalledWith('You are signed in as ada. Sign in as the person that the link is for in this tab?'); });
    expect(JSON.stringify(vi.mocked(fetch).mock.calls)).not.toContain('once');
    expect(sessionStorage.getItem('marquee.token')).toBe(ada);
  });

  it('does not end a session by a token that only says to be of the same person', async () => {
    const confirm = await openedAsAda(false);
    const forged = `${ada}x`;
    vi.stubGlobal('fetch', vi.fn((url: string, init: RequestInit) =>
      new Headers(init.headers).get('Authorization') === `Bearer ${forged}` ? answer(url, init) : answer(url, { headers: { Authorization: 'Bearer one' } })));
    openLink(`#token=${forged}`);
    await waitFor(() => { expect(JSON.stringify(vi.mocked(fetch).mock.calls)).toContain(forged); });
    await waitFor(() => { expect(sessionStorage.getItem('marquee.token')).toBe(ada); });
    await waitFor(() => { expect(badge()).toBe('VIEWER'); });
    expect(confirm).not.toHaveBeenCalled();
  });

  it('takes nothing from a link without a token', async () => {
    const confirm = await openedAsAda(false);
    openLink('#token=%20');
    await waitFor(() => { expect(window.location.hash).toBe(''); });
    expect(sessionStorage.getItem('marquee.token')).toBe(ada);
    expect(confirm).not.toHaveBeenCalled();
  });

  it('asks nothing for the same person, and nothing where the token is over', async () => {
    const confirm = await openedAsAda(false);
    const more = tokenOf('ada', { role: 'admin' });
    openLink(`#token=${more}`);
    await waitFor(() => { expect(sessionStorage.getItem('marquee.token')).toBe(more); });
    const over = tokenOf('ada', { exp: 1 });
    openLink(`#token=${over}`);
    await waitFor(() => { expect(sessionStorage.getItem('marquee.token')).toBe(over); });
    openLink(`#token=${tokenOf('eve')}`);
    await waitFor(() => { expect(sessionStorage.getItem('marquee.token')).toBe(tokenOf('eve')); });
    expect(confirm).not.toHaveBeenCalled();
  });

  it('leaves who is signed in where the server refuses its code, and tells them', async () => {
    await openedAsAda(true);
    const alert = vi.fn();
    vi.stubGlobal('alert', alert);
    const used = { errors: [{ message: 'The link was used before.', extensions: { code: 'UNAUTHENTICATED' } }] };
    vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(JSON.stringify(used), { status: 401 }))));
    openLink('#link=once');
    await waitFor(() => {
      expect(alert).toHaveBeenCalledWith('The link signed nobody in: The link was used before. You are signed in as before.');
    });
    expect(sessionStorage.getItem('marquee.token')).toBe(ada);
    expect(badge()).toBe('VIEWER');
  });
});

describe('the session of a provider', () => {
  afterEach(() => { document.cookie = 'marquee_signed_in=; path=/; max-age=0'; });

  async function openedBy(mark: number, role: string) {
    document.cookie = `marquee_signed_in=${mark}; path=/`;
    openPage();
    await waitFor(() => { expect(badge()).toBe(role); });
  }

  it('is nowhere in the storage of scripts', async () => {
    await openedBy(1, 'ANALYST');
    expect(sessionStorage.length).toBe(0);
  });

  it('gives way to that of somebody else who signed in in another tab', async () => {
    await openedBy(1, 'ANALYST');
    document.cookie = 'marquee_signed_in=2; path=/';
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => { expect(badge()).toBe('ADMIN'); });
    expect(sessionStorage.length).toBe(0);
  });

  it('gives way as soon as the server refuses it, and nobody has to sign in again', async () => {
    document.cookie = 'marquee_signed_in=2; path=/';
    vi.stubGlobal('fetch', vi.fn((url: string, init: RequestInit) => {
      const isOld = new Headers(init.headers).get('Authorization') === 'Session 3';
      if (isOld) document.cookie = 'marquee_signed_in=2; path=/';
      return answer(url, init);
    }));
    document.cookie = 'marquee_signed_in=3; path=/';
    openPage();
    await waitFor(() => { expect(badge()).toBe('ADMIN'); });
  });

  it('ends on the page when it has ended in the browser', async () => {
    await openedBy(1, 'ANALYST');
    document.cookie = 'marquee_signed_in=; path=/; max-age=0';
    window.dispatchEvent(new Event('focus'));
    await screen.findByLabelText('Token');
  });
});

it('forgets a token that the server refuses, and says why', async () => {
  window.history.replaceState(null, '', '/#token=foreign');
  openPage();
  expect((await screen.findByRole('alert')).textContent).toBe('The token is not valid here.');
  expect(sessionStorage.length).toBe(0);
});

async function signOutOfSession(signingOut: () => Promise<Response>) {
  document.cookie = 'marquee_signed_in=1; path=/';
  vi.stubGlobal('fetch', vi.fn((url: string, init: RequestInit) => (url.endsWith('/oidc/sign-out') ? signingOut() : answer(url, init))));
  openPage();
  await waitFor(() => {
    expect(badge()).toBe('ANALYST');
  });
  await userEvent.click(screen.getByRole('button', { name: 'You and your settings' }));
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  expect(document.cookie).not.toContain('marquee_signed_in');
  await screen.findByLabelText('Token');
}

it('says that the server did not end a session, and why', async () => {
  const down = { errors: [{ message: 'The warehouse is not available.', extensions: { code: 'UNAVAILABLE' } }] };
  await signOutOfSession(() => Promise.resolve(new Response(JSON.stringify(down), { status: 503 })));
  expect((await screen.findByRole('alert')).textContent).toBe(
    'You are signed out in this browser, but your session was not ended on the server. Sign in and out again. The warehouse is not available.',
  );
});

it('says so when the server is not reached, too', async () => {
  await signOutOfSession(() => Promise.reject(new TypeError('Failed to fetch')));
  expect((await screen.findByRole('alert')).textContent).toContain('your session was not ended on the server');
});

it.each([204, 401])('says nothing of a session that is over (%i)', async (status) => {
  await signOutOfSession(() => Promise.resolve(new Response(null, { status })));
  expect(screen.queryByRole('alert')).toBeNull();
});
