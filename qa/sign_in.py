"""Signing in: passwords against the users file, and the page on which they are typed."""

import base64
import hashlib
import hmac
import html
import re
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from qa.access import Access
from qa.limits import Rate
from qa.tokens import SESSION_SECONDS, session_for

COOKIE = "qa_session"
TRIES, TRIES_SECONDS = 10, 300  # of one address
TRIES_OF_A_NAME = 50  # more, so that nobody is kept out by somebody else's tries alone
KEPT_SIGN_INS = 256


class SignIns:
    """Passwords against the users file. Tries are limited; a right password is worked out once."""

    def __init__(self, access: Access) -> None:
        self.users = access.users
        self.secret = access.secret
        self._by_address = Rate(TRIES, TRIES_SECONDS)
        self._by_name = Rate(TRIES_OF_A_NAME, TRIES_SECONDS)
        self._known: dict[bytes, str] = {}

    def sign_in(self, name: str, password: str, address: str) -> str | int | None:
        """The name where the password is right, None where it isn't, else the seconds to wait."""
        if self.users is None:
            return None
        stored = self.users.hashes().get(name, "")
        given = f"{name}\0{password}\0{stored}".encode("utf-8", "surrogatepass")
        key = hmac.digest(self.secret.encode(), given, "sha256")
        if key in self._known:
            return name
        name_key = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        if wait := self._by_address.take(address) or self._by_name.take(name_key):
            return wait
        if not self.users.verify(name, password):
            return None
        self._by_address.give_back(address)
        self._by_name.give_back(name_key)
        if len(self._known) >= KEPT_SIGN_INS:
            self._known.clear()
        self._known[key] = name
        return name


def too_many_tries(wait_seconds: int) -> Response:
    error = f"Too many tries to sign in: please wait {wait_seconds} seconds"
    return JSONResponse({"error": error}, 429, {"Retry-After": str(wait_seconds)})


# The strictest policy that shows a form: no script, no picture, nothing of another address.
_STYLE = """
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;
font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#f6f7f9}
main{width:100%;max-width:22rem}
h1{font-size:1.4rem;margin:0 0 1rem}
form{display:grid;gap:.35rem;padding:1.5rem;background:#fff;
border:1px solid #d0d5dd;border-radius:12px}
label{font-weight:600}
input,button{font:inherit;min-height:44px;border-radius:8px;padding:.5rem .75rem}
input{border:1px solid #6b7280;margin-bottom:.75rem;color:inherit;background:inherit;width:100%}
button{border:0;background:#1f4f8f;color:#fff;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid #1f4f8f;outline-offset:2px}
[role=alert]{margin:0 0 .75rem;color:#b42318}
@media (prefers-color-scheme:dark){
body{color:#e6e8eb;background:#0f1115}
form{background:#181b21;border-color:#363b45}
input{border-color:#8b929e}
button{color:#16181c;background:#9cc3f5}
:focus-visible{outline-color:#9cc3f5}
[role=alert]{color:#ff9a8f}}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_WORDS = {
    "en": ("Sign in", "Name", "Password", "The name or the password isn't right."),
    "ko": ("로그인", "이름", "비밀번호", "이름 또는 비밀번호가 맞지 않습니다."),
}


def add_sign_in(app: FastAPI, access: Access, sign_ins: SignIns) -> None:
    """`/login` and `/logout`, if there is a users file; `gradio_client` posts its `auth` there."""
    users = access.users
    if users is None:
        return

    @app.get("/login")
    def show(request: Request) -> Response:
        return _page(request, request.query_params.get("next", ""))

    @app.post("/login")
    async def sign_in(request: Request) -> Response:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        name, password, following = (
            fields.get(field, [""])[0] for field in ("username", "password", "next")
        )
        address = request.state.visitor.address
        found = await run_in_threadpool(sign_ins.sign_in, name, password, address)
        is_page = "text/html" in request.headers.get("accept", "")
        if isinstance(found, int):
            return too_many_tries(found)
        if found is None:
            wrong = {"error": "The name or the password isn't right"}
            return _page(request, following, 401) if is_page else JSONResponse(wrong, 401)
        session = session_for(access.secret, found, users.hashes()[found])
        root = request.scope.get("root_path", "")
        response: Response = (
            RedirectResponse(safe_path(following) or f"{root}/", 303)
            if is_page
            else JSONResponse({"signed_in": found})
        )
        response.set_cookie(
            COOKIE,
            session,
            max_age=SESSION_SECONDS,
            path=root or "/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    @app.post("/logout")
    def sign_out(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        response = RedirectResponse(f"{root}/login", 303)
        response.delete_cookie(COOKIE, path=root or "/")
        return response


def safe_path(text: str) -> str | None:
    """A path of this service, or None: a browser must not be sent to another site from here."""
    return text if re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", text) else None


def _page(request: Request, following: str, status: int = 200) -> Response:
    language = "ko" if request.headers.get("accept-language", "").startswith("ko") else "en"
    title, name, password, wrong = _WORDS[language]
    alert = f'<p role="alert">{wrong}</p>' if status == 401 else ""
    root = html.escape(request.scope.get("root_path", ""), quote=True)
    text = f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Chapter &amp; Verse</title><style>{_STYLE}</style></head><body><main>
<h1>Chapter &amp; Verse</h1><form method="post" action="{root}/login">{alert}
<label for="username">{name}</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none"
required autofocus>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<input type="hidden" name="next" value="{html.escape(safe_path(following) or "", quote=True)}">
<button>{title}</button></form></main></body></html>"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'self'"
    )
    # With "no-referrer" a browser would send the form with the origin "null", as another site's.
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}
    return HTMLResponse(text, status, headers)
