"""The web application: which address does what; ``pages`` makes the pages, ``security`` says who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from popliteal.cohort.review.chart_page import chart_page
from popliteal.cohort.review.charts import ChartNote
from popliteal.cohort.review.desk import Desk
from popliteal.cohort.review.marking import offset_of
from popliteal.cohort.review.mechanisms import MISSED, attribute, is_valid
from popliteal.cohort.review.pages import (
    WIDTH,
    WIDTHS,
    disagreements_page,
    estimates_page,
    queue_page,
    wrong_page,
)
from popliteal.cohort.review.security import Guard, Session
from popliteal.cohort.review.store import ANSWERS, THIRD, Chart, Mark

_STATIC = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}
#: Characters of a comment above which the rest is cut off.
LONGEST_COMMENT = 10_000
_SEE_OTHER = 303
_DIGITS = 9


def application(desk: Desk, session: Session) -> ASGIApp:
    """The pages of one reviewer behind their guard."""
    pages = _Pages(desk, session)
    routes = [
        Route("/", pages.start),
        Route("/charts", pages.queue),
        Route("/chart/{number:int}", pages.chart),
        Route("/chart/{number:int}/answer", pages.answer, methods=["POST"]),
        Route("/chart/{number:int}/comment", pages.comment, methods=["POST"]),
        Route("/chart/{number:int}/mark", pages.mark, methods=["POST"]),
        Route("/chart/{number:int}/missed", pages.missed, methods=["POST"]),
        Route("/chart/{number:int}/unmark", pages.unmark, methods=["POST"]),
        Route("/undo", pages.undo, methods=["POST"]),
        Route("/estimates", pages.estimates),
        Route("/wrong", pages.wrong),
        Route("/disagreements", pages.disagreements),
        Route("/static/{name}", _static),
    ]
    return Guard(Starlette(routes=routes), session)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return _missing()
    return Response(resources.files(__package__).joinpath("static", name).read_bytes(), media_type=_STATIC[name])


def _missing() -> Response:
    return PlainTextResponse("popliteal review: no such page.\n", status_code=404)


def _bad() -> Response:
    return PlainTextResponse("popliteal review: the form cannot be used; load the page again.\n", status_code=400)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=_SEE_OTHER)


class _Pages:
    """The endpoints. All work is short and local, so it is done where the request arrives."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self._desk = desk
        self._session = session
        self._templates = Environment(
            loader=PackageLoader("popliteal.cohort.review"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def _page(self, template: str, values: Mapping[str, Any]) -> Response:
        html = self._templates.get_template(template).render(**values, csrf=self._session.csrf)
        return HTMLResponse(html)

    def _chart(self, request: Request) -> Chart | None:
        number = request.path_params["number"]
        return next((chart for chart in self._desk.queue() if chart.number == number), None)

    def _note(self, chart: Chart, form: Mapping[str, str]) -> ChartNote | None:
        """The note of a chart that a form is about."""
        index = _number(form.get("note"))
        return next((note for note in self._desk.charts.chart(chart.patient_id).notes if note.index == index), None)

    async def start(self, request: Request) -> Response:
        number = self._desk.current()
        return _to("/charts" if number is None else f"/chart/{number}")

    async def queue(self, request: Request) -> Response:
        return self._page("queue.html", queue_page(self._desk))

    async def chart(self, request: Request) -> Response:
        chart = self._chart(request)
        if chart is None:
            return _missing()
        self._desk.store.set_place(self._desk.reviewer, chart.number)
        just = _number(request.query_params.get("just"))
        return self._page("chart.html", chart_page(self._desk, chart, just))

    async def answer(self, request: Request) -> Response:
        chart, form = self._chart(request), _form(request)
        if chart is None or form.get("answer") not in ANSWERS:
            return _bad()
        desk = self._desk
        if "comment" in form:
            desk.store.comment(desk.reviewer, chart.number, form["comment"][:LONGEST_COMMENT])
        desk.store.answer(desk.reviewer, chart.number, form["answer"])
        following = desk.after(chart.number)
        return _to("/charts" if following is None else f"/chart/{following}?just={chart.number}")

    async def comment(self, request: Request) -> Response:
        chart, form = self._chart(request), _form(request)
        if chart is None or "comment" not in form:
            return _bad()
        self._desk.store.comment(self._desk.reviewer, chart.number, form["comment"][:LONGEST_COMMENT])
        return Response(status_code=204)

    async def undo(self, request: Request) -> Response:
        number = self._desk.store.undo(self._desk.reviewer)
        shown = any(chart.number == number for chart in self._desk.queue())
        return _to(f"/chart/{number}?just={number}" if shown else "/")

    async def mark(self, request: Request) -> Response:
        chart, form = self._chart(request), _form(request)
        mechanism, should_be = form.get("mechanism", ""), form.get("should_be", "")
        if chart is None or not is_valid(mechanism, should_be, self._desk.knowledge):
            return _bad()
        note = self._note(chart, form)
        number = _number(form.get("finding"))
        finding = note.finding(number) if note and number is not None else None
        if note is None or finding is None:
            return _bad()
        mark = Mark(
            note.note.note_id, note.copy, finding.finding_id, finding.start, finding.end, finding.concept, mechanism,
            attribute(finding, mechanism), should_be,
        )  # fmt: skip
        self._desk.store.mark(self._desk.reviewer, chart.number, mark)
        return _to(f"/chart/{chart.number}#n{note.index}f{finding.finding_id}")

    async def missed(self, request: Request) -> Response:
        """Words that were missed: places on the page, as the browser counts them, become offsets in the note."""
        chart, form = self._chart(request), _form(request)
        concept = form.get("concept", "")
        first, last = _number(form.get("start")), _number(form.get("end"))
        note = self._note(chart, form) if chart else None
        if chart is None or note is None or first is None or last is None:
            return _bad()
        start, end = offset_of(note.note.text, first), offset_of(note.note.text, last)
        if concept not in self._desk.knowledge.concepts or not note.note.text[start:end].strip():
            return _bad()
        mark = Mark(note.note.note_id, note.copy, None, start, end, concept, MISSED)
        self._desk.store.mark(self._desk.reviewer, chart.number, mark)
        return _to(f"/chart/{chart.number}#note-{note.index}")

    async def unmark(self, request: Request) -> Response:
        chart, form = self._chart(request), _form(request)
        mark_id = _number(form.get("id"))
        if chart is None or mark_id is None:
            return _bad()
        self._desk.store.unmark(self._desk.reviewer, mark_id)
        return _to(f"/chart/{chart.number}#wrong")

    async def estimates(self, request: Request) -> Response:
        asked = request.query_params.get("width", "")
        width = next((width for width in WIDTHS if f"{width:g}" == asked), WIDTH)
        return self._page("estimates.html", estimates_page(self._desk, width))

    async def wrong(self, request: Request) -> Response:
        return self._page("wrong.html", wrong_page(self._desk))

    async def disagreements(self, request: Request) -> Response:
        if self._desk.role != THIRD:
            return _missing()  # others' answers are hidden from who has not finished
        return self._page("disagreements.html", disagreements_page(self._desk))


def _form(request: Request) -> dict[str, str]:
    """The form that the guard has read and checked."""
    form: dict[str, str] = request.scope["state"]["form"]
    return form


def _number(text: str | None) -> int | None:
    """A whole number as the pages write them, or None."""
    return int(text) if text is not None and text.isdecimal() and len(text) <= _DIGITS else None
