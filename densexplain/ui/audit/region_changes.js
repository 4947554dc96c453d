// Changes of the regions in the editor, and the messages that report them to the page.
//
// Nothing is sent while something is dragged: one message at the end of a gesture, with all regions in it.

class Changes extends Drawing {
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
}
