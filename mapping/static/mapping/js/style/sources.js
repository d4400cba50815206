/** Where the layers' data come from, and from which zoom on it is what. */
import { chosenKind, chosenOpacity } from "mapping/basemap/choice";
import { OWN_BASEMAP, basemapSource, opacities } from "mapping/basemap/style";
import { config } from "web/config";

/** Cells give way to single assets from this zoom on (the contract of /tiles/assets). */
export const ASSETS_FROM = 14;
const ASSET_TILES_UP_TO = 16;
const PLACE_TILES_UP_TO = 14;

/** Whether this is the base map that was chosen. @param {import("mapping/basemap/choice").Kind} kind */
export const shows = (kind) => chosenKind() === kind;

/** Tiles of the assets that the filter leaves. MapLibre's worker wants whole addresses. @param {string} query */
export const assetTiles = (query) => [location.origin + config.urls.tiles + (query ? `?${query}` : "")];

/** Every source of the map. @param {string} query the filter @returns {Record<string, import("maplibre-gl").SourceSpecification>} */
export const mapSources = (query) => ({
  ...(shows("own") && config.ownBasemap && { [OWN_BASEMAP]: basemapSource(config.ownBasemap) }),
  ...(shows("tiles") &&
    config.basemap && {
      basemap: {
        type: "raster",
        tiles: config.basemap.tiles,
        tileSize: config.basemap.tileSize ?? 256,
        attribution: config.basemap.attribution ?? "",
      },
    }),
  places: {
    type: "vector",
    tiles: [location.origin + config.urls.places],
    maxzoom: PLACE_TILES_UP_TO,
    promoteId: { areas: "code" },
    attribution: config.roadsCredit,
  },
  assets: { type: "vector", tiles: assetTiles(query), maxzoom: ASSET_TILES_UP_TO },
  selection: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
  focus: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
});

/** The base map from elsewhere, as a layer; none when another one was chosen. @returns {import("maplibre-gl").LayerSpecification[]} */
export const rasterLayers = () =>
  shows("tiles")
    ? [
        {
          id: "basemap",
          type: "raster",
          source: "basemap",
          paint: { "raster-saturation": -0.5, "raster-opacity": rasterOpacity() },
        },
      ]
    : [];

/** Fainter than it comes, so that what is ours stands out. */
const rasterOpacity = () => 0.8 * chosenOpacity();

/** What `setPaintProperty` takes to have the base map as strong as it is chosen. @returns {import("mapping/basemap/style").Opacity[]} */
export const basemapOpacities = (palette) =>
  shows("own")
    ? opacities(palette, chosenOpacity()).flatMap(([layer, ...how]) =>
        layer === "own-road-name"
          ? [
              [layer, ...how],
              [nearly(layer), ...how],
            ]
          : [[layer, ...how]],
      )
    : shows("tiles")
      ? [["basemap", "raster-opacity", rasterOpacity()]]
      : [];

/** What a layer of names is called where it lies above single assets. @param {string} layer */
export const nearly = (layer) => `${layer}-near`;
