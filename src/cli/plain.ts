/** Much of it was typed by strangers: nothing in it may move the cursor of whoever reads, or turn what stands beside it. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
