#!/bin/sh
# Brings what the tests need beside Python packages: a PostgreSQL server and Chromium, from Debian's packages.
# It installs only what is missing, and only where it may (root, or sudo that asks nothing). Where it may not, it says
# so and goes on: the tests then say what they could not run.

has_postgresql() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_chromium() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome >/dev/null 2>&1
}

missing=""
has_postgresql || missing="$missing postgresql"
has_chromium || missing="$missing chromium"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Not here, and there is no apt-get to install it:$missing."
    exit 0
elif [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "Not here, and this user may not install packages:$missing."
    echo "An administrator can: apt-get install$missing"
    exit 0
fi

echo "Installing Debian's packages for the tests:$missing (a few minutes the first time) ..."
if ! has_postgresql && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    # The package would start a server of its own; the tests start theirs, so that one is not wanted.
    $as_root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$as_root apt-get update -q
# shellcheck disable=SC2086  # a list of package names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing

has_postgresql || echo "PostgreSQL could not be installed."
has_chromium || echo "Chromium could not be installed."
exit 0
