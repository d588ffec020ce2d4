"""Scripts that other sites load: `/gradio.js` for `<gradio-app>`, `/embed.js` for the bubble."""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response

HERE = Path(__file__).parent
# Sent to whatever site loads it as a script; it shows nothing that a listed origin isn't shown.
_HEADERS = {"Cache-Control": "max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}


def add_embed_scripts(app: FastAPI) -> None:
    import gradio

    # What Gradio's own loader on a CDN is: an import of the file that this version's page uses.
    # The address in it is relative, so it leads back here, with the token if there is one.
    loader = (
        Path(gradio.__file__).parent.joinpath("templates/frontend/gradio.js").read_text("utf-8")
    )
    bubble = (HERE / "embed.js").read_text("utf-8")

    @app.get("/gradio.js")
    def gradio_script() -> Response:
        return Response(loader, media_type="text/javascript", headers=_HEADERS)

    @app.get("/embed.js")
    def embed_script() -> Response:
        return Response(bubble, media_type="text/javascript", headers=_HEADERS)
