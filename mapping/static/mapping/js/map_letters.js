/**
 * The letters on every map. There are no glyphs to fetch: MapLibre draws with system fonts, and reads the weight out of
 * the first family's name; the others are what Windows, macOS, Linux and phones have.
 */
export const REGULAR = [
  "Label Regular",
  "PingFang SC",
  "Microsoft YaHei",
  "Noto Sans CJK SC",
  "Noto Sans",
  "sans-serif",
];
export const BOLD = ["Label Bold", ...REGULAR.slice(1)];
