// Albers equal-area conic on the sphere, the usual look of national maps (Snyder 1987, Map Projections, §14).

const RADIUS_M = 6371007.2; // sphere of the same area as WGS-84
const RADIANS = Math.PI / 180;
const PARALLELS = [25, 47];
const MERIDIAN = 105;
const ORIGIN_LAT = 35;

export function albersCrs(L) {
  const n = (Math.sin(PARALLELS[0] * RADIANS) + Math.sin(PARALLELS[1] * RADIANS)) / 2;
  const c = Math.cos(PARALLELS[0] * RADIANS) ** 2 + 2 * n * Math.sin(PARALLELS[0] * RADIANS);
  const rho = (lat) => (RADIUS_M * Math.sqrt(Math.max(0, c - 2 * n * Math.sin(lat * RADIANS)))) / n;
  const rhoOrigin = rho(ORIGIN_LAT);

  const projection = {
    bounds: L.bounds([-2e7, -2e7], [2e7, 2e7]),
    project({ lng, lat }) {
      const theta = n * (lng - MERIDIAN) * RADIANS;
      return L.point(rho(lat) * Math.sin(theta), rhoOrigin - rho(lat) * Math.cos(theta));
    },
    unproject({ x, y }) {
      const radius = Math.hypot(x, rhoOrigin - y);
      const sine = (c - ((radius * n) / RADIUS_M) ** 2) / (2 * n);
      const theta = Math.atan2(x, rhoOrigin - y);
      return L.latLng(Math.asin(Math.max(-1, Math.min(1, sine))) / RADIANS, MERIDIAN + theta / n / RADIANS);
    },
  };
  // The same metres a pixel as Web Mercator has at the equator, so zoom levels mean the same.
  const perMetre = 0.5 / (Math.PI * 6378137);
  const transformation = L.transformation(perMetre, 0.5, -perMetre, 0.5);
  return Object.assign({}, L.CRS.Earth, { code: "albers-china", projection, transformation, wrapLng: undefined });
}

// Box around projected lines, in the metres of the projection.
export function projectedBounds(L, crs, rings) {
  const bounds = L.bounds([]);
  rings.forEach((ring) => ring.forEach(([lng, lat]) => bounds.extend(crs.projection.project({ lng, lat }))));
  return bounds;
}

// Zoom and centre that show `bounds` (projected metres) inside the map less its paddings (left, top, right, bottom; px).
export function fitProjected(L, map, bounds, [left, top, right, bottom]) {
  const { crs } = map.options;
  const corners = [bounds.min, bounds.max].map((corner) => crs.transformation.transform(corner, 1));
  const size = map.getSize();
  const width = Math.abs(corners[1].x - corners[0].x);
  const height = Math.abs(corners[1].y - corners[0].y);
  const room = [Math.max(40, size.x - left - right), Math.max(40, size.y - top - bottom)];
  const zoom = Math.min(crs.zoom(room[0] / width), crs.zoom(room[1] / height), map.getMaxZoom());
  const snapped = Math.floor(zoom / 0.05) * 0.05;
  const shift = L.point((right - left) / 2, (bottom - top) / 2).divideBy(crs.scale(snapped));
  const middle = corners[0].add(corners[1]).divideBy(2).add(shift);
  return { zoom: snapped, center: crs.projection.unproject(crs.transformation.untransform(middle, 1)) };
}
