/** What keys mean to the page. It must never know a page. */

/** True where a key is text: inputs, editors, and whatever is open above the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.closest('input, textarea, select, [role="dialog"], [role="listbox"]') !== null;
}
