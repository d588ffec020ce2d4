"""The command `qa`: text for people or one JSON object on stdout, the rest on stderr.

Exit 0 done, 1 a check that was asked for failed, 2 the input or the call is wrong: one line.
"""

import argparse
import os
import shlex
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from index.errors import InputError, QAError

if TYPE_CHECKING:
    from index.scope import Scope
    from index.sync import SyncReport
from qa import cli_evaluate, cli_feedback, cli_tune
from qa.present import one_line
from qa.terminal import DONE as _DONE
from qa.terminal import FAILED as _FAILED
from qa.terminal import WRONG as _WRONG
from qa.terminal import add_precision
from qa.terminal import print_json as _print_json


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
    except QAError as error:
        print(f"qa: {one_line(str(error))}", file=sys.stderr)  # it may hold what was typed
        return _WRONG
    except KeyboardInterrupt:
        print("qa: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _DONE
    except (OSError, sqlite3.Error) as error:
        # What was committed is there; a full disk or a lost permission stopped the rest.
        told = one_line(str(error))
        print(f"qa: {told}: look for room on the disk and permissions", file=sys.stderr)
        return _WRONG
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in one line, as every other error."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}: see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="qa",
        description="Answers questions over your own documents with their exact words.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(
        name: str, run: Any, about: str, *, has_json: bool = True, has_collection: bool = True
    ) -> argparse.ArgumentParser:
        subparser = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        subparser.set_defaults(run=run)
        if has_collection:
            subparser.add_argument(
                "--collection",
                metavar="DIR",
                help="the collection's folder, or milvus+http://HOST:PORT/NAME"
                " (default: QA_COLLECTION, or .collection)",
            )
        if has_json:
            subparser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        return subparser

    index = command("index", _index, "bring the collection in line with folders and files")
    index.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="none: all that were indexed before"
    )
    index.add_argument("--watch", action="store_true", help="go on with what changes, until Ctrl-C")
    documents = command("documents", _documents, "list the documents")
    documents.add_argument("--text", metavar="DOCUMENT", help="one document, with its text")
    remove = command("remove", _remove, "take a document out of the collection")
    remove.add_argument("document", metavar="DOCUMENT")
    ask = command("ask", _ask, "answer a question in the documents' own words")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--explain", action="store_true", help="what was found and read, with scores")
    add_precision(ask)
    _add_scope(ask)
    search = command("search", _search, "find passages")
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--limit", type=_positive, default=10, metavar="N", help="default: 10")
    _add_scope(search)
    cli_evaluate.add_options(
        command("evaluate", cli_evaluate.evaluate, "measure the answers to gold questions")
    )
    cli_tune.add_options(
        command("tune", cli_tune.tune, "fit search and confidence to gold questions")
    )
    cli_feedback.add_feedback_options(
        command("feedback", cli_feedback.feedback, "what people said of answers", has_json=False)
    )
    cli_feedback.add_gold_options(
        command("gold", cli_feedback.gold, "write gold questions over passages", has_json=False)
    )
    train = command("train", _train, "train a reader from files of questions")
    train.add_argument("files", nargs="+", type=Path, metavar="FILE")
    train.add_argument("--out", type=Path, required=True, metavar="READER", help="a new folder")
    train.add_argument(
        "--dev", type=Path, metavar="SQUAD", help="a SQuAD file to measure on, before and after"
    )
    train.add_argument(
        "--epochs", type=_positive, default=2, metavar="N", help="rounds; default: 2"
    )
    train.add_argument(
        "--learning-rate", type=_rate, default=3e-5, metavar="RATE", help="default: 3e-05"
    )
    train.add_argument(
        "--layers", type=_positive, metavar="N", help="train the upper N layers only; default: all"
    )
    train.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    command("check", _check, "verify that the collection is whole")
    serve = command("serve", _serve, "open the chat in the browser", has_json=False)
    serve.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    serve.add_argument("--port", type=_positive, default=7860, help="default: 7860")
    add_precision(serve)
    serve.add_argument("--users", type=Path, metavar="FILE", help="who may ask, with passwords")
    serve.add_argument(
        "--trusted-header", metavar="NAME", help="a proxy's header says who asks; with --proxy"
    )
    serve.add_argument("--proxy", action="append", metavar="ADDRESS", help="a proxy to believe")
    serve.add_argument("--public", action="store_true", help="everybody may ask, nobody may write")
    serve.add_argument(
        "--name", action="append", metavar="HOST", help="a host name it is reached by"
    )
    serve.add_argument(
        "--embed-origin",
        action="append",
        metavar="ORIGIN",
        help="a site that may embed the chat",
    )
    serve.add_argument(
        "--questions-a-minute", type=_positive, metavar="N", help="of one person; see the guide"
    )
    users = command("users", _users, "say who may sign in", has_json=False, has_collection=False)
    users.add_argument("action", choices=["add", "remove"], metavar="ACTION", help="add or remove")
    users.add_argument("name", metavar="NAME")
    users.add_argument("--users", type=Path, required=True, metavar="FILE", help="the users file")
    return parser


