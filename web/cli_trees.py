"""The verbs by which versions go out and come in: as a tree of files, a zip of one, or a diagram of another modeler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import click

from engine import diagram_import, publishing, version_bringing
from engine import library as libraries
from engine import version_tree as trees
from engine.diagram_import import Brought
from engine.diagram_strangers import Left
from engine.refusals import Refused
from engine.rights import Person
from web.cli_acting import AS, DAY, AtWork, at_work, save, say_problems
from web.cli_versions import ANY_FOLDER, VERSION
from web.cli_words import DATABASE, LIBRARY, in_a_sentence


@click.command(short_help="Write a version out as the tree of files the repository uses.")
@VERSION
@click.argument("folder", type=ANY_FOLDER, metavar="DIR")
@click.option("--replace", multiple=True, metavar="FILE", help="A file that may be overwritten; repeatable.")
@DATABASE
@LIBRARY
@in_a_sentence
def export(version: str, folder: Path, replace: tuple[str, ...], database: str, library: Path | None) -> None:
    """Write a version, or a draft, into a folder as policies/ and workflows/, with the dated data and the versions its
    stories name, so that "redress check DIR" and "redress examples DIR" run on it. DIR may be a checkout: a file that
    differs is never overwritten unless --replace names it.

    \b
    redress policy export council-housing/two-stage-2024 out/
    redress policy export 3 ~/redress --replace workflows/forms/response.yaml
    """
    with at_work(database, library) as work:
        is_sealed = version in work.office.shelved
        tree = (
            trees.tree_of(work.office, version) if is_sealed else trees.tree_of_draft(work.office, work.draft(version))
        )
        done = trees.export(tree, folder, replace)
    for path in done.write:
        click.echo(f"written: {folder / path}")
    click.echo(f"{len(done.write)} written, {len(done.same)} there already with the same text.")
    for path in done.left:
        click.echo(f"Remark: {folder / path} is dated data, stands outside every seal, and is left as it is there.")
    others = [key for key in tree.versions if key != tree.key]
    if others:
        click.echo(f"With it went what its stories name: {', '.join(others)}.")
    shelf = libraries.load(folder)[0]
    for key, seal in tree.seals.items():
        there = shelf.versions.get(key)
        same = there is not None and publishing.seal_of(shelf, there) == seal
        if seal:
            click.echo(f"{key}: {'the same seal' if same else 'ANOTHER SEAL'}, {seal[:16]}…")


@click.command("import", short_help="Make a draft of a version in a folder, a zip or a diagram.")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="DIR|ZIP|FILE.bpmn")
@click.option("--version", "wanted", default="", metavar="POLICY/VERSION", help="Which, where there are several.")
@click.option("--name", default="", metavar="VERSION", help="The name it gets here; its own by default.")
@click.option("--from", "begins", type=DAY, metavar="DATE", help="From when it is in force; its own day by default.")
@click.option("--into", default="", metavar="DRAFT", help="For a diagram: the draft it goes into.")
@click.option("--at", "place", default="", metavar="PATH", help="For a diagram: workflows/stages/review.bpmn, say.")
@click.option("--without-code", is_flag=True, help="Leave out what another engine would run in a diagram, too.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def bring(
    source: Path,
    wanted: str,
    name: str,
    begins: date | None,
    into: str,
    place: str,
    without_code: bool,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """Make a draft of a version in a folder (or a zip of one) with policies/ and workflows/, byte for byte; or put a
    diagram of any modeler into a draft. What another modeler wrote into a diagram and is left out here is listed, and
    every problem is said by file and line.

    \b
    redress policy import out/ --name two-stage-2027 --from 2027-04-01 --as ann
    redress policy import panel.bpmn --into council-housing/two-stage-2027 --at workflows/stages/panel.bpmn --as ann
    """
    with at_work(database, library) as work:
        who = work.person(sign_in)
        if source.suffix == ".bpmn":
            _bring_diagram(work, who, source, into, place, without_code)
            return
        files = (
            version_bringing.files_in(source) if source.is_dir() else version_bringing.files_of_zip(source.read_bytes())
        )
        given = version_bringing.given_in(files, work.office, wanted)
        draft = version_bringing.bring(work.office, given, who, work.now, version=name, in_force_from=begins)
        click.echo(f"Draft {draft.row.id}: {draft.key}, with {len(draft.files)} files.")
        for name in [] if source.is_dir() else version_bringing.left_out_of_zip(source.read_bytes()):
            click.echo(f"Left out, because no version holds such a file: {name}")
        _say_left_out(given.cleaned)
        found = work.checked(draft)
        say_problems(found)
        if given.seal and found.seal == given.seal:
            click.echo(f"The same seal as where it came from, {given.seal[:16]}…")


def _files_of(source: Path) -> dict[str, bytes]:
    if source.is_dir():
        return version_bringing.files_in(source)
    return version_bringing.files_of_zip(source.read_bytes())


def _bring_diagram(work: AtWork, who: Person, source: Path, into: str, place: str, without_code: bool) -> None:
    """A diagram into a draft, in the place of one of that name or as a new one."""
    if not into:
        raise Refused("Say with --into which draft the diagram goes into. 'redress policy draft begin' begins one.")
    draft = work.draft(into)
    same = [path for path in draft.files if path.endswith(f"/{source.name}")]
    path = place or next(iter(same), f"workflows/stages/{source.name}")
    brought = diagram_import.brought(source.read_bytes(), path, without_code=without_code)
    for marked in brought.wrong:
        click.echo(str(marked.problem))
    _say_left_out({path: brought})
    if brought.xml is None:
        code = " --without-code leaves out what another engine would run." if brought.code else ""
        raise Refused(f"The diagram was not brought in.{code}")
    save(work, draft, who, {**draft.files, path: brought.xml}, f"diagram {path} brought in from a file")


def _say_left_out(cleaned: Mapping[str, Brought]) -> None:
    """What was left out of diagrams of other modelers, and what was changed in them."""
    for path, brought in cleaned.items():
        _say(path, "left out", brought.dropped)
        _say(path, "changed", brought.changed)
        _say(path, "runs elsewhere as code", brought.code)


def _say(path: str, title: str, those: Iterable[Left]) -> None:
    for one in those:
        at = f" ({one.element})" if one.element else ""
        click.echo(f"{path}: {title}: {one.name}{at}: {one.what}.")
