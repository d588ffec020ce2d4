"""The chat inside of a FastAPI application: uvicorn tests.browser.hosts.fastapi_app:app

Its collection is what QA_COLLECTION names, else `.collection`.
"""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from qa import mount_chat

app = FastAPI()
mount_chat(app, "/chat")


@app.get("/")
def page() -> HTMLResponse:
    return HTMLResponse("""<!doctype html><html lang="en"><title>An application</title>
<h1>The parish of Sker</h1><a href="/chat/">Ask our documents</a>
<script src="/chat/embed.js"></script></html>""")
