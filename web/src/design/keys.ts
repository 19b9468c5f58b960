/** What keys mean to the page. It must never know a page. */

/**
 * True where a key is text: inputs, editors (a shadow root hides what is in it: its host says so by
 * `data-typing`), and whatever is open above the page.
 */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return (
    target.closest('input, textarea, select, [data-typing], [role="dialog"], [role="listbox"]') !==
    null
  );
}
