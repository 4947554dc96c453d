// Outlines of regions over a radiograph: what the page sends, and what hands do with mouse and keys.
//
// The last of four files that are one module: region_place.js, region_drawing.js, region_changes.js and this one.

const NEAR_PX = 7;
const KEYS_AT_REST_MS = 450;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TOOLS = { v: "select", b: "box", p: "polygon" };

class Editor extends Changes {
  constructor(root) {
    super();
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.svg = this.find("svg");
    this.stage = this.find(".stage");
    this.image = element("image", { preserveAspectRatio: "none", x: -0.5, y: -0.5 });
    this.outside = element("path", { class: "outside" });
    this.shapes = element("g", {});
    this.above = element("g", {});
    this.svg.append(this.image, this.outside, this.shapes, this.above);
    this.regions = [];
    this.dirty = new Set(); // numbers of regions whose shape the page does not know yet
    this.sequence = 0;
    this.revision = null;
    this.selected = null;
    this.tool = "select";
    this.gesture = null;
    this.corners = null; // of a polygon that is being drawn
    this.resting = null; // until the arrow keys have come to rest
    this.listen();
  }

  // ---- what the page sends ----

  take(data, send) {
    this.send = send;
    if (this.data && data.case !== this.data.case) {
      this.selected = this.gesture = this.corners = this.view = null;
      this.sequence = 0;
      this.revision = null;
      this.choose("select");
    }
    const turned = !this.data || String(Object.values(data.displayed)) !== String(Object.values(this.data.displayed))
      || String(data.matrix) !== String(this.data.matrix);
    if (!this.data || data.image !== this.data.image) this.image.setAttribute("href", data.image);
    const stale = data.revision === this.revision && data.sequence < this.sequence;
    this.data = data;
    this.image.setAttribute("width", data.displayed.columns);
    this.image.setAttribute("height", data.displayed.rows);
    const { rows, columns } = data.displayed;
    const ring = (points) => `M${points.map((point) => point.join(" ")).join("L")}Z`;
    this.outside.setAttribute("d", data.crop ? `M-1-1H${columns}V${rows}H-1Z${ring(data.crop)}` : "");
    if (turned || !this.view) this.fit();
    this.fillKinds();
    if (!stale && !this.gesture && !this.resting) {
      this.revision = data.revision;
      this.sequence = Math.max(this.sequence, data.sequence);
      this.regions = data.regions.map((one) => ({ ...one }));
      this.dirty.clear();
      if (!this.current()) this.selected = null;
    }
    this.draw();
  }

  fillKinds() {
    const options = JSON.stringify(this.data.kinds);
    if (options === this.kindsShown) return;
    this.kindsShown = options;
    for (const selector of [".new-kind", ".kind"]) {
      const list = this.find(selector);
      list.replaceChildren(...this.data.kinds.map(({ value, label }) => new Option(label, value ?? "")));
    }
  }

  // ---- hands ----

  hit(point) {
    const near = NEAR_PX * this.unit();
    const found = this.regions.filter((region) => {
      const rings = region.polygons.map((ring) => ring.map((one) => this.toView(one)));
      const edge = rings.some((ring) => ring.some((one, i) => distance(point, one, ring[(i + 1) % ring.length]) < near));
      return edge || (!this.broad(region) && rings.reduce((odd, ring) => odd !== encloses(ring, point), false));
    });
    const area = (region) => { const b = this.box(region); return (b.right - b.left) * (b.bottom - b.top); };
    return found.find((one) => one.number === this.selected) ?? found.sort((a, b) => area(a) - area(b))[0];
  }

  down(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.stage.focus({ preventScroll: true });
    this.svg.setPointerCapture(event.pointerId);
    const from = this.at(event);
    const handle = event.target.dataset?.handle;
    const chosen = this.current();
    if (event.button === 1) {
      this.gesture = { kind: "pan", event, view: { ...this.view } };
    } else if (this.tool === "box") {
      this.gesture = { kind: "box", from, outline: null };
    } else if (this.tool === "polygon") {
      this.corner(from);
    } else if (handle && chosen) {
      chosen.start = chosen.polygons;
      this.gesture = { kind: "resize", region: chosen, handle, box: this.box(chosen), from };
    } else {
      const region = this.hit(from);
      if (region) {
        this.select(region.number);
        region.start = region.polygons;
        this.gesture = { kind: "move", region, from };
      } else {
        this.gesture = { kind: "pan", event, view: { ...this.view }, deselects: true };
      }
    }
  }

