"""``python -m bot`` is ``ccm``."""

from bot.cli import main

main()