def _add_scope(command: argparse.ArgumentParser) -> None:
    """The options that say which documents are asked."""
    for option, metavar, about in (
        ("--document", "NAME", "only this document; may be given again"),
        ("--folder", "FOLDER", "only documents in this folder; may be given again"),
        ("--type", "SUFFIX", "only files of this type, such as pdf; may be given again"),
    ):
        command.add_argument(option, action="append", metavar=metavar, help=about)
    command.add_argument("--since", metavar="DATE", help="only documents of this day or later")
    command.add_argument("--until", metavar="DATE", help="only documents of this day or earlier")


def _scope(options: argparse.Namespace) -> "Scope":
    from index.scope import Scope

    return Scope(
        documents=tuple(options.document or ()),
        folders=tuple(options.folder or ()),
        types=tuple(options.type or ()),
        since=options.since,
        until=options.until,
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number between 0 and 1")
    return rate


def _index(options: argparse.Namespace) -> int:
    from index.collection import Collection
    from index.embed import open_embedder
    from index.folder import require_documents
    from index.sync import sync
    from index.watch_folders import watch
    from qa.answer import collection_address

    if options.watch and options.json:
        raise InputError("--watch prints a line for each change: leave out --json, or --watch")
    address = collection_address(options.collection)
    if not (isinstance(address, Path) and address.exists()):
        # Before anything is made, so that a slip of the pen leaves no empty collection behind.
        require_documents(options.paths, may_be_empty=options.watch)
    with closing(Collection(address, create=bool(options.paths))) as collection:
        if options.watch:
            try:
                _print_watched(watch(collection, options.paths, open_embedder()))
            except KeyboardInterrupt:  # the way to end it
                return _DONE
        report = sync(collection, options.paths, open_embedder(), progress=True)
    if options.json:
        _print_json({**_counts(report), "failed": [asdict(failure) for failure in report.failed]})
        return _DONE
    _print_counts(report)
    return _DONE


def _counts(report: "SyncReport") -> dict[str, int]:
    kinds = ("added", "changed", "removed", "unchanged", "failed", "skipped")
    counts = {kind: getattr(report, kind) for kind in kinds}
    return {kind: len(c) if isinstance(c, list) else c for kind, c in counts.items()}


def _print_failures(report: "SyncReport") -> None:
    from qa.present import one_line

    for failure in report.failed:
        print(f"{one_line(failure.name)} {failure.reason}", file=sys.stderr, flush=True)


def _print_counts(report: "SyncReport") -> None:
    _print_failures(report)
    print(", ".join(f"{count} {kind}" for kind, count in _counts(report).items()), flush=True)


def _print_watched(reports: "Iterator[SyncReport]") -> None:
    """How the folders stood at first, then a line for each change."""
    from qa.present import one_line

    _print_counts(next(reports))
    for report in reports:
        _print_failures(report)
        for kind in ("added", "changed", "removed"):
            for name in getattr(report, kind):
                print(f"{kind} {one_line(name)}", flush=True)


def _documents(options: argparse.Namespace) -> int:
    from index.collection import Collection
    from qa.answer import collection_address
    from qa.present import count, documents_to_json, one_line

    collection = Collection(collection_address(options.collection))
    if options.text is not None:
        document = collection.document(options.text)
        if options.json:
            fields = {"document": document.name, "title": document.title, "text": document.text}
            _print_json(fields)
        else:
            print(document.text)
        return _DONE
    documents = collection.documents()
    if options.json:
        _print_json({"documents": documents_to_json(documents)})
        return _DONE
    for summary in documents:
        pages = [count(summary.pages, "page")] if summary.pages else []
        characters, passages = summary.characters, summary.passages
        said = [f"by {one_line(summary.author)}"] if summary.author else []
        said += [f"language {summary.language}"] if summary.language else []
        size = [count(characters, "character"), *pages, count(passages, "passage")]
        print(f"{one_line(summary.name)}\n    {one_line(summary.title)} ({', '.join(said + size)})")
    print(count(len(documents), "document"))
    return _DONE


def _remove(options: argparse.Namespace) -> int:
    from index.collection import Collection
    from index.sync import remove
    from qa.answer import collection_address
    from qa.feedback import Feedback
    from qa.present import one_line

    with closing(Collection(collection_address(options.collection))) as collection:
        purge = Feedback(collection.directory).remove_document
        with_file = remove(collection, options.document, purge=purge)
    if options.json:
        _print_json({"removed": options.document})
    else:
        file = (
            "Its file, which was uploaded, is deleted"
            if with_file
            else "While its file stays in its folder, the next `qa index` puts it back"
        )
        print(f"{one_line(options.document)} is out of the collection. {file}")
    return _DONE


def _ask(options: argparse.Namespace) -> int:
    from qa.answer import Assistant
    from qa.explain import explain
    from qa.present import to_json, to_text

    assistant = Assistant.open(options.collection, options.precision)
    answer = assistant.ask(options.question, scope=_scope(options))
    if options.json:
        _print_json(to_json(answer))
    elif options.explain:
        print(explain(answer, assistant.confidence))
    else:
        print(to_text(answer, bold=sys.stdout.isatty()))
    return _DONE


def _search(options: argparse.Namespace) -> int:
    from qa.answer import Assistant
    from qa.present import hits_to_json, hits_to_text

    assistant = Assistant.open(options.collection)
    hits = assistant.search(options.query, options.limit, _scope(options))
    if options.json:
        _print_json({"query": options.query, "passages": hits_to_json(hits)})
    else:
        print(hits_to_text(hits))
    return _DONE


def _train(options: argparse.Namespace) -> int:
    from qa.answer import collection_address, reader_folder
    from qa.fine_tune import Recipe
    from qa.present import one_line
    from qa.train import train

    recipe = Recipe(
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        layers=options.layers,
        seed=options.seed,
    )
    problems = train(
        options.files,
        start=reader_folder(),
        out=options.out,
        recipe=recipe,
        dev=options.dev,
        collection=collection_address(options.collection),
        progress=True,
    )
    if options.json:
        _print_json({"reader": str(options.out), "problems": problems})
        return _DONE
    for problem in problems:
        print(one_line(problem), file=sys.stderr)
    print(f"{options.out} is a reader; set QA_READER={shlex.quote(str(options.out))} to use it")
    return _DONE


def _check(options: argparse.Namespace) -> int:
    from index.collection import Collection, settings_of
    from index.embed import open_embedder
    from qa.answer import collection_address
    from qa.check import problems

    with closing(Collection(collection_address(options.collection))) as collection:
        found = list(problems(collection, settings_of(open_embedder())))
    if options.json:
        _print_json({"problems": found})
    else:
        print("\n".join(found) if found else "All is well")
    return _FAILED if found else _DONE


def _serve(options: argparse.Namespace) -> int:
    from qa.access import decide
    from qa.serve import serve

    access = decide(
        options.host,
        users=options.users,
        trusted_header=options.trusted_header,
        proxies=options.proxy or (),
        public=options.public,
        names=options.name or (),
        embed_origins=options.embed_origin or (),
        questions_a_minute=options.questions_a_minute,
    )
    serve(
        options.collection,
        host=options.host,
        port=options.port,
        access=access,
        precision=options.precision,
    )
    return _DONE


def _users(options: argparse.Namespace) -> int:
    from getpass import getpass

    from qa.users import add_user, remove_user

    if options.action == "remove":
        remove_user(options.users, options.name)
        print(f"{options.name} may no longer sign in")
        return _DONE
    if sys.stdin.isatty():
        password = getpass("Password: ")
        if password != getpass("Once more: "):
            raise InputError("The two passwords differ: begin anew")
    else:
        password = sys.stdin.readline().rstrip("\n")
    is_new = add_user(options.users, options.name, password)
    print(f"{options.name} may sign in" if is_new else f"{options.name} has a new password")
    return _DONE


if __name__ == "__main__":
    sys.exit(main())
