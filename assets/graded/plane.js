// One and two neurons as a whole, for any input: fixed points, nullclines, basins.
const Plane = {
  // The derivative of tau dy/dt, row by row.
  matrix(net, input, y) {
    const h = net.potential ? y : Core.field(net, input, y), slopes = net.phi.map((phi, i) => phi.slope(h[i]));
    return Array.from({ length: net.n }, (_, i) => Array.from({ length: net.n }, (_, j) =>
      net.couplings[i * net.n + j] * slopes[net.potential ? j : i] - (i === j ? 1 : 0)));
  },
  // The solution of matrix x = right; null where there is none or more than one.
  solve(matrix, right) {
    const [[a, b = 0], [c, d] = [0, 1]] = matrix, determinant = a * d - b * c;
    const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
    if (!(Math.abs(determinant) > 1e-12 * size * size)) return null;
    const [p, q = 0] = right;
    return [(d * p - b * q) / determinant, (a * q - c * p) / determinant].slice(0, matrix.length);
  },
  // The fixed point to which Newton's method leads, or null.
  newton(net, input, start) {
    const norm = (v) => Math.hypot(...v);
    let y = Float64Array.from(start), residual = Core.residual(net, input, y);
    for (let k = 0; k < 60 && norm(residual) > 0; k++) {
      const step = Plane.solve(Plane.matrix(net, input, y), residual);
      if (step === null) return null;
      let better = null;
      for (let share = 1; share > 1e-4 && better === null; share /= 2) {
        const next = y.map((v, i) => v - share * step[i]), found = Core.residual(net, input, next);
        if (norm(found) <= (1 - 1e-4 * share) * norm(residual)) better = [next, found];
      }
      if (better === null) break;
      [y, residual] = better;
    }
    return norm(residual) <= 1e-10 * Core.scale(net, y) ? y : null;
  },
  // Eigenvalues of the flow around a state, real and imaginary part, the largest real part first.
  eigenvalues(net, input, y) {
    const rows = Plane.matrix(net, input, y).map((row, i) => row.map((v) => v / net.tau[i]));
    if (net.n === 1) return [[rows[0][0], 0]];
    const [[a, b], [c, d]] = rows, middle = (a + d) / 2, square = ((a - d) / 2) ** 2 + b * c, root = Math.sqrt(Math.abs(square));
    return square < 0 ? [[middle, root], [middle, -root]] : [[middle + root, 0], [middle - root, 0]];
  },
  kind(net, eigenvalues) {
    const none = 1e-6 * eigenvalues.reduce((most, e) => Math.max(most, Math.hypot(...e)), 1 / net.fastest);
    const grow = eigenvalues.filter((e) => e[0] > none).length, decay = eigenvalues.filter((e) => e[0] < -none).length;
    const shape = Math.abs(eigenvalues[0][1]) > none ? "focus" : "node";
    if (grow === 0) return decay === net.n ? `stable ${shape}` : "marginal";
    return grow === net.n ? `unstable ${shape}` : "saddle";
  },
  // All fixed points that Newton's method finds from a grid, the stable ones first.
  fixedPoints(net, input, ends, places = 21) {
    const found = [];
    for (let code = 0; code < places ** net.n; code++) {
      const start = ends.map(([low, high], i) => low + ((Math.floor(code / places ** i) % places) / (places - 1)) * (high - low));
      const y = Plane.newton(net, input, start);
      if (y && !found.some((p) => Core.apart(p.variable, y) <= 1e-6 * Core.scale(net, y))) {
        found.push({ variable: Array.from(y), kind: Plane.kind(net, Plane.eigenvalues(net, input, y)) });
      }
    }
    const order = (p) => (p.kind.startsWith("stable") ? 0 : 1);
    return found.sort((a, b) => order(a) - order(b) || a.variable[0] - b.variable[0] || (a.variable[1] ?? 0) - (b.variable[1] ?? 0));
  },
  // To which of the attractors the flow leads from a state; -1 if to none within 200 time constants.
  leadsTo(net, input, attractors, start) {
    const flow = Flow.begin(start, 1e-6), free = new Array(net.n).fill(false);
    for (let k = 0; k < 200; k++) {
      const near = attractors.findIndex((a) => Core.apart(flow.y, a) < 1e-3 * Core.scale(net, flow.y));
      if (near >= 0 || Core.residual(net, input, flow.y).every((v) => Math.abs(v) < 1e-7)) return near;
      try {
        Flow.go(net, flow, input, free, (k + 1) * net.slowest, 2000);
      } catch {
        return -1;
      }
    }
    return -1;
  },
  // Where neuron `i` stands still: short pieces [x1, y1, x2, y2] through the cells of a grid.
  nullcline(net, input, ends, i, cells = 120) {
    const at = (axis, k) => ends[axis][0] + (k / cells) * (ends[axis][1] - ends[axis][0]);
    const value = [];
    for (let row = 0; row <= cells; row++) {
      for (let column = 0; column <= cells; column++) value.push(Core.residual(net, input, Float64Array.of(at(0, column), at(1, row)))[i]);
    }
    const pieces = [], corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
    for (let cell = 0; cell < cells * cells; cell++) {
      const column = cell % cells, row = Math.floor(cell / cells), crossings = [];
      corners.forEach(([dx, dy], k) => {
        const [ex, ey] = corners[(k + 1) % 4];
        const a = value[(row + dy) * (cells + 1) + column + dx], b = value[(row + ey) * (cells + 1) + column + ex];
        if (a >= 0 === b >= 0) return;
        const s = a / (a - b);
        crossings.push([at(0, column + dx + s * (ex - dx)), at(1, row + dy + s * (ey - dy))]);
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) pieces.push([...crossings[k], ...crossings[k + 1]]);
    }
    return pieces;
  },
};
