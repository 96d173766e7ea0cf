"""A site of your own whose signed-in people see Marquee's panels, each the rows of their own country.

    MARQUEE_URL=http://127.0.0.1:8000 MARQUEE_TOKEN=$(marquee token issue --role admin) \\
        python examples/signed_in_site.py --port 9000

The admin token stays on this server. A browser gets embed tokens only: of two operations, for this site's origin,
within the person's country, each for one frame. People and passwords stand in the code because this is an example.
"""

import argparse
import os
import secrets
from hmac import compare_digest

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

# Name → password and country.
PEOPLE = {"greta": ("rose garden", "DE"), "uma": ("blue canoe", "US")}
OPERATIONS = ["Devices", "DailyTrends"]
MAKE = """mutation ($input: CreateEmbedTokenInput!) {
  createEmbedToken(input: $input) { embedToken { token } userErrors { message } }
}"""
SIGN_IN = """<!doctype html><html lang="en"><title>Sign in</title>
<form method="post" action="/sign-in">
  <label>Name <input name="name" autocomplete="username" required></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button>
</form></html>"""
PAGE = """<!doctype html><html lang="en"><title>Our films</title>
<script type="module" src="{marquee}/elements.js"></script>
<h1>Hello {name}</h1>
<marquee-panel server="{marquee}" operation="Devices"></marquee-panel>
<marquee-panel server="{marquee}" operation="DailyTrends"></marquee-panel>
<script>
  for (const panel of document.querySelectorAll('marquee-panel')) {{
    panel.getToken = async () => {{
      const answer = await fetch('/marquee-token');
      if (!answer.ok) throw new Error('Sign in again.');
      return answer.text();
    }};
  }}
</script></html>"""
COOKIE = "session"


class SignedInSite:
    """The site; `origin` is its own, as browsers see it."""

    def __init__(self, marquee: str, admin_token: str, origin: str) -> None:
        self._marquee, self._token, self._origin = marquee, admin_token, origin
        # Session → name. A real site keeps them where a restart does not end them.
        self._sessions: dict[str, str] = {}
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/sign-in", self._sign_in, methods=["POST"]),
                Route("/marquee-token", self._embed_token),
            ]
        )

    def _name(self, request: Request) -> str | None:
        return self._sessions.get(request.cookies.get(COOKIE, ""))

    async def _page(self, request: Request) -> Response:
        name = self._name(request)
        return HTMLResponse(PAGE.format(marquee=self._marquee, name=name) if name else SIGN_IN)

    async def _sign_in(self, request: Request) -> Response:
        async with request.form() as form:
            name, password = str(form.get("name")), str(form.get("password"))
        known, _ = PEOPLE.get(name, ("", ""))
        if not known or not compare_digest(known.encode(), password.encode()):
            return PlainTextResponse("Wrong name or password.", 403)
        session = secrets.token_urlsafe(32)
        self._sessions[session] = name
        response = RedirectResponse("/", 303)
        response.set_cookie(COOKIE, session, httponly=True, samesite="strict")
        return response

    async def _embed_token(self, request: Request) -> Response:
        """A new token for a frame of a signed-in person; `no-store`, because the next frame needs another."""
        name = self._name(request)
        if name is None:
            return PlainTextResponse("Sign in first.", 401)
        _, country = PEOPLE[name]
        wanted = {"operations": OPERATIONS, "scope": {"country": [country]}, "origin": self._origin}
        async with httpx.AsyncClient() as client:
            answer = await client.post(
                f"{self._marquee}/graphql",
                json={"query": MAKE, "variables": {"input": wanted}},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        made = answer.raise_for_status().json()["data"]["createEmbedToken"]
        if made["userErrors"]:
            raise RuntimeError(made["userErrors"][0]["message"])
        return PlainTextResponse(made["embedToken"]["token"], headers={"Cache-Control": "no-store"})


def main() -> None:
    """Serve the site."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=9000)
    port: int = parser.parse_args().port
    site = SignedInSite(os.environ["MARQUEE_URL"], os.environ["MARQUEE_TOKEN"], f"http://127.0.0.1:{port}")
    uvicorn.run(site.app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
