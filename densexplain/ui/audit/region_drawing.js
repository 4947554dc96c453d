// What the region editor shows: outlines, handles, captions, the list of names and the chosen region.

const SVG = "http://www.w3.org/2000/svg";
const HANDLE_PX = 9;
const MOST_CORNERS = 16; // of an outline whose corners can be dragged one by one

const element = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

class Drawing extends Place {
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
}
