"""What may be wrong with Slack: the tokens, their scopes, the clock, the teams' channels."""

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.doctor.findings import Finding, Setup, ok, problem, warning
from bot.manifest import bot_scopes
from ledger.roster import Team, teams

CLOCK_WARNING_SECONDS, CLOCK_PROBLEM_SECONDS = 10, 120
"""Slack's signatures are taken for five minutes; digests come by our clock and are found again by Slack's."""
_AGAIN = "paste manifest.yml into the app's settings (https://api.slack.com/apps, App Manifest) and install it again"


def token_is_taken(setup: Setup) -> Iterator[Finding]:
    """Whether Slack takes the bot token, and whose it is."""
    said = setup.identity
    yield ok("SLACK_TOKEN", f"Slack takes the bot token: {said['user']} in the workspace {said['team_id']}.")


def requests_can_come_in(setup: Setup) -> Iterator[Finding]:
    """Whether there is a way in, by Socket Mode or by HTTP."""
    settings = setup.settings
    if settings.slack_app_token and settings.slack_app_token.get_secret_value():
        WebClient(base_url=settings.api_base_url).apps_connections_open(
            app_token=settings.slack_app_token.get_secret_value()
        )
        yield ok("SOCKET_MODE", "Slack takes the app token: ccm serve can connect by Socket Mode.")
    if settings.slack_signing_secret and settings.slack_signing_secret.get_secret_value():
        yield ok("HTTP_MODE", "SLACK_SIGNING_SECRET is set: ccm serve --http can check what Slack signs.")
    elif not settings.slack_app_token:
        yield problem(
            "NO_WAY_IN",
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: Slack cannot reach the bot.",
            "For Socket Mode set SLACK_APP_TOKEN=xapp-…, for ccm serve --http SLACK_SIGNING_SECRET=0123abcd…",
        )


def scopes_are_those_of_the_manifest(setup: Setup) -> Iterator[Finding]:
    """Whether the token may do what the manifest asks for, and no more."""
    wanted = set(bot_scopes())
    has = {scope.strip() for scope in setup.headers.get("x-oauth-scopes", "").split(",")} - {""}
    if missing := sorted(wanted - has):
        yield problem("SCOPES_MISSING", f"The bot token lacks {', '.join(missing)}.", f"To add them, {_AGAIN}.")
    elif more := sorted(has - wanted):
        yield warning(
            "SCOPES_UNUSED", f"The bot token may more than it needs: {', '.join(more)}.", f"To drop them, {_AGAIN}."
        )
    else:
        yield ok("SCOPES", f"The token has the {len(wanted)} scopes of the manifest.")


def clock_is_right(setup: Setup) -> Iterator[Finding]:
    """Whether this machine's clock agrees with Slack's."""
    slack = parsedate_to_datetime(setup.headers["date"]).astimezone(UTC)
    seconds = round((setup.now() - slack).total_seconds())
    how = f"{abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} Slack's"
    remedy = "Let the machine keep time, for example: timedatectl set-ntp true; then look: timedatectl status"
    if abs(seconds) > CLOCK_PROBLEM_SECONDS:
        yield problem("CLOCK_WRONG", f"This machine's clock is {how}: Slack's requests may be refused as old.", remedy)
    elif abs(seconds) > CLOCK_WARNING_SECONDS:
        yield warning("CLOCK_OFF", f"This machine's clock is {how}.", remedy)
    else:
        yield ok("CLOCK", "This machine's clock agrees with Slack's.")


def workspace_has_a_practice(setup: Setup) -> Iterator[Finding]:
    """Whether the workspace of the token is a practice of the ledger."""
    workspace = str(setup.identity["team_id"])
    if workspace in {practice.practice_id for practice in setup.practices}:
        yield ok("PRACTICE", f"The ledger has the practice of {workspace}.")
    else:
        yield problem(
            "PRACTICE_UNKNOWN",
            f"This ledger has no practice for the workspace {workspace}.",
            f'Run: ccm init --workspace {workspace} --timezone America/New_York --name "My practice"',
        )


def channels_can_be_posted_in(setup: Setup) -> Iterator[Finding]:
    """Whether each team's channel is there and the bot is in it."""
    workspace = str(setup.identity["team_id"])
    with setup.database.of(workspace).reading() as connection:
        known = teams(connection, workspace)
    for team in known:
        if team.channel_id:
            yield _channel(setup.client, team)
        else:
            yield warning(
                "TEAM_WITHOUT_CHANNEL", f"{team.name} has no channel for its digests.", f"Type: /ccm team {team.name}"
            )


def _channel(client: WebClient, team: Team) -> Finding:
    where = f"The channel {team.channel_id} of {team.name}"
    try:
        channel = client.conversations_info(channel=team.channel_id)["channel"]
    except SlackApiError as error:
        reason = str(error.response.get("error"))
        if reason == "missing_scope":
            return warning("CHANNEL_NOT_EXAMINED", f"{where} cannot be looked at.", f"First {_AGAIN}.")
        return problem(
            "CHANNEL_GONE",
            f"{where} is not there, or it is private and the bot is not in it ({reason}).",
            f"Type in it: /invite @CCM Ledger. Or choose another: /ccm team {team.name}",
        )
    if channel.get("is_archived"):
        return problem("CHANNEL_ARCHIVED", f"{where} is archived.", f"Choose another: /ccm team {team.name}")
    if not channel.get("is_member"):
        return problem(
            "BOT_NOT_IN_CHANNEL",
            f"The bot is not in {team.channel_id} of {team.name}.",
            "Type in it: /invite @CCM Ledger",
        )
    return ok("CHANNEL", f"The bot is in {team.channel_id} of {team.name}.")
