// A canvas over the map that we paint ourselves; Leaflet moves and scales it like its own.

export function addPaintedPane(L, map, name, zIndex, paint) {
  const pane = map.createPane(name);
  pane.style.zIndex = zIndex;
  pane.style.pointerEvents = "none";
  const Painted = L.Canvas.extend({
    // Leaflet calls this after every move and zoom, once the canvas has its new place and is empty.
    _update() {
      L.Canvas.prototype._update.call(this);
      if (!map._animatingZoom) this.repaint();
    },
    // Before the next frame, once however often it is asked for: opening a map moves it several times.
    repaint() {
      cancelAnimationFrame(this._repainting);
      this._repainting = requestAnimationFrame(() => this._map && this._repaintNow());
    },
    _repaintNow() {
      const { min, max } = this._bounds;
      this._ctx.clearRect(min.x, min.y, max.x - min.x, max.y - min.y);
      paint(this._ctx, this._bounds);
    },
  });
  return new Painted({ pane: name, padding: 0.25 }).addTo(map);
}

// Function from projected metres to the pixels of the painted canvases, for the zoom of this moment.
export function pixelPlacer(L, map) {
  const { crs } = map.options;
  const scale = crs.scale(map.getZoom());
  const zero = crs.transformation.transform(L.point(0, 0), scale).subtract(map.getPixelOrigin());
  const one = crs.transformation.transform(L.point(1, 1), scale).subtract(map.getPixelOrigin());
  const step = one.subtract(zero);
  return { x: (metres) => zero.x + step.x * metres, y: (metres) => zero.y + step.y * metres, perMetre: Math.abs(step.x) };
}
