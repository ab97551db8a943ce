"""The verbs by which versions go out and come in: as a tree of files, a zip of one, or a diagram of another modeler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from engine import diagram_import, diagram_report, drafting, publishing, version_bringing
from engine import library as libraries
from engine import version_tree as trees
from engine.diagram_ids import snake
from engine.diagram_import import Brought
from engine.diagram_marks import Marked
from engine.diagram_strangers import Left
from engine.drafting import Draft
from engine.problems import only_problems
from engine.refusals import Refused
from engine.rights import Person
from web import cli_record
from web.cli_acting import AS, DAY, AtWork, at_work, say_problems
from web.cli_versions import ANY_FOLDER, VERSION
from web.cli_words import DATABASE, LIBRARY, in_a_sentence

#: how the file of a diagram may be called
DIAGRAMS = (".bpmn20.xml", ".bpmn", ".bpmn2", ".xml")


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
        cli_record.note_file(work.office.database, tree.key, work.now, None, folder, files=len(done.write))
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
@click.option("--all", "every", is_flag=True, help="List every place of what is left out or wrong, not the first few.")
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
    every: bool,
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
        if source.is_file() and source.name.lower().endswith(DIAGRAMS):
            given = _diagram(work, source, into, place, without_code)
            _say_left_out({given.path: given.brought}, every)
            _keep_diagram(work, who, given, every)
            return
        files = (
            version_bringing.files_in(source) if source.is_dir() else version_bringing.files_of_zip(source.read_bytes())
        )
        tree = version_bringing.given_in(files, work.office, wanted)
        draft = version_bringing.bring(work.office, tree, who, work.now, version=name, in_force_from=begins)
        compared = f"compared with {draft.row.based_on}"
        click.echo(f"Draft {draft.row.id}: {draft.key}, with {len(draft.files)} files, {compared}.")
        for name in [] if source.is_dir() else version_bringing.left_out_of_zip(source.read_bytes()):
            click.echo(f"Left out, because no version holds such a file: {name}")
        _say_left_out(tree.cleaned, every)
        found = work.checked(draft)
        say_problems(found)
        if tree.seal and found.seal == tree.seal:
            click.echo(f"The same seal as where it came from, {tree.seal[:16]}…")


@dataclass(frozen=True)
class _Diagram:
    """A diagram to be brought in: the draft it goes into, its path there, and what came of it."""

    draft: Draft
    path: str
    brought: Brought


def _diagram(work: AtWork, source: Path, into: str, place: str, without_code: bool) -> _Diagram:
    if not into:
        raise Refused("Say with --into which draft the diagram goes into. 'redress policy draft begin' begins one.")
    draft = work.draft(into)
    stem = source.name.lower().removesuffix(next(one for one in DIAGRAMS if source.name.lower().endswith(one)))
    name = f"{snake(stem).replace('_', '-') or 'diagram'}.bpmn"
    same = [path for path in draft.files if path.endswith((f"/{source.name}", f"/{name}"))]
    path = place or next(iter(same), f"workflows/stages/{name}")
    brought = diagram_import.brought(source.read_bytes(), path, without_code=without_code)
    return _Diagram(draft, path, brought)


def _keep_diagram(work: AtWork, who: Person, given: _Diagram, every: bool) -> None:
    """Into the draft, and what is wrong with it there; else why it is not."""
    if given.brought.xml is None:
        _say_problems(given.brought.wrong, every)
        code = " --without-code leaves out what another engine would run." if given.brought.code else ""
        raise Refused(f"The diagram was not brought in.{code}")
    changed = {} if given.draft.files.get(given.path) == given.brought.xml else {given.path: given.brought.xml}
    what = f"diagram {given.path} brought in from a file"
    number = given.draft.row.id
    after = drafting.change(work.office, number, who, work.now, files=changed, numbers=given.draft.numbers, what=what)
    click.echo(f"{given.draft.key}: {what}." if changed else "Nothing changed.")
    for path in changed:
        click.echo(f"  written: {path}")
    _say_problems((Marked("", one) for one in only_problems(work.checked(after).problems)), every)


def _say_problems(problems: Iterable[Marked], every: bool) -> None:
    """The problems, the like together: the first with its file and line, then where the same is."""
    alike = diagram_report.alike(problems)
    for one in alike:
        click.echo(str(one.first.problem))
        others = [diagram_report.place(other) for other in one.others]
        if others:
            click.echo(f"    The same at {'; '.join(others) if every else diagram_report.few(others)}.")
    count = sum(len(one.all) for one in alike)
    click.echo(f"{count} {'problem' if count == 1 else 'problems'}." if count else "No problems.")


def _say_left_out(cleaned: Mapping[str, Brought], every: bool) -> None:
    """What was left out of diagrams of other modelers, and what was changed in them."""
    for path, brought in cleaned.items():
        _say(path, "left out", brought.dropped, every)
        _say(path, "changed", brought.changed, every)
        _say(path, "runs elsewhere as code", brought.code, every)


def _say(path: str, title: str, those: Iterable[Left], every: bool) -> None:
    for kind in diagram_report.kinds(those):
        at = "; ".join(kind.places) if every else diagram_report.few(kind.places)
        click.echo(f"{path}: {title}: {kind.what}: {at}.")
