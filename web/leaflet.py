"""The leaflet for residents of a version: a page fit for printing, and a tagged PDF."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("leaflet", __name__, url_prefix="/policies")
