// Places a popover beside what opened it, within the window.

const GAP = 4;

/** Puts `popover` under `anchor` (above it where there is no room), aligned to its "start" or "end" edge. */
export function place(popover, anchor, { align = "start", matchWidth = false } = {}) {
  const edge = anchor.getBoundingClientRect();
  if (matchWidth) popover.style.minWidth = `${edge.width}px`;
  const { width, height } = popover.getBoundingClientRect();
  const below = window.innerHeight - edge.bottom - GAP;
  const top = height > below && edge.top > below ? Math.max(GAP, edge.top - height - GAP) : edge.bottom + GAP;
  const left = align === "end" ? edge.right - width : edge.left;
  popover.style.top = `${top}px`;
  popover.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
}
