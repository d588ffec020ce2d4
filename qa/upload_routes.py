"""`POST` and `DELETE /api/documents`: who may bring documents and take them out again."""

from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message

from index.errors import InputError, QAError
from index.upload_folders import EVERYBODY, NOBODY, file_name
from qa import present
from qa.access import Visitor
from qa.limits import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, MinuteLimit
from qa.uploads import Uploads

TOO_LARGE = f"file: longer than {MAX_UPLOAD_BYTES // 1024**2} MiB; split it"


class Refused(QAError):
    """What is answered with another HTTP status than 400."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def add_upload_routes(app: FastAPI, uploads: Uploads, limit: MinuteLimit) -> None:
    """`app` answers QAErrors in one line already."""
    # One after the other, which the collection wants anyway; those that wait take no thread.
    one_at_a_time = CapacityLimiter(1)

    @app.exception_handler(Refused)
    async def refuse(_request: Request, error: Refused) -> JSONResponse:
        return JSONResponse({"error": str(error)}, error.status, {"Connection": "close"})

    @app.post("/api/documents")
    async def add(request: Request) -> JSONResponse:
        visitor = _writer(request)
        uploads.require_taken()
        limit.count(visitor.person)
        form = await _form(request)
        try:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InputError("file is missing: send one, as `curl -F file=@report.pdf` does")
            name = file_name(file.filename or "")
            folder = _folder(form.get("for", "me"), visitor)
            added = await run_sync(uploads.add, file.file, name, folder, limiter=one_at_a_time)
        finally:
            await form.close()
        (listed,) = present.documents_to_json([added])
        return JSONResponse(listed, 201)

    @app.delete("/api/documents")
    async def remove(request: Request, document: str = "") -> dict[str, Any]:
        visitor = _writer(request)
        await run_sync(uploads.remove, document, visitor.reader, limiter=one_at_a_time)
        return {"removed": document}


def _writer(request: Request) -> Visitor:
    """The visitor; the gate has refused those who may not write, but this asks it again."""
    visitor: Visitor = request.state.visitor
    if not visitor.may_write:
        raise Refused("This chat is read-only: nothing can be changed", 403)
    return visitor


def _folder(wanted: object, visitor: Visitor) -> str:
    """Where nobody signs in, all uploads are everybody's."""
    if wanted not in ("me", "everybody"):
        raise InputError("for: is me or everybody")
    return EVERYBODY if wanted == "everybody" or visitor.reader == NOBODY else visitor.reader


async def _form(request: Request) -> FormData:
    """The form, its file in a temporary one without a name; Refused once it is too long."""
    most = MAX_UPLOAD_BYTES + MAX_BODY_BYTES  # with what a form has around a file
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > most:
            raise Refused(TOO_LARGE, 413)
        return message

    try:
        return await Request(request.scope, receive).form(max_files=1, max_fields=1)
    except HTTPException as error:
        raise InputError(f"body: {error.detail.rstrip('.')}; send one file a request") from error
    except ClientDisconnect as error:
        raise Refused("file: didn't come whole; send it again", 400) from error
