"""The contract that is committed is the one that the program makes; the pages load nothing from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from midcorridor.api.openapi import as_text

from .asking import Caller

ROOT = Path(__file__).parents[2]


def test_the_contract_is_current(app: Any) -> None:
    assert (ROOT / "docs" / "openapi.json").read_text("utf-8") == as_text(app), "run: make docs"


def test_it_is_openapi_3_1(api: Caller) -> None:
    told = api.get("/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        assert path.startswith("/v1/"), path
        for operation in methods.values():
            assert operation["summary"]
            assert "HTTPValidationError" not in json.dumps(operation)


def test_every_path_stands_on_the_page(api: Caller) -> None:
    page = api.get("/docs").text
    for path in api.get("/v1/openapi.json").json()["paths"]:
        assert path in page
    assert re.findall(r"""(?:src|href)=["'](?!/|#)[^"']*""", page) == []
    assert "<script" not in page


def test_security_headers_are_on_every_response(api: Caller) -> None:
    for path in ("/", "/docs", "/v1/verbs", "/v1/nothing", "/healthz"):
        headers = api.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
    policy = api.get("/").headers["content-security-policy"]
    for part in ("worker-src 'self' blob:", "img-src 'self' data: blob:", "connect-src 'self'"):
        assert part in policy


def test_a_page_as_an_answer_runs_in_a_sandbox(api: Caller) -> None:
    response = api.post("/v1/plan?format=html", {"origin": "kz-aktau", "destination": "az-alat"})
    assert "sandbox" in response.headers["content-security-policy"]


def test_another_name_gets_no_answer(api: Caller) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:80"):
        assert api.get("/v1/verbs", headers={"Host": host}).status_code == 421
    for host in ("127.0.0.1:8765", "localhost", "[::1]:8765", "LOCALHOST."):
        assert api.get("/v1/verbs", headers={"Host": host}).status_code == 200


def test_no_path_leads_out_of_the_web_app(api: Caller, tmp_path: Path, monkeypatch: Any) -> None:
    from midcorridor.api.routes import pages

    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("the app")
    (dist / "assets" / "a.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    (dist / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(pages, "DIST", dist)
    assert api.get("/").text == "the app"
    assert api.get("/plan").text == "the app"  # a view, which the app itself finds
    assert "immutable" in api.get("/assets/a.js").headers["cache-control"]
    for path in (
        "/../secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/link.txt", "//etc/passwd",
        "/%2e%2e/secret.txt", "/..%5csecret.txt", "/a%00.js", "/" + "x" * 5000 + ".js",
    ):  # fmt: skip
        response = api.get(path)
        assert "secret" not in response.text.replace("secret.txt", "")
        assert "root:" not in response.text
        assert response.status_code in (200, 404)


def test_without_the_web_app_its_page_says_so(api: Caller, monkeypatch: Any, tmp_path: Path) -> None:
    from midcorridor.api.routes import pages

    monkeypatch.setattr(pages, "DIST", tmp_path)
    page = api.get("/").text
    assert "was not built" in page
    assert "/docs" in page
