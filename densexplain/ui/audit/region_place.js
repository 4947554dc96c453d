// Where things of the region editor lie: radiograph, displayed image and screen; zoom and pan; nearness.
//
// Points are kept in pixels of the radiograph as it was read; `data.matrix` carries them to the displayed image.

const BROAD = 0.35; // of the image; such a region is taken by its outline alone, so that the inside can be panned

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

class Place {
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
