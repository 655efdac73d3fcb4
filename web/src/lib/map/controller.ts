// MapLibre behind a small face: what is shown goes in, what was picked comes out.
import { Map as GlMap, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
// MapLibre 6 needs the worker's address, or the map stays blank.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { FeatureCollection } from 'geojson';
import { drawIcons } from './icons';
import type { Bounds } from './routes';
import { mapStyle, PICKABLE, type Look, type SourceId } from './style';

export type PickKind = 'terminal' | 'link' | 'route';
export interface Pick {
  kind: PickKind;
  id: string;
  properties: Record<string, unknown>;
  /** Where it was met: pixels in the map, and longitude, latitude. */
  point: { x: number; y: number };
  at: [lon: number, lat: number];
}
export interface Camera {
  zoom: number;
  lat: number;
  lon: number;
}
/** What panels cover, px. */
export interface Padding {
  left: number;
  right: number;
  top: number;
  bottom: number;
}
export interface Heard {
  onPick: (pick: Pick | null) => void;
  onHover: (pick: Pick | null) => void;
  onMove: (camera: Camera) => void;
}

/** The network with some sea around it; no copies of the world. */
const LIMITS: [[number, number], [number, number]] = [[-45, -50], [225, 80]];
const START = { center: [62, 42] as [number, number], zoom: 3 };
const KIND: Record<string, PickKind> = { terminals: 'terminal', links: 'link', route: 'route', badges: 'route' };
const NEAR_PX = 4;
const FIT_MS = 500;
/** Room for the letters at the ends of a route, px. */
const BADGES = { x: 60, y: 24 };

export class Controller {
  readonly map: GlMap;
  private hovered: { source: SourceId; id: string } | null = null;
  private marked: string | null = null;

  constructor(container: HTMLElement, look: Look, label: string, camera: Camera | null, private heard: Heard) {
    setWorkerUrl(workerUrl);
    this.map = new GlMap({
      container,
      style: mapStyle(look),
      center: camera ? [camera.lon, camera.lat] : START.center,
      zoom: camera?.zoom ?? START.zoom,
      minZoom: 1.2,
      maxZoom: 11,
      maxBounds: LIMITS,
      renderWorldCopies: false,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: 0,
      locale: { 'Map.Title': label },
      // A picture of the map is taken from its canvas.
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    for (const { name, image, pixelRatio } of drawIcons()) {
      this.map.once('styledata', () => {
        if (!this.map.hasImage(name)) this.map.addImage(name, image, { pixelRatio });
      });
    }
    this.map.on('click', (event) => this.heard.onPick(this.pickAt(event)));
    this.map.on('mousemove', (event) => this.hoverAt(event));
    this.map.on('mouseout', () => this.hover(null, null));
    this.map.on('moveend', () => this.heard.onMove(this.camera()));
  }

  ready(): Promise<void> {
    return new Promise((done) => {
      if (this.map.isStyleLoaded()) done();
      else this.map.once('load', () => done());
    });
  }

  set(source: SourceId, data: FeatureCollection): void {
    this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  /** Repaints; nothing is loaded again. */
  look(look: Look): void {
    for (const [name, value] of Object.entries(look)) this.map.setGlobalStateProperty(name, value);
  }

  label(text: string): void {
    this.map.getCanvas().setAttribute('aria-label', text);
  }

  fit(bounds: Bounds, padding: Padding): void {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    // Panels may leave less room than their padding asks for; then half of the map must do.
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const across = Math.min(1, (width * 0.5) / Math.max(1, padding.left + padding.right + 2 * BADGES.x));
    const down = Math.min(1, (height * 0.5) / Math.max(1, padding.top + padding.bottom + 2 * BADGES.y));
    this.map.fitBounds(bounds, {
      padding: {
        left: (padding.left + BADGES.x) * across,
        right: (padding.right + BADGES.x) * across,
        top: (padding.top + BADGES.y) * down,
        bottom: (padding.bottom + BADGES.y) * down,
      },
      maxZoom: 7,
      duration: still ? 0 : FIT_MS,
    });
  }

  camera(): Camera {
    const { lng, lat } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  inView(): Bounds {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Highlights a route that a card or chart points at. */
  mark(routeId: string | null): void {
    if (routeId === this.marked) return;
    if (this.marked !== null) this.map.setFeatureState({ source: 'routes', id: this.marked }, { hover: false });
    if (routeId !== null) this.map.setFeatureState({ source: 'routes', id: routeId }, { hover: true });
    this.marked = routeId;
  }

  remove(): void {
    this.map.remove();
  }

  private pickAt(event: MapMouseEvent): Pick | null {
    const { x, y } = event.point;
    const [found] = this.map.queryRenderedFeatures(
      [[x - NEAR_PX, y - NEAR_PX], [x + NEAR_PX, y + NEAR_PX]],
      { layers: PICKABLE.filter((layer) => this.map.getLayer(layer)) },
    );
    const kind = found && KIND[found.layer.id];
    if (!found || !kind) return null;
    return { kind, id: String(found.properties.id), properties: found.properties, point: { x, y }, at: [event.lngLat.lng, event.lngLat.lat] };
  }

  private hoverAt(event: MapMouseEvent): void {
    // A finger has no hover: its tap selects.
    if (event.originalEvent instanceof PointerEvent && event.originalEvent.pointerType === 'touch') return;
    const pick = this.pickAt(event);
    this.map.getCanvas().style.cursor = pick ? 'pointer' : '';
    this.hover(pick, pick && { source: pick.kind === 'terminal' ? 'terminals' : pick.kind === 'link' ? 'links' : 'routes', id: pick.id });
  }

  private hover(pick: Pick | null, feature: { source: SourceId; id: string } | null): void {
    if (this.hovered && this.hovered.id !== feature?.id) this.map.setFeatureState(this.hovered, { hover: false });
    if (feature) this.map.setFeatureState(feature, { hover: true });
    this.hovered = feature;
    this.heard.onHover(pick);
  }
}
