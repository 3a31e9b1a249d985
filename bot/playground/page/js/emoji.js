// The emoji a work bot uses. A name that is not here is shown as it was written, colons and all.

const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", wave: "👋", pray: "🙏", clap: "👏", muscle: "💪", eyes: "👀",
  raised_hands: "🙌", point_right: "👉", point_left: "👈", point_up: "☝️", point_down: "👇", ok_hand: "👌",
  smile: "😄", slightly_smiling_face: "🙂", grin: "😁", thinking_face: "🤔", sweat_smile: "😅", tada: "🎉", sparkles: "✨",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎",
  warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", exclamation: "❗", question: "❓",
  grey_question: "❔", bangbang: "‼️", information_source: "ℹ️", bulb: "💡", rotating_light: "🚨", bell: "🔔", no_bell: "🔕",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵",
  large_purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩", large_yellow_square: "🟨",
  large_red_square: "🟥", white_large_square: "⬜", black_large_square: "⬛", white_small_square: "▫️",
  stopwatch: "⏱️", timer_clock: "⏲️", hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", watch: "⌚",
  clock1: "🕐", clock2: "🕑", clock3: "🕒", clock9: "🕘", clock12: "🕛", date: "📅", calendar: "📆", spiral_calendar_pad: "🗓️",
  moneybag: "💰", dollar: "💵", heavy_dollar_sign: "💲", receipt: "🧾", chart_with_upwards_trend: "📈", bar_chart: "📊",
  memo: "📝", pencil: "📝", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄", file_folder: "📁", paperclip: "📎",
  bookmark_tabs: "📑", ledger: "📒", books: "📚", inbox_tray: "📥", outbox_tray: "📤", package: "📦", email: "📧",
  phone: "☎️", telephone_receiver: "📞", iphone: "📱", video_camera: "📹", speech_balloon: "💬", mailbox: "📫", mega: "📣",
  hospital: "🏥", pill: "💊", stethoscope: "🩺", syringe: "💉", thermometer: "🌡️", heart: "❤️", drop_of_blood: "🩸",
  nurse: "🧑‍⚕️", bust_in_silhouette: "👤", busts_in_silhouette: "👥", house: "🏠", key: "🔑", lock: "🔒", unlock: "🔓",
  mag: "🔍", link: "🔗", gear: "⚙️", wrench: "🔧", robot_face: "🤖", rocket: "🚀", zap: "⚡", fire: "🔥", star: "⭐",
  trophy: "🏆", dart: "🎯", checkered_flag: "🏁", triangular_flag_on_post: "🚩", pushpin: "📌", recycle: "♻️", wastebasket: "🗑️",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁",
  leftwards_arrow_with_hook: "↩️", heavy_plus_sign: "➕", heavy_minus_sign: "➖", small_blue_diamond: "🔹", "100": "💯",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", sunny: "☀️", coffee: "☕", zzz: "💤", snail: "🐌",
};

/** The character of an emoji name, or null. Skin tones are ignored. */
export function emoji(name) {
  const base = name.split("::")[0];
  return Object.hasOwn(EMOJI, base) ? EMOJI[base] : null;
}