  motion(event) {
    const to = this.at(event);
    this.pointer = to;
    const gesture = this.gesture;
    if (!gesture) {
      if (this.corners) this.drawAbove();
      else if (this.tool === "select") {
        const handle = event.target.dataset?.handle;
        this.stage.style.cursor = handle ? (handle.startsWith("corner") ? "grab" : `${handle}-resize`) : this.hit(to) ? "move" : "default";
      }
      return;
    }
    if (gesture.kind === "pan") {
      const unit = this.unit();
      const across = event.clientX - gesture.event.clientX;
      const along = event.clientY - gesture.event.clientY;
      if (Math.hypot(across, along) > 3) gesture.moved = true;
      if (!gesture.moved) return;
      this.view = { ...gesture.view, x: gesture.view.x - across * unit, y: gesture.view.y - along * unit };
      this.showView();
      return;
    }
    gesture.moved ||= Math.hypot(to[0] - gesture.from[0], to[1] - gesture.from[1]) > 2 * this.unit();
    if (!gesture.moved) return;
    if (gesture.kind === "box") {
      const [[x0, y0], [x1, y1]] = [gesture.from, to].map(([x, y]) => [clamp(x, 0, this.data.displayed.columns - 1), clamp(y, 0, this.data.displayed.rows - 1)]);
      gesture.outline = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
      this.drawAbove();
      return;
    }
    const region = gesture.region;
    const [fromX, fromY] = this.toPixels(gesture.from);
    const [toX, toY] = this.toPixels(to);
    if (gesture.kind === "move") this.move(region, toX - fromX, toY - fromY);
    else if (gesture.handle.startsWith("corner")) {
      const place = Number(gesture.handle.split("-")[1]);
      region.polygons = [region.start[0].map((point, i) => (i === place ? this.inside(this.toPixels(to)) : point))];
    } else this.resize(region, gesture.handle, to);
    this.draw();
  }

  up() {
    const gesture = this.gesture;
    this.gesture = null;
    if (!gesture) return;
    if (gesture.kind === "box") {
      if (gesture.outline) this.add(gesture.outline);
      else this.drawAbove();
    } else if (gesture.kind === "pan") {
      if (!gesture.moved && gesture.deselects) this.select(null);
    } else if (gesture.moved && JSON.stringify(gesture.region.polygons) !== JSON.stringify(gesture.region.start)) {
      this.dirty.add(gesture.region.number);
      this.commit(gesture.kind === "move" ? "moved" : "resized");
    }
  }

  cancel() {
    const gesture = this.gesture;
    this.gesture = null;
    if (gesture?.region) gesture.region.polygons = gesture.region.start;
    if (gesture?.kind === "pan") { this.view = gesture.view; this.showView(); }
    this.draw();
  }

  corner(point) {
    const kept = [clamp(point[0], 0, this.data.displayed.columns - 1), clamp(point[1], 0, this.data.displayed.rows - 1)];
    const near = NEAR_PX * this.unit();
    const close = ([x, y]) => Math.hypot(x - kept[0], y - kept[1]) < near;
    if (this.corners?.length && (close(this.corners[0]) || close(this.corners.at(-1)))) {
      this.close();
      return;
    }
    this.corners = [...(this.corners ?? []), kept];
    this.pointer = kept;
    this.drawAbove();
    this.drawChosen();
  }

  close() {
    const corners = this.corners;
    if (!corners || corners.length < 3) return;
    this.corners = null;
    this.add(corners);
  }

