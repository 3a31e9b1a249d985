"""What may be wrong with Slack: the tokens, their scopes, the clock, the teams' channels."""

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.config import required
from bot.doctor.findings import Finding, Setup, Visit, ok, problem, warning
from bot.messages.channels import is_shared
from bot.oauth.key_rotation import check_keys
from bot.oauth.store import Installations
from bot.slack.manifest import bot_scopes
from bot.slack.refusals import SHARED, reason_of, refusal_of
from ledger.roster.directory import Team, teams

CLOCK_WARNING_SECONDS, CLOCK_PROBLEM_SECONDS = 10, 120
"""Slack's signatures are taken for five minutes; digests come by our clock and are found again by Slack's."""
_AGAIN = "paste manifest.yml into the app's settings (https://api.slack.com/apps, App Manifest) and install it again"


def tokens_are_taken(setup: Setup) -> Iterator[Finding]:
    """Yield whether Slack takes the bot token.

    The one of the settings, or that of each workspace that installed the app.
    """
    if setup.installations is None:
        yield _visited(setup, setup.web(required(setup.settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…")))
    else:
        yield from _installations(setup, setup.installations)


def _visited(setup: Setup, client: WebClient) -> Finding:
    visit = Visit(client, client.auth_test())
    setup.visits.append(visit)
    return ok("SLACK_TOKEN", f"Slack takes the bot token: {visit.said['user']} in the workspace {visit.practice_id}.")


def _installations(setup: Setup, installations: Installations) -> Iterator[Finding]:
    check_keys(setup.database, installations.seal)
    practice_ids = installations.practice_ids()
    if practice_ids:
        yield ok("INSTALLATIONS", f"{len(practice_ids)} workspaces have the app; CCM_TOKEN_KEYS opens their tokens.")
    else:
        remedy = f"Open {installations.app.install_url}"
        yield warning("NOT_INSTALLED", "No workspace has installed the app yet.", remedy)
    for practice_id in practice_ids:
        try:
            yield _visited(setup, installations.client_of(practice_id))
        except SlackApiError as error:
            yield problem(
                "TOKEN_REFUSED",
                f"Slack refuses the token of {practice_id} ({reason_of(error)}).",
                f"Somebody who may add apps there installs it again: {installations.app.install_url}",
            )


def requests_can_come_in(setup: Setup) -> Iterator[Finding]:
    """Yield whether there is a way in, by Socket Mode or by HTTP."""
    settings = setup.settings
    app_token = required(settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-…") if settings.slack_app_token else ""
    by_socket = bool(app_token) and setup.installations is None
    if by_socket:
        setup.web(None).apps_connections_open(app_token=app_token)
        yield ok("SOCKET_MODE", "Slack takes the app token: ccm serve can connect by Socket Mode.")
    if settings.slack_signing_secret and settings.slack_signing_secret.get_secret_value():
        yield ok("HTTP_MODE", "SLACK_SIGNING_SECRET is set: ccm serve --http can check what Slack signs.")
    elif not by_socket:
        yield problem(
            "NO_WAY_IN",
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: Slack cannot reach the bot.",
            "For Socket Mode set SLACK_APP_TOKEN=xapp-…, for ccm serve --http SLACK_SIGNING_SECRET=0123abcd…",
        )


def scopes_are_those_of_the_manifest(setup: Setup) -> Iterator[Finding]:
    """Yield whether each token may do what the manifest asks for, and no more."""
    wanted = set(bot_scopes())
    for visit in setup.visits:
        has = {scope.strip() for scope in visit.headers.get("x-oauth-scopes", "").split(",")} - {""}
        whose = f"The bot token of {visit.practice_id}"
        if missing := sorted(wanted - has):
            yield problem("SCOPES_MISSING", f"{whose} lacks {', '.join(missing)}.", f"To add them, {_AGAIN}.")
        elif more := sorted(has - wanted):
            drop = f"To drop them, {_AGAIN}."
            yield warning("SCOPES_UNUSED", f"{whose} may more than it needs: {', '.join(more)}.", drop)
        else:
            yield ok("SCOPES", f"{whose} has the {len(wanted)} scopes of the manifest.")


def clock_is_right(setup: Setup) -> Iterator[Finding]:
    """Yield whether this machine's clock agrees with Slack's."""
    if not setup.visits:
        return
    slack = parsedate_to_datetime(setup.visits[0].headers["date"]).astimezone(UTC)
    seconds = round((setup.now() - slack).total_seconds())
    how = f"{abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} Slack's"
    remedy = "Let the machine keep time, for example: timedatectl set-ntp true; then look: timedatectl status"
    if abs(seconds) > CLOCK_PROBLEM_SECONDS:
        yield problem("CLOCK_WRONG", f"This machine's clock is {how}: Slack's requests may be refused as old.", remedy)
    elif abs(seconds) > CLOCK_WARNING_SECONDS:
        yield warning("CLOCK_OFF", f"This machine's clock is {how}.", remedy)
    else:
        yield ok("CLOCK", "This machine's clock agrees with Slack's.")


def workspaces_have_a_practice(setup: Setup) -> Iterator[Finding]:
    """Yield whether the workspace of each token is a practice of the ledger."""
    known = {practice.practice_id for practice in setup.practices}
    for visit in setup.visits:
        if visit.practice_id in known:
            yield ok("PRACTICE", f"The ledger has the practice of {visit.practice_id}.")
        else:
            yield problem(
                "PRACTICE_UNKNOWN",
                f"This ledger has no practice for the workspace {visit.practice_id}.",
                f'Run: ccm init --workspace {visit.practice_id} --timezone America/New_York --name "My practice"',
            )


def channels_can_be_posted_in(setup: Setup) -> Iterator[Finding]:
    """Yield whether each team's channel is there and the bot is in it."""
    for visit in setup.visits:
        with setup.database.of(visit.practice_id).reading() as connection:
            known = teams(connection, visit.practice_id)
        for team in known:
            if team.channel_id:
                yield _channel(visit.client, team)


def _channel(client: WebClient, team: Team) -> Finding:
    where = f"The channel {team.channel_id} of {team.name}"
    try:
        channel = client.conversations_info(channel=team.channel_id)["channel"]
    except SlackApiError as error:
        reason = reason_of(error)
        if reason == "missing_scope":
            return warning("CHANNEL_NOT_EXAMINED", f"{where} cannot be looked at.", f"First {_AGAIN}.")
        return problem(
            "CHANNEL_GONE",
            f"{where} is not there, or it is private and the bot is not in it ({reason}).",
            f"Type in it: /invite @CCM Ledger. Or choose another: /ccm team {team.name}",
        )
    if channel.get("is_archived"):
        return problem("CHANNEL_ARCHIVED", f"{where} is archived.", f"Choose another: /ccm team {team.name}")
    if is_shared(channel):
        row = refusal_of(SHARED)
        return problem("CHANNEL_SHARED", f"{where}: {row.words}", f"Choose another: /ccm team {team.name}")
    if not channel.get("is_member"):
        return problem(
            "BOT_NOT_IN_CHANNEL",
            f"The bot is not in {team.channel_id} of {team.name}.",
            "Type in it: /invite @CCM Ledger",
        )
    return ok("CHANNEL", f"The bot is in {team.channel_id} of {team.name}.")
