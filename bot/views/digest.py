"""The digest as a team's channel sees it: codes and minutes, staff by id, nothing else."""

from bot.views import words
from bot.views.reply import Reply, actions, button, section
from bot.views.worklist import digest_line, near_pages
from jobs.calendar import business_days_left
from jobs.digests import Digest

POST_NOW = "digest_post_now"
PAGE = "digest_page"


def digest_messages(digest: Digest) -> list[Reply]:
    """The digest: one message, and where the list is longer, those that continue it in the thread."""
    title = f"{digest.team.name} · {words.month_name(digest.month.month)}"
    month = digest.month
    so_far = (
        f"Billable now: {month.billable_patients} of {words.listed(month.enrolled_patients, 'enrolled patient')} "
        f"({month.capture_percent} %) · expected payment {words.money(month.expected_cents)}"
    )
    if not digest.worklist.near and not digest.worklist.blocked:
        return [digest_line(title, so_far)]
    days = business_days_left(digest.practice.local_date(digest.at))
    lines = [f"*{words.listed(days, 'business day')} left* to reach the next code.", so_far]
    return near_pages(digest.worklist, title=title, lines=lines, staff=str)


def digest_preview(digest: Digest, *, next_post: str) -> list[Reply]:
    """What the digest would say now, when the next one comes, and a button to post it now."""
    messages = digest_messages(digest)
    first = messages[0]
    when = f"*Preview for <#{digest.team.channel_id}>.* Next digest: {next_post}."
    post = actions(button("Post now", POST_NOW, {"team": digest.team.name}))
    preview = Reply(f"Preview. {first.text}", (section(when), *first.blocks, post))
    return [preview, *messages[1:]]
