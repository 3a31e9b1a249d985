"""Uploaded pictures in image blocks (https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object)."""

from collections.abc import Mapping

from bot.playground.errors import SlackError
from bot.playground.files import PICTURE_TYPES, StoredFile
from bot.playground.settings import JSON
from bot.playground.workspace import Workspace


def pictures_in(workspace: Workspace, blocks: list[JSON]) -> Mapping[int, StoredFile]:
    """Return the uploaded files that image blocks show, by the index of the block.

    Raises:
        SlackError: `invalid_blocks` for a file that is not known, not uploaded completely, or no picture.
    """
    found: dict[int, StoredFile] = {}
    for index, block in enumerate(blocks):
        if block.get("slack_file") is not None:
            file = workspace.files.find(_id_of(block["slack_file"]))
            if file is None or not file.shared or file.extension not in PICTURE_TYPES:
                raise refused_picture(index)
            found[index] = file
    return found


def refused_picture(index: int) -> SlackError:
    """Return Slack's refusal of the picture in the block of this index."""
    words = f"invalid slack file [json-pointer:/blocks/{index}/slack_file]"
    return SlackError("invalid_blocks", [f"[ERROR] {words}"], extra={"errors": [words]})


def _id_of(slack_file: JSON) -> str:
    """Return the file's id: given as such, or the part behind `/files/` of the address this Slack gave it."""
    if "id" in slack_file:
        return str(slack_file["id"])
    return str(slack_file["url"]).partition("/files/")[2].partition("/")[0]
