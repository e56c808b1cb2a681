// The entry Streamlit calls at every change of the data: load what is missing, then draw or only restyle.

import { decodeTopology } from "./map_modules/topology.js";
import { removeMap, showMap } from "./map_modules/map.js";

// On window, so that every map of the page shares one Leaflet, each geometry file and each set of points.
const shared = (window.coverageShared = window.coverageShared || { leaflet: null, geometry: new Map(), bodies: new Map() });
const KEPT_BODIES = 24;

export default function mountMap({ data: view, parentElement, setTriggerValue }) {
  const root = rootIn(parentElement, view);
  const generation = (root.coverageGeneration || 0) + 1;
  root.coverageGeneration = generation;
  root.dataset.ready = "0";
  const late = () => root.coverageGeneration !== generation;
  const bodies = Object.fromEntries(view.bodies.map((name) => [name, bodyOf(view[name])]));
  const missing = view.bodies.map((name) => view[name]).filter((packed) => packed && !shared.bodies.has(packed.hash));
  if (missing.length) setTriggerValue("missing", missing.map((packed) => packed.hash));
  else {
    Promise.all([loadLeaflet(view.static), loadGeometry(view.geometry, "areas"), loadGeometry(view.lines, "lines")])
      .then(([L, geometry, lines]) => {
        if (late()) return;
        showMap(L, root, { view, geometry, lines, ...bodies }, (event) => setTriggerValue("clicked", event));
      })
      .catch((error) => late() || showFailure(root, view.words.failed, error));
  }
  return () => {
    root.coverageGeneration += 1;
    removeMap(root);
    root.remove();
  };
}

function showFailure(root, sentence, error) {
  console.error(error);
  removeMap(root);
  root.textContent = sentence;
}

function rootIn(parent, { height, beside }) {
  let root = parent.querySelector(":scope > .coverage-map");
  if (!root) {
    root = document.createElement("div");
    root.className = "coverage-map";
    parent.append(root);
  }
  root.style.height = beside ? `max(${height}px, 100vh - ${beside}px)` : `${height}px`;
  return root;
}

// Points and other layers travel once; later calls name them by their hash. The one not used for longest makes room.
function bodyOf(packed) {
  if (!packed) return null;
  const body = packed.body ? { hash: packed.hash, ...packed.body } : shared.bodies.get(packed.hash);
  if (body) {
    shared.bodies.delete(packed.hash);
    shared.bodies.set(packed.hash, body);
  }
  if (shared.bodies.size > KEPT_BODIES) shared.bodies.delete(shared.bodies.keys().next().value);
  return body;
}

function loadLeaflet(base) {
  if (!shared.leaflet) {
    shared.leaflet = Promise.all([
      loadTag("link", { rel: "stylesheet", href: `${base}/vendor/leaflet/leaflet.css` }),
      loadTag("script", { src: `${base}/vendor/leaflet/leaflet.js` }),
    ]).then(() => window.L);
    shared.leaflet.catch(() => {
      shared.leaflet = null;
    });
  }
  return shared.leaflet;
}

function loadTag(name, attributes) {
  return new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement(name), attributes);
    tag.addEventListener("load", resolve);
    tag.addEventListener("error", () => reject(new Error(`cannot load ${attributes.src || attributes.href}`)));
    document.head.append(tag);
  });
}

function loadGeometry(url, objectName) {
  if (!shared.geometry.has(url)) {
    const loading = fetch(url)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${answer.status} ${url}`))))
      .then((topology) => decodeTopology(topology, objectName));
    loading.catch(() => shared.geometry.delete(url));
    shared.geometry.set(url, loading);
  }
  return shared.geometry.get(url);
}
