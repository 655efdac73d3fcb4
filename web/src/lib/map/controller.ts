// MapLibre behind a small face: what is shown goes in, what was picked comes out.
import { LngLat, Map as GlMap, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl';
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
  /** While it moves. */
  onView?: () => void;
}

/** Where the middle of the map may lie: over the network, and beside it where panels cover a side. */
const MIDDLE: [[number, number], [number, number]] = [[-60, -60], [200, 75]];
const ZOOMS = [0, 11] as const;
const START = { center: [62, 42] as [number, number], zoom: 3 };
const KIND: Record<string, PickKind> = { terminals: 'terminal', links: 'link', route: 'route', badges: 'route' };
const NEAR_PX = 4;
const FIT_MS = 500;
/** Room for the letters at the ends of a route, which stand side by side to the right, px. */
const BADGES = { left: 24, right: 84, y: 24 };

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));

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
      minZoom: ZOOMS[0],
      maxZoom: ZOOMS[1],
      // Bounds would forbid what the way round the Cape needs beside open details: a map wider than the network.
      transformConstrain: ({ lng, lat }, zoom) => ({
        center: new LngLat(within(lng, MIDDLE[0][0], MIDDLE[1][0]), within(lat, MIDDLE[0][1], MIDDLE[1][1])),
        zoom: within(zoom, ...ZOOMS),
      }),
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
    this.map.on('move', () => this.heard.onView?.());
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
    // What panels cover stays free; on a small map the letters get less room.
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const share = within((width - padding.left - padding.right) / 3 / (BADGES.left + BADGES.right), 0, 1);
    const y = Math.max(0, Math.min(BADGES.y, (height - padding.top - padding.bottom) / 6));
    this.map.fitBounds(bounds, {
      padding: {
        left: padding.left + BADGES.left * share,
        right: padding.right + BADGES.right * share,
        top: padding.top + y,
        bottom: padding.bottom + y,
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

  project(point: readonly [number, number]): [number, number] {
    const { x, y } = this.map.project([point[0], point[1]]);
    return [x, y];
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
