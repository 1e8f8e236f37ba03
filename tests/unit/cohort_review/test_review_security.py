"""Who is let in: requests without the token or the cookie, of another host or origin, and forms of another session."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from popliteal.cohort.review.store import Adjudications
from support.cohorts import make_batch, make_cohort
from support.review_server import Served

NOTHING = "popliteal review: refused"


@pytest.fixture(scope="module")
def served(demo_cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    cohort = Path(shutil.copytree(demo_cohort, tmp_path_factory.mktemp("served") / "cohort"))
    with Served(cohort, "--reviewer", "alice", "--sample", "30") as running:
        yield running


@pytest.fixture(scope="module")
def cookie(served: Served) -> str:
    return served.enter()


@pytest.fixture(scope="module")
def csrf(served: Served, cookie: str) -> str:
    _, _, page = served.request("/chart/1", cookie=cookie)
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


PAGES = (
    "/",
    "/charts",
    "/chart/1",
    "/estimates",
    "/wrong",
    "/disagreements",
    "/static/review.js",
    "/nothing",
    "//",
    "/enter",
)


@pytest.mark.parametrize("path", PAGES)
def test_without_the_cookie_nothing_is_shown(served: Served, path: str) -> None:
    for cookies in (None, "", f"popliteal_review_{served.port}=guess", 'x="\x7f'):
        status, headers, text = served.request(path, cookie=cookies)
        assert (status, text[: len(NOTHING)]) == (403, NOTHING)
        assert "patient" not in text.lower()
        assert headers["x-frame-options"] == "DENY"


def test_the_token_works_once(served: Served, cookie: str) -> None:
    path = served.address.removeprefix(served.origin)
    assert served.request(path)[0] == 403
    for wrong in ("/enter?token=", "/enter?token=None", "/enter", "/enter?token=%00"):
        assert served.request(wrong)[0] == 403
    assert served.request("/charts", cookie=cookie)[0] == 200


def test_the_cookie_is_for_this_browser_alone(demo_cohort: Path, tmp_path: Path) -> None:
    cohort = Path(shutil.copytree(demo_cohort, tmp_path / "cohort"))
    with Served(cohort, "--reviewer", "alice") as running:
        path = running.address.removeprefix(running.origin)
        _, headers, _ = running.request(path)
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in headers["set-cookie"].split(";")}
    assert "token" not in headers["location"]


@pytest.mark.parametrize(
    "host", ["example.org", "localhost", "127.0.0.1", "127.0.0.1.nip.io:{port}", "example.org:{port}", ""]
)
def test_another_host_is_refused(served: Served, cookie: str, host: str) -> None:
    given = host.format(port=served.port)
    assert served.request("/charts", cookie=cookie, host=given)[0] == 403


@pytest.mark.parametrize(
    "origin", [None, "null", "http://example.org", "http://127.0.0.1:1", "https://127.0.0.1:{port}"]
)
def test_a_change_from_another_origin_is_refused(served: Served, cookie: str, csrf: str, origin: str | None) -> None:
    given = origin.format(port=served.port) if origin else None
    form = {"csrf": csrf, "answer": "accept"}
    assert served.request("/chart/1/answer", form, cookie=cookie, origin=given)[0] == 403


@pytest.mark.parametrize("secret", [None, "", "guess", "é"])
def test_a_change_without_the_secret_is_refused(served: Served, cookie: str, secret: str | None) -> None:
    form = {"answer": "accept"} | ({} if secret is None else {"csrf": secret})
    assert served.request("/chart/1/answer", form, cookie=cookie, origin=served.origin)[0] == 403


def test_a_change_without_the_cookie_is_refused(served: Served, csrf: str) -> None:
    assert served.request("/chart/1/answer", {"csrf": csrf, "answer": "accept"}, origin=served.origin)[0] == 403


def test_a_change_is_made_only_by_a_form(served: Served, cookie: str) -> None:
    assert served.request("/chart/1/answer?answer=accept", cookie=cookie)[0] == 405
    assert served.request("/chart/1", method="PUT", cookie=cookie)[0] == 403
    _, _, page = served.request("/charts", cookie=cookie)
    assert "s-accept" not in page


def test_every_answer_bears_the_policy(served: Served, cookie: str) -> None:
    for path in ("/charts", "/chart/1", "/static/review.css", "/nothing"):
        _, headers, text = served.request(path, cookie=cookie)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
        assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", text) or path.startswith("/static")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/chart/1/answer", {"answer": "perhaps"}),
        ("/chart/999/answer", {"answer": "accept"}),
        ("/chart/1/comment", {}),
        ("/chart/1/mark", {"note": "0", "finding": "999", "mechanism": "assertion"}),
        ("/chart/1/mark", {"note": "0", "finding": "0", "mechanism": "nonsense"}),
        ("/chart/1/mark", {"note": "0", "finding": "0", "mechanism": "assertion", "should_be": "<b>"}),
        ("/chart/1/missed", {"note": "0", "start": "5", "end": "5", "concept": "foot_drop"}),
        ("/chart/1/missed", {"note": "0", "start": "0", "end": "5", "concept": "no_such"}),
        ("/chart/1/missed", {"note": "-1", "start": "0", "end": "5", "concept": "foot_drop"}),
        ("/chart/1/unmark", {"id": "x"}),
        ("/chart/1/unmark", {"id": "9" * 5000}),
    ],
)
def test_a_form_that_cannot_be_is_refused(
    served: Served, cookie: str, csrf: str, path: str, form: dict[str, str]
) -> None:
    status, _, text = served.request(path, {"csrf": csrf, **form}, cookie=cookie, origin=served.origin)
    assert (status, "form cannot be used" in text) == (400, True)


def test_a_form_that_is_too_long_is_refused(served: Served, cookie: str, csrf: str) -> None:
    form = {"csrf": csrf, "comment": "x" * 300_000}
    assert served.request("/chart/1/comment", form, cookie=cookie, origin=served.origin)[0] == 413


def test_a_blind_reviewer_has_no_list_of_disagreements(served: Served, cookie: str) -> None:
    assert served.request("/disagreements", cookie=cookie)[0] == 404


def test_an_unforeseen_error_tells_nothing(cohort: Path) -> None:
    """The queue is taken away under a running program; the page that fails quotes nothing, nor does the terminal."""
    with Served(cohort, "--reviewer", "alice", "--sample", "5") as running:
        cookie = running.enter()
        store = Adjudications(cohort)
        store.add_charts([], sizes="no json: foot drop")
        store.close()
        status, headers, text = running.request("/estimates", cookie=cookie)
        errors = running.stop()
    assert (status, text) == (500, "Internal Server Error")
    assert headers["cache-control"] == "no-store"
    assert re.search(r"internal error: JSONDecodeError at popliteal/\S+:\d+ in \w+\n", errors)
    assert "foot drop" not in errors
    assert "Traceback" not in errors


def test_ctrl_c_ends_it_well(cohort: Path) -> None:
    with Served(cohort, "--reviewer", "alice", "--sample", "5") as running:
        running.enter()
        assert running.stop() == ""
        assert running.process.returncode == 0


def test_a_port_that_is_taken_says_so(cohort: Path, served: Served) -> None:
    with pytest.raises(AssertionError, match=rf"--port {served.port}: cannot be used"):
        Served(cohort, "--reviewer", "alice", "--port", str(served.port))


MARKUP = '<b class="x">\'&'


def test_markup_is_text_wherever_it_stands(tmp_path: Path) -> None:
    """Ids, kinds of notes, labels of criteria, names and comments, not only the note."""
    notes = tmp_path / "notes.csv"
    with notes.open("w", newline="") as file:
        row = (MARKUP, MARKUP, "2024-01-01", MARKUP, f"{MARKUP} Left foot drop.")
        csv.writer(file).writerows([("note_id", "patient_id", "note_date", "note_type", "text"), row])
    cohort = make_cohort(make_batch(notes, tmp_path / "tables"), notes, tmp_path / "cohort")
    criteria = (cohort / "criteria.yaml").read_text().replace("Foot drop in a note", "<b class=x>")
    (cohort / "criteria.yaml").write_text(criteria)
    with Served(cohort, "--reviewer", "O'Brien") as running:
        cookie = running.enter()
        page = running.request("/chart/1", cookie=cookie)[2]
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None
        form = {"csrf": found[1], "answer": "reject", "comment": MARKUP}
        assert running.request("/chart/1/answer", form, cookie=cookie, origin=running.origin)[0] == 303
        for path in ("/chart/1", "/charts", "/wrong", "/estimates"):
            page = running.request(path, cookie=cookie)[2]
            assert "<b class" not in page
            assert "{{" not in page
            if path in {"/chart/1", "/charts"}:
                assert page.count("&lt;b class=") >= 2
