"""What is committed for the signed-in pages is what its sources say; checked without Node."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "mit" / "static"
BUILT = json.loads((FRONTEND / "built.json").read_text(encoding="utf-8"))
SHARED = "mit.css: font faces and colours"
AGAIN = "run `make assets` and commit what it writes"


def shared_style() -> str:
    """Return the part of the public pages' style that both styles hold, as frontend/build.mjs cuts it out."""
    text = (STATIC / "css" / "mit.css").read_text(encoding="utf-8")
    faces = "\n".join(re.findall(r"^@font-face .*$", text, re.MULTILINE))
    colours = re.search(r"^:root \{[^}]*\}", text, re.MULTILINE)
    assert colours
    return f"{faces}\n{colours[0]}"


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def test_every_source_is_the_one_that_was_built() -> None:
    sources = {
        path.relative_to(FRONTEND).as_posix(): digest(path.read_bytes())
        for path in [*FRONTEND.glob("src/*"), *(FRONTEND / name for name in ("build.mjs", "package.json"))]
    }
    sources["package-lock.json"] = digest((FRONTEND / "package-lock.json").read_bytes())
    sources[SHARED] = digest(shared_style().encode())
    assert sources == BUILT["sources"], AGAIN


@pytest.mark.parametrize("name", sorted(BUILT["results"]))
def test_nobody_edited_what_was_built(name: str) -> None:
    assert digest((STATIC / name).read_bytes()) == BUILT["results"][name], AGAIN


def test_versions_are_pinned_exactly_and_the_lock_agrees() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")
    assert wanted["dependencies"]["htmx.org"] == "2.0.11"


def test_the_components_have_the_version_that_the_macros_follow() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    version = lock["node_modules/govuk-frontend"]["version"]
    script = (STATIC / "js" / "office.js").read_text(encoding="utf-8")
    assert f'"./govuk-frontend-{version}.min.js"' in script
    assert [path.name for path in STATIC.glob("js/govuk-frontend-*.js")] == [
        f"govuk-frontend-{version}.min.js"
    ]
    assert "govuk-frontend-jinja==4.1.0" in (ROOT / "requirements" / "base.lock").read_text(encoding="utf-8")
    assert version == "6.3.0", "the macros of govuk-frontend-jinja 4.1.0 follow 6.3.0"


def test_the_reader_of_codes_is_the_one_that_its_package_names_and_asks_nobody_else() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    version, inside = (lock[f"node_modules/{name}"]["version"] for name in ("barcode-detector", "zxing-wasm"))
    assert lock["node_modules/barcode-detector"]["dependencies"]["zxing-wasm"] == inside
    assert [path.name for path in STATIC.glob("js/barcode-detector-*.js")] == [
        f"barcode-detector-{version}.js"
    ]
    wasm = STATIC / "js" / f"zxing-reader-{inside}.wasm"
    assert list(STATIC.glob("js/*.wasm")) == [wasm]
    module = (STATIC / "js" / f"barcode-detector-{version}.js").read_text(encoding="utf-8")
    assert f'"{digest(wasm.read_bytes())}"' in module, "the package says which wasm it was tested with"
    assert f'"{inside}"' in module
    assert not re.search(r"https?:|\beval\(|new Function", module)
    exported = re.findall(r"\bas (\w+)", module.rpartition("export {")[2])
    assert {"BarcodeDetector", "prepareZXingModule"} <= set(exported)


def test_licences_lie_beside_what_others_wrote() -> None:
    for name in ("css/govuk-frontend.LICENSE.txt", "js/govuk-frontend.LICENSE.txt"):
        text = (STATIC / name).read_text(encoding="utf-8")
        assert "Government Digital Service" in text
        assert "The above copyright notice" in text
    assert "MIT License" in (STATIC / "js" / "barcode-detector.LICENSE.txt").read_text(encoding="utf-8")
    assert "Apache License" in (STATIC / "js" / "zxing-cpp.LICENSE.txt").read_text(encoding="utf-8")
    assert "Zero-Clause BSD" in (STATIC / "js" / "htmx.LICENSE.txt").read_text(encoding="utf-8")


def test_the_style_asks_nobody_else_and_is_not_the_british_government_s() -> None:
    style = (STATIC / "css" / "office.css").read_text(encoding="utf-8")
    addresses = set(re.findall(r"url\(\"?([^)\"]*)", style))
    assert addresses == {
        f"../fonts/sarabun-{s}-{w}-normal.woff2" for s in ("thai", "latin") for w in (400, 700)
    }
    assert "@import" not in style
    for foreign in (
        "GDS Transport",
        "crown",
        "govuk-header",
        "govuk-footer",
        "#1d70b8",
        "#0b0c0c",
        "#ffdd00",
    ):
        assert foreign not in style, foreign


def test_no_sentence_stands_in_our_script() -> None:
    script = (STATIC / "js" / "office.js").read_text(encoding="utf-8")
    assert not re.search("[\u0e00-\u0e7f]", script)
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", script)
