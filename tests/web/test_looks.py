"""The pages in a real browser: nothing axe finds, nothing wider than a telephone, everything without JavaScript."""

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "seven grey herons stood there"  # everybody's, see conftest.py
PAGES = ("/account", "/people", "/people/add", "/people/areas", "/people/4", "/nowhere")


def sign_in(page, address, name):
    page.goto(f"{address}/sign-in")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_every_page_of_the_base_is_accessible_and_fits(request, viewport, app, serve, accessibility_faults):
    browser, address = request.getfixturevalue(viewport), serve(app)
    browser.goto(f"{address}/sign-in")
    assert accessibility_faults(browser) == []
    sign_in(browser, address, "admin")
    for path in PAGES:
        browser.goto(f"{address}{path}")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_person_is_added_and_given_a_role_without_javascript(app, serve, open_page):
    app.config["WTF_CSRF_ENABLED"] = True
    browser, address = open_page(java_script_enabled=False), serve(app)
    sign_in(browser, address, "admin")
    browser.get_by_role("button", name="Add a person").click()
    browser.get_by_role("button", name="Add the person").click()
    browser.get_by_role("link", name="Enter the person's name").click()
    assert browser.url.endswith("#name")
    browser.get_by_label("Name", exact=True).fill("Noor New")
    browser.get_by_label("Sign-in name").fill("n.new")
    browser.get_by_label("E-mail address").fill("noor@example.org")
    browser.get_by_label("Works on complaints").check()
    browser.get_by_role("button", name="Add the person").click()
    browser.get_by_role("link", name="Give Noor New roles").click()
    browser.get_by_label("Role", exact=True).select_option("Service manager, South Essex Homes")
    browser.get_by_label("For which service area?").select_option("Repairs")
    browser.get_by_role("button", name="Give the role").click()
    browser.get_by_role("cell", name="Service manager, South Essex Homes: Repairs", exact=True).wait_for()
    browser.get_by_role("button", name="Sign out").click()
    browser.get_by_text("You have signed out.").wait_for()
