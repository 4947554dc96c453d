// Outlines of regions over a radiograph: drag, resize, draw, delete, name.
//
// Points are kept in pixels of the radiograph as it was read; `data.matrix` carries them to the displayed image.
// Nothing is sent while something is dragged: one message at the end of a gesture, with all regions in it.

const SVG = "http://www.w3.org/2000/svg";
const HANDLE_PX = 9;
const NEAR_PX = 7;
const BROAD = 0.35; // of the image; such a region is taken by its outline alone, so that the inside can be panned
const MOST_CORNERS = 16; // of an outline whose corners can be dragged one by one
const KEYS_AT_REST_MS = 450;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TOOLS = { v: "select", b: "box", p: "polygon" };

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const element = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

class Editor {
  constructor(root) {
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

  // ---- coordinates ----

  toView([x, y]) {
    const [[a, b, c], [d, e, f]] = this.data.matrix;
    return [a * x + b * y + c, d * x + e * y + f];
  }

  toPixels([u, v]) {
    const [[a, b, c], [d, e, f]] = this.data.matrix;
    const determinant = a * e - b * d;
    return [(e * (u - c) - b * (v - f)) / determinant, (a * (v - f) - d * (u - c)) / determinant];
  }

  inside([x, y]) {
    return [clamp(Math.round(x), 0, this.data.radiograph.columns - 1), clamp(Math.round(y), 0, this.data.radiograph.rows - 1)];
  }

  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  unit() {
    return 1 / (this.svg.getScreenCTM()?.a || 1); // image pixels a screen pixel
  }

  box(region) {
    const points = region.polygons.flat().map((point) => this.toView(point));
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
  }

  broad(region) {
    const { left, top, right, bottom } = this.box(region);
    return (right - left) * (bottom - top) > BROAD * this.data.displayed.columns * this.data.displayed.rows;
  }

  // ---- zoom and pan ----

  fit() {
    this.view = { x: -0.5, y: -0.5, width: this.data.displayed.columns, height: this.data.displayed.rows };
    this.showView();
  }

  showView() {
    const { x, y, width, height } = this.view;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  zoom(factor, [x, y]) {
    const width = clamp(this.view.width * factor, this.data.displayed.columns / 40, this.data.displayed.columns);
    const by = width / this.view.width;
    if (width === this.data.displayed.columns) return this.fit();
    this.view = {
      x: x - (x - this.view.x) * by, y: y - (y - this.view.y) * by, width, height: this.view.height * by,
    };
    this.showView();
  }

  // ---- drawing ----

  current() {
    return this.regions.find((one) => one.number === this.selected);
  }

  colour(kind) {
    return (this.data.kinds.find(({ value }) => value === kind) ?? this.data.kinds.at(-1)).colour;
  }

  draw() {
    if (!this.data) return;
    const order = [...this.regions].sort((a, b) => (a.number === this.selected) - (b.number === this.selected));
    this.shapes.replaceChildren(...order.map((region) => {
      const classes = ["outline", region.number === this.selected && "selected", this.broad(region) && "broad"];
      const path = element("path", {
        d: region.polygons.map((ring) => `M${ring.map((point) => this.toView(point).join(" ")).join("L")}Z`).join(""),
        class: classes.filter(Boolean).join(" "), stroke: this.colour(region.kind), fill: this.colour(region.kind),
        "data-number": region.number,
      });
      return path;
    }));
    this.drawAbove();
    this.drawNames();
    this.drawChosen();
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === this.tool));
    }
    this.find(".undo").disabled = !this.data.can_undo;
  }

  drawAbove() {
    const unit = this.unit();
    const drawn = this.captions(unit);
    const chosen = this.current();
    if (chosen && this.tool === "select") {
      for (const [name, x, y] of this.handles(chosen)) {
        const side = HANDLE_PX * unit;
        drawn.push(name.startsWith("corner")
          ? element("circle", { class: "handle", cx: x, cy: y, r: side / 2, "data-handle": name })
          : element("rect", { class: "handle", x: x - side / 2, y: y - side / 2, width: side, height: side, "data-handle": name }));
      }
    }
    const draft = this.gesture?.kind === "box" ? this.gesture.outline : this.corners && [...this.corners, this.pointer];
    if (draft?.every(Boolean)) {
      const colour = this.colour(this.newKind());
      drawn.push(element("path", { class: "draft", d: `M${draft.map((p) => p.join(" ")).join("L")}Z`, stroke: colour, fill: colour }));
      for (const [x, y] of this.corners ?? []) {
        drawn.push(element("circle", { class: "handle", cx: x, cy: y, r: (HANDLE_PX / 2) * unit }));
      }
    }
    this.above.replaceChildren(...drawn);
  }

  captions(unit) {
    const size = 12.5 * unit;
    const taken = [];
    return this.regions.map((region) => {
      const points = region.polygons.flat().map((point) => this.toView(point));
      const top = Math.min(...points.map(([, v]) => v));
      const left = Math.min(...points.filter(([, v]) => v < top + size).map(([u]) => u)); // of its uppermost part
      const wide = 0.56 * size * region.name.length;
      const x = clamp(left + 3 * unit, 0, this.data.displayed.columns - wide);
      let y = top - 5 * unit;
      if (y < size) y = top + size + 2 * unit;
      while (taken.some((one) => Math.abs(one.y - y) < size * 1.1 && one.x < x + wide && x < one.x + one.wide)) y += size * 1.15;
      taken.push({ x, y, wide });
      const caption = element("text", { class: "caption", x, y, "font-size": size, fill: this.colour(region.kind) });
      caption.textContent = region.name;
      return caption;
    });
  }

  handles(region) {
    const { left, top, right, bottom } = this.box(region);
    const x = (left + right) / 2;
    const y = (top + bottom) / 2;
    const sides = [
      ["nw", left, top], ["n", x, top], ["ne", right, top], ["e", right, y],
      ["se", right, bottom], ["s", x, bottom], ["sw", left, bottom], ["w", left, y],
    ];
    return [...sides, ...this.freeCorners(region)];
  }

  freeCorners(region) {
    const [ring] = region.polygons;
    if (region.polygons.length > 1 || ring.length > MOST_CORNERS || ring.length < 3) return [];
    const corners = ring.map((point) => this.toView(point));
    const { left, top, right, bottom } = this.box(region);
    const upright = corners.every(([x, y]) => (Math.min(x - left, right - x) < 1) && (Math.min(y - top, bottom - y) < 1));
    return upright ? [] : corners.map(([x, y], place) => [`corner-${place}`, x, y]);
  }

  drawNames() {
    const names = this.find(".names");
    const shown = JSON.stringify([this.selected, this.regions.map((one) => [one.number, one.name, one.kind])]);
    if (shown === this.namesShown) return;
    this.namesShown = shown;
    const focused = this.root.activeElement?.dataset?.number;
    names.replaceChildren(...this.regions.map((region) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.number = region.number;
      button.setAttribute("aria-pressed", String(region.number === this.selected));
      button.setAttribute("aria-label", `${region.name}, ${this.kindLabel(region.kind)}`);
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.borderColor = this.colour(region.kind);
      const name = document.createElement("span");
      name.textContent = region.name;
      button.append(swatch, name);
      button.addEventListener("click", () => this.select(region.number));
      return button;
    }));
    if (focused) names.querySelector(`[data-number="${focused}"]`)?.focus();
  }

  drawChosen() {
    const chosen = this.current();
    const name = this.find(".name");
    const kind = this.find(".kind");
    for (const control of [name, kind, this.find(".delete")]) control.disabled = !chosen;
    if (this.root.activeElement !== name) name.value = chosen?.name ?? "";
    kind.value = chosen?.kind ?? "";
    if (!chosen) kind.selectedIndex = -1;
    name.placeholder = {
      box: "Drag a box round the region",
      polygon: this.corners ? "A double click or Enter closes the outline" : "Click corner by corner",
      select: "Click a region to move, resize or name it, or draw one",
    }[this.tool];
  }

  kindLabel(kind) {
    return this.data.kinds.find(({ value }) => value === kind)?.label ?? kind;
  }

  say(sentence) {
    this.find(".said").textContent = sentence;
  }

  // ---- changes ----

  select(number) {
    this.selected = number;
    this.choose("select");
    const chosen = this.current();
    if (chosen) this.say(`${chosen.name} selected; arrow keys move it by a pixel, with Shift by ten`);
  }

  choose(tool) {
    this.tool = tool;
    this.corners = null;
    this.stage.style.cursor = tool === "select" ? "default" : "crosshair";
    this.draw();
  }

  newKind() {
    return this.find(".new-kind").value || null;
  }

  nameFor(kind, apart) {
    const plain = this.data.kinds.find(({ value }) => value === kind).name;
    const taken = new Set(this.regions.filter((one) => one !== apart).map((one) => one.name));
    if (!taken.has(plain)) return plain;
    let count = 2;
    while (taken.has(`${plain} ${count}`)) count += 1;
    return `${plain} ${count}`;
  }

  add(outline) {
    const ring = outline.map((point) => this.inside(this.toPixels(point)));
    const kind = this.newKind();
    const number = Math.max(0, ...this.regions.map((one) => one.number)) + 1;
    this.regions.push({ number, kind, name: this.nameFor(kind), polygons: [ring] });
    this.dirty.add(number);
    this.select(number);
    this.commit("added");
  }

  remove() {
    const chosen = this.current();
    if (!chosen) return;
    this.regions = this.regions.filter((one) => one !== chosen);
    this.selected = null;
    this.say(`${chosen.name} deleted`);
    this.draw();
    this.commit();
  }

  move(region, right, down) {
    const points = region.start.flat();
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const across = clamp(Math.round(right), -Math.min(...xs), this.data.radiograph.columns - 1 - Math.max(...xs));
    const along = clamp(Math.round(down), -Math.min(...ys), this.data.radiograph.rows - 1 - Math.max(...ys));
    region.polygons = region.start.map((ring) => ring.map(([x, y]) => [x + across, y + along]));
  }

  resize(region, handle, [x, y]) {
    const { left, top, right, bottom } = this.gesture.box;
    const least = 2;
    const to = {
      left: handle.includes("w") ? Math.min(x, right - least) : left,
      right: handle.includes("e") ? Math.max(x, left + least) : right,
      top: handle.includes("n") ? Math.min(y, bottom - least) : top,
      bottom: handle.includes("s") ? Math.max(y, top + least) : bottom,
    };
    const scale = (value, from, until, low, high) => (until > from ? low + ((value - from) / (until - from)) * (high - low) : (low + high) / 2);
    region.polygons = region.start.map((ring) => ring.map((point) => {
      const [u, v] = this.toView(point);
      return this.inside(this.toPixels([scale(u, left, right, to.left, to.right), scale(v, top, bottom, to.top, to.bottom)]));
    }));
  }

  commit(done) {
    this.sequence += 1;
    const chosen = this.current();
    if (chosen && done) this.say(`${chosen.name} ${done}`);
    this.send("edit", {
      case: this.data.case,
      sequence: this.sequence,
      regions: this.regions.map(({ number, name, kind, polygons }) => ({
        number, name, kind, polygons: this.dirty.has(number) ? polygons : null,
      })),
    });
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

function distance([x, y], [x0, y0], [x1, y1]) {
  const across = x1 - x0;
  const along = y1 - y0;
  const length = across * across + along * along;
  const share = length ? clamp(((x - x0) * across + (y - y0) * along) / length, 0, 1) : 0;
  return Math.hypot(x - x0 - share * across, y - y0 - share * along);
}

function encloses(ring, [x, y]) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
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
