/** The largest number that a gateway sends has 19 digits, and its data is two levels deep. */
const MAX_NUMBER_LENGTH = 64;
const MAX_DEPTH = 32;

/** Sticky and without backtracking, so that each character is read once. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** The relevant characters between strings. */
const TOKEN = /["[{\]}\-\d]/g;

/**
 * Puts every number in quotes, rewritten by `spell`. Null if a string is not terminated, a number is longer than 64
 * characters, or the nesting is deeper than 32; JSON.parse rejects anything else that is not JSON.
 */
export function quoteNumbers(text: string, spell: (digits: string) => string): string | null {
  const parts: string[] = [];
  let depth = 0;
  let copied = 0;
  let at = nextToken(text, 0);
  while (at < text.length) {
    const character = text[at];
    let end = at + 1;
    if (character === '"') {
      end = endOfString(text, at);
    } else if (character === '[' || character === '{') {
      depth += 1;
    } else if (character === ']' || character === '}') {
      depth -= 1;
    } else {
      const digits = numberAt(text, at);
      if (digits === null || digits.length > MAX_NUMBER_LENGTH) return null;
      end = at + digits.length;
      parts.push(text.slice(copied, at), `"${spell(digits)}"`);
      copied = end;
    }
    if (end > text.length || depth > MAX_DEPTH) return null;
    at = nextToken(text, end);
  }
  return parts.join('') + text.slice(copied);
}

function nextToken(text: string, from: number): number {
  TOKEN.lastIndex = from;
  return TOKEN.exec(text)?.index ?? text.length;
}

/** Null for a minus sign without digits. */
function numberAt(text: string, at: number): string | null {
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? null;
}

/** The index after the closing quote; beyond the text's end if there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at += 1;
  }
  return text.length + 1;
}
