/**
 * What has no place in a name that is shown on pages, in letters and in logs: controls, line breaks, halves of characters,
 * and what turns the direction of the text around it.
 */
export const unfitForLine = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
