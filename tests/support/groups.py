"""Which tests one worker of a parallel run does, one after the other, so that they do not take time from one another.

`--dist loadgroup` would do that by marks: with pytest 9.2 it forgets them
(https://github.com/pytest-dev/pytest-xdist/issues/1386).
"""

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/browser/test_demo_in_browser.py": "browser",
    "tests/processes/test_database_away.py": "processes",
    "tests/processes/test_delivered_twice.py": "processes",
    "tests/processes/test_killed.py": "processes",
    "tests/processes/test_killed_among_many.py": "processes",
    "tests/browser/test_page_blocks.py": "browser",
    "tests/browser/test_page_journeys.py": "browser",
    "tests/processes/test_clean_stop.py": "processes",
    "tests/browser/test_home_in_browser.py": "browser",
    "tests/processes/test_serve_process.py": "processes",
    "tests/processes/test_serving_many.py": "processes",
    "tests/conversations/test_privacy.py": "privacy",
}
"""The files whose tests start processes of the bot, or a browser, or look at one thing that takes long to make."""


class Groups(LoadScopeScheduling):
    """Hands out the groups first, then every other test to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return GROUPS.get(nodeid.partition("::")[0], nodeid)
