"""The web application: `create_app(settings)` puts the pages, the guard and the safety headers together.

Pages are blueprints in modules of their own; to add one, name its module in `PAGES` and, if people should find it in
the navigation, add a line to `NAVIGATION`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from importlib import import_module

from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.wrappers import Response

from engine import office, publishing
from engine.office import Office
from engine.store import database
from web import access, border, current, errors, seen_by, uploads, wording
from web.current import AtWork, Settings

MOST_BYTES = 1024 * 1024  # of one request; the longest form is a few pages of text
SIGNED_IN_FOR = timedelta(hours=12)

PAGES = (
    *("web.sign_in", "web.people", "web.inbox", "web.tasks", "web.happenings"),
    *("web.cases", "web.complaints", "web.corrections", "web.moves", "web.policies"),
    *("web.contacts", "web.documents", "web.came_back", "web.pass_on", "web.letters", "web.outgoing"),
    *("web.studio_forms", "web.studio_letters", "web.studio_decisions", "web.studio_examples"),
    *(
        "web.studio_diagram",
        "web.studio_drafts",
        "web.studio_stages",
        "web.studio_stage",
        "web.studio_times",
        "web.studio_roles",
        "web.studio_counting",
    ),
    *(
        "web.studio_publish",
        "web.studio_head",
        "web.studio_withdrawal",
        "web.studio_text",
        "web.studio_files",
        "web.studio_problems",
    ),
    *("web.studio_changes", "web.policy_comparison", "web.leaflet", "web.policy_files", "web.calendars"),
    *("web.studio_impact", "web.policy_moves"),
    *("web.record", "web.seen_by", "web.disposal"),
    *("web.compliance", "web.governance", "web.proof"),
    *("web.find", "web.side_by_side", "web.conformance", "web.checkpoints"),
    *("web.monitoring", "web.monitoring_cases", "web.monitoring_homes"),
)
"""The modules that hold a blueprint called `pages`."""

NAVIGATION = (
    ("Compliance", "compliance.page", "compliance"),
    ("Inbox", "inbox.page", "case_reader"),
    ("Log a complaint", "complaints.page", "caseworker"),
    ("Find a case", "cases.find", "case_reader"),
    ("Outgoing letters", "outgoing.page", "case_reader"),
    ("People", "people.page", "administrator"),
    ("Moving cases", "policy_moves.setting", "administrator"),
    ("Homes", "monitoring_homes.page", "administrator"),
    ("Disposal", "disposal.page", "records"),
    ("Policy studio", "studio.page", "studio"),
    ("Pass on a complaint", "pass_on.page", "signed_in"),
    ("Policies", "policies.page", "signed_in"),
    ("Calendars", "calendars.page", "studio"),
)
"""Words, endpoint, and the right that shows it. An endpoint nobody has registered is left out."""

POLICY_OF_CONTENT = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(settings: Settings, opened: Office | None = None) -> Flask:
    """The application for one installation: the office given, else the one of the settings, opened and migrated.

    Raises RuntimeError when a route does not say who may use it.
    """
    app = Flask(__name__)
    app.request_class = border.PlainRequest
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        SESSION_COOKIE_NAME="__Host-redress" if settings.is_https else "redress",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        WTF_CSRF_SSL_STRICT=settings.is_https,
    )
    app.extensions["redress"] = AtWork(settings, opened or open_office(settings))
    dress(app, is_demo=settings.is_demo)
    errors.register(app)
    app.before_request(border.refuse_strange_addresses)
    app.before_request(current.load_person)  # before the token is checked, so that its error page knows the person
    app.before_request(uploads.allow_more)  # before the token is checked too, for that reads the form
    CSRFProtect(app)
    for name in PAGES:
        app.register_blueprint(import_module(name).pages)
    app.add_url_rule("/", "start", start)
    access.may("anyone")(app.view_functions["static"])
    app.before_request(access.guard)
    app.after_request(safe_headers)
    app.after_request(seen_by.note)  # runs before the line above: what it answers in its place has the headers too
    if undecided := list(access.open_doors(app)):
        raise RuntimeError(f"These routes do not say who may use them: {', '.join(undecided)}. Add @may(...).")
    return app


def open_office(settings: Settings) -> Office:
    """Open the database, bring its schema up to date, and read the versions sealed in it."""
    opened = database.open_database(settings.database_url)
    database.migrate(opened)
    return office.open_office(opened, publishing.shipped(settings.library), settings.clock())[0]


@access.may("signed_in")
def start() -> Response:
    """The start page is the first page of the navigation that the person may use."""
    return redirect(next((str(item["href"]) for item in navigation()), url_for("sign_in.account")))


def navigation() -> list[dict[str, object]]:
    """The navigation for the person signed in: what they may use, and where they are."""
    return [
        {"text": words, "href": url_for(endpoint), "active": _is_here(endpoint)}
        for words, endpoint, who in NAVIGATION
        if endpoint in current_app.view_functions and access.holds(g.get("person"), who)
    ]


def _is_here(endpoint: str) -> bool:
    """Whether the page asked for belongs to that line of the navigation: the same blueprint, or an address below it."""
    return endpoint.partition(".")[0] == request.blueprint or request.path.startswith(f"{url_for(endpoint)}/")


def csp_nonce() -> str:
    """The word that lets this answer's own inline script run, new for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def safe_headers(response: Response) -> Response:
    """What every answer tells the browser about safety. Pages are never kept in a cache; static files may be."""
    put = response.headers.setdefault
    put("Content-Security-Policy", POLICY_OF_CONTENT.format(nonce=csp_nonce()))
    put("X-Content-Type-Options", "nosniff")
    put("X-Frame-Options", "DENY")
    put("Referrer-Policy", "same-origin")
    put("Cross-Origin-Opener-Policy", "same-origin")
    put("Cross-Origin-Resource-Policy", "same-origin")
    put("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        put("Strict-Transport-Security", "max-age=31536000")
    return response


def dress(app: Flask, *, is_demo: bool = False) -> None:
    """Templates: GOV.UK's macros beside ours, the words for dates and states, and what every page needs to know."""
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([PackageLoader("web"), govuk])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(wording.FILTERS)
    app.jinja_env.globals.update(navigation=navigation, csp_nonce=csp_nonce, is_demo=is_demo)
