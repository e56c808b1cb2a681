// Legend, tooltip, notice, scale: our own elements. Text goes in by textContent, never as HTML.

export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function buildStage(root, given) {
  root.textContent = "";
  const stage = element("div", "coverage-map-stage");
  const canvas = given || element("div");
  canvas.classList.add("coverage-map-canvas");
  const legend = element("div", "coverage-map-legend");
  const tip = element("div", "coverage-map-tip");
  const panel = element("aside", "coverage-map-panel");
  const notice = element("div", "coverage-map-notice");
  const body = element("div", "coverage-map-body");
  stage.append(canvas, legend, tip);
  body.append(stage, panel);
  root.append(body, notice);
  return { stage, canvas, legend, tip, panel, notice };
}

export function showLegend(node, legend, drawSwatch) {
  node.textContent = "";
  node.hidden = !legend;
  if (!legend) return;
  node.append(element("div", "coverage-map-legend-title", legend.title));
  legend.entries.forEach((entry) => {
    const row = element("div", "coverage-map-legend-row");
    row.append(drawSwatch(entry), element("span", "coverage-map-legend-label", entry.label));
    node.append(row);
  });
}

export function showTip(stage, tip, place, title, lines) {
  tip.textContent = "";
  tip.append(element("div", "coverage-map-tip-title", title));
  lines.forEach((line) => tip.append(element("div", "coverage-map-tip-line", line)));
  tip.style.visibility = "visible";
  const right = place.x + 16 + tip.offsetWidth < stage.clientWidth;
  const below = place.y + 16 + tip.offsetHeight < stage.clientHeight;
  tip.style.left = `${right ? place.x + 16 : Math.max(4, place.x - 12 - tip.offsetWidth)}px`;
  tip.style.top = `${below ? place.y + 16 : Math.max(4, place.y - 12 - tip.offsetHeight)}px`;
}

export function hideTip(tip) {
  tip.style.visibility = "hidden";
}

export function addScale(L, map, words) {
  const Scale = L.Control.Scale.extend({
    _updateMetric(widest) {
      const metres = this._getRoundNum(widest);
      const text = metres < 1000 ? `${metres} ${words.metres}` : `${metres / 1000} ${words.kilometres}`;
      this._updateScale(this._mScale, "", metres / widest);
      this._mScale.textContent = text;
    },
  });
  new Scale({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(map);
}

export function addButtons(L, map, words, reset) {
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  const Reset = L.Control.extend({
    options: { position: "topleft" },
    onAdd() {
      const bar = element("div", "leaflet-bar leaflet-control");
      const button = element("a", "coverage-map-reset", "⤢");
      button.href = "#";
      button.title = words.reset;
      button.setAttribute("role", "button");
      button.setAttribute("aria-label", words.reset);
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", (event) => {
        L.DomEvent.preventDefault(event);
        reset();
      });
      bar.append(button);
      return bar;
    },
  });
  new Reset().addTo(map);
}