  nudge([across, along], far) {
    const region = this.current();
    if (!region) return;
    const by = far ? 10 : 1;
    const [x0, y0] = this.toPixels([0, 0]);
    const [x1, y1] = this.toPixels([across * by, along * by]);
    region.start = region.polygons;
    this.move(region, x1 - x0, y1 - y0);
    this.dirty.add(region.number);
    this.draw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => { this.resting = null; this.commit("moved"); }, KEYS_AT_REST_MS);
  }

  key(event) {
    event.stopPropagation(); // a letter in a name is no shortcut of the page
    if (event.target.matches?.("input, select")) {
      if (event.key === "Enter" || event.key === "Escape") event.target.blur();
      return;
    }
    const away = event.ctrlKey || event.metaKey;
    if (away && event.key.toLowerCase() === "z") this.undo();
    else if (away || event.altKey) return;
    else if (event.key in ARROWS && this.current()) this.nudge(ARROWS[event.key], event.shiftKey);
    else if (event.key === "Backspace" && this.corners) { this.corners = this.corners.length > 1 ? this.corners.slice(0, -1) : null; this.draw(); }
    else if (event.key === "Delete" || event.key === "Backspace") this.remove();
    else if (event.key === "Enter" && this.corners) this.close();
    else if (event.key === "Escape") this.escape();
    else if (event.key === "+" || event.key === "-") { this.zoom(event.key === "+" ? 0.8 : 1.25, this.middle()); this.draw(); }
    else if (event.key === "0") { this.fit(); this.draw(); }
    else if (event.key.toLowerCase() in TOOLS) this.choose(TOOLS[event.key.toLowerCase()]);
    else return;
    event.preventDefault();
  }

  middle() {
    return [this.view.x + this.view.width / 2, this.view.y + this.view.height / 2];
  }

  escape() {
    if (this.gesture) this.cancel();
    else if (this.corners || this.tool !== "select") this.choose("select");
    else this.select(null);
  }

  undo() {
    if (this.data.can_undo) this.send("undo", { case: this.data.case, sequence: (this.sequence += 1) });
  }

  listen() {
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.motion(event));
    this.svg.addEventListener("pointerup", () => this.up());
    this.svg.addEventListener("pointercancel", () => this.cancel());
    this.svg.addEventListener("dblclick", (event) => {
      if (this.tool === "polygon") this.close();
      else if (this.tool === "select" && !this.hit(this.at(event))) { this.fit(); this.draw(); }
    });
    this.stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(clamp(event.deltaY, -200, 200) * 0.0015), this.at(event));
      this.draw();
    }, { passive: false });
    this.find(".editor").addEventListener("keydown", (event) => this.key(event));
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => this.choose(button.dataset.tool));
    }
    this.find(".new-kind").addEventListener("change", () => { if (this.tool === "select") this.choose("box"); });
    this.find(".undo").addEventListener("click", () => this.undo());
    this.find(".again").addEventListener("click", () => this.send("find_again", { case: this.data.case, sequence: (this.sequence += 1) }));
    this.find(".fit").addEventListener("click", () => { this.fit(); this.draw(); });
    this.find(".delete").addEventListener("click", () => this.remove());
    this.find(".name").addEventListener("change", (event) => {
      const chosen = this.current();
      const name = event.target.value.trim();
      if (!chosen || !name || name === chosen.name) { event.target.value = chosen?.name ?? ""; return; }
      const taken = this.regions.some((one) => one !== chosen && one.name === name);
      if (taken) { this.say(`${name} is taken`); event.target.value = chosen.name; return; }
      chosen.name = name;
      this.draw();
      this.commit("renamed");
    });
    this.find(".kind").addEventListener("change", (event) => {
      const chosen = this.current();
      if (!chosen) return;
      const plain = this.data.kinds.find(({ value }) => value === chosen.kind)?.name;
      const usual = plain && (chosen.name === plain || chosen.name.startsWith(`${plain} `));
      chosen.kind = event.target.value || null;
      if (usual) chosen.name = this.nameFor(chosen.kind, chosen);
      this.draw();
      this.commit("is of another kind");
    });
    this.sizes = new ResizeObserver(() => this.data && this.drawAbove());
    this.sizes.observe(this.stage);
  }

  end() {
    clearTimeout(this.resting);
    if (this.resting) this.commit();
    this.sizes.disconnect();
  }
}

const editors = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  if (!editors.has(parentElement)) editors.set(parentElement, new Editor(parentElement));
  const editor = editors.get(parentElement);
  editor.take(data, setTriggerValue);
  return () => {
    editor.end();
    editors.delete(parentElement);
  };
}
