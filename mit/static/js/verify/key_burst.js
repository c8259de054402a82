// A hand-held scanner types faster than any person; what it types beside the field belongs into it.
const LONGEST_GAP_MS = 100;
const FEWEST_KEYS = 4;
const takesKeys = (element) => element?.matches?.("input:not([type=file]), textarea, select, [contenteditable]") ?? false;

/** Lead bursts of keys that come anywhere on the page into `field`. */
export function leadBurstsInto(field) {
  let typed = "", last = 0;
  document.addEventListener("keydown", (event) => {
    const { key, timeStamp } = event;
    if (takesKeys(document.activeElement) || event.ctrlKey || event.altKey || event.metaKey || [...key].length !== 1) return;
    typed = timeStamp - last > LONGEST_GAP_MS ? key : typed + key;
    last = timeStamp;
    if (typed.length < FEWEST_KEYS) return;
    event.preventDefault();
    field.value = typed;
    typed = "";
    field.focus();
  });
}
