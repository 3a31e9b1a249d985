"""How many examples hypothesis tries; `make test-slow` says `--hypothesis-profile thorough`."""

from hypothesis import settings

THOROUGH = "thorough"
settings.register_profile(THOROUGH, max_examples=400)


def examples(thorough: int) -> int:
    """So many in the profile ``thorough``, and a quarter of them in every other."""
    return thorough if settings.get_current_profile_name() == THOROUGH else thorough // 4
