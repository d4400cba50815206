/** What the pages' scripts find in `globalThis` beside what browsers bring: Django's catalogue of translations. */

/** A sentence in the page's language. */
declare function gettext(sentence: string): string;

/** One of two sentences in the page's language, by number. */
declare function ngettext(one: string, several: string, n: number): string;

/** A sentence in the page's language, told apart from its like by `context`. */
declare function pgettext(context: string, sentence: string): string;

/** Fills `%(name)s` from an object when `named`, else `%s` in their order. */
declare function interpolate(sentence: string, values: Record<string, unknown>, named: true): string;
declare function interpolate(sentence: string, values: unknown[], named?: false): string;

/** Where browsers read codes in pictures themselves (Chromium on Android). */
declare class BarcodeDetector {
  constructor(options?: { formats: string[] });
  static getSupportedFormats(): Promise<string[]>;
  detect(source: ImageBitmapSource): Promise<{ rawValue: string; format: string }[]>;
}

/** As the forms of the administration import it: they have no import map. */
declare module "*/vendor/maplibre/maplibre-gl.mjs" {
  export * from "maplibre-gl";
}

/** The lamp beside a phone's camera, which Chromium on Android can switch. */
interface MediaTrackConstraintSet {
  torch?: boolean;
}
interface MediaTrackCapabilities {
  torch?: boolean;
}
