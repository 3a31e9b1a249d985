// table blocks. https://docs.slack.dev/reference/block-kit/blocks/table-block
import { h } from "./dom.js";
import { richText } from "./richtext.js";

function cellContent(cell) {
  if (cell.type === "rich_text") return richText(cell);
  if (cell.type === "raw_number") return cell.text ?? String(cell.value);
  return cell.text;
}

function cell(content, tag, settings) {
  const classes = [`align-${settings?.align ?? "left"}`, settings?.is_wrapped ? "wrapped" : "unwrapped"];
  if (content.type === "raw_number") classes.push("number");
  return h(tag, { class: classes.join(" "), scope: tag === "th" ? "col" : null }, cellContent(content));
}

/** A table whose first row is its heading. It scrolls sideways on its own when it is wider than the message. */
export function table(block) {
  const settings = block.column_settings ?? [];
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((content, column) => cell(content, tag, settings[column])),
    );
  const [heading, ...body] = block.rows;
  return h(
    "div",
    { class: "table-scroll", role: "region", "aria-label": "Table", tabindex: 0 },
    h(
      "table",
      { class: "slack-table" },
      h("thead", {}, row(heading, "th")),
      h(
        "tbody",
        {},
        body.map((cells) => row(cells, "td")),
      ),
    ),
  );
}
