"""A site that lets its own visitors ask: QA_EMBED_SECRET=... uvicorn tests.browser.hosts.tokens:app

It signs a token for each visitor, good for an hour, and hands it to the bubble.
"""

import os
import time

import jwt
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

CHAT = "http://127.0.0.1:7860"
app = FastAPI()


def token_for(visitor: str) -> str:
    claims = {"sub": visitor, "exp": int(time.time()) + 3600}
    return jwt.encode(claims, os.environ["QA_EMBED_SECRET"], algorithm="HS256")


@app.get("/")
def page() -> HTMLResponse:
    return HTMLResponse(f"""<!doctype html><html lang="ko"><title>A site with visitors</title>
<h1>The parish of Sker</h1>
<script src="{CHAT}/embed.js" data-token="{token_for("visitor-17")}"></script></html>""")
