"""The blueprint of a draft's diagrams, which three modules add their pages to."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("studio_diagram", __name__, url_prefix="/studio/<int:draft_id>/diagram")
