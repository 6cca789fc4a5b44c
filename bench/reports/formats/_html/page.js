
"use strict";
(async () => {
  const NARROW = 560; // pixels, below which names stand above their line
  const LETTER = 6.6; // pixels of a letter, on average
  const SYMBOLS = ["circle", "triangle", "square", "diamond", "star", "wye", "cross", "plus"];
  const DASHES = ["none", "6 3", "2 3", "8 3 2 3", "12 4", "4 2", "1 4", "10 2 2 2"];

  // The libraries lie in the page packed; each runs only if it is what its author published, or the policy stops it.
  for (const element of document.querySelectorAll(".library")) {
    const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  }

  const shown = (value, { unit }, digits = 4) => {
    if (value == null) return "";
    if (typeof value === "string") return value;
    if (unit === "%") return d3.format(".3~%")(value).replace("%", " %");
    if (unit === "date") return d3.utcFormat("%Y-%m-%d %H:%M")(new Date(1000 * value));
    if (unit === "") return d3.format(value && Math.abs(value) < 1e-4 ? ".4~g" : ",.4~r")(value);
    if (unit === "s" && value >= 1000) return `${d3.format(",.4~r")(value)} s`;
    const text = d3.format(`.${digits}${digits < 4 ? "" : "~"}s`)(value);
    const prefix = /[^\d.−-]$/.test(text) ? text.slice(-1) : "";
    return `${prefix ? text.slice(0, -1) : text} ${prefix}${unit}`;
  };

  const logarithmicTicks = ([low, high], most) => {
    const decades = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1);
    const ticks = (factors) =>
      decades.flatMap((decade) => factors.map((factor) => factor * 10 ** decade)).filter((one) => one >= low && one <= high);
    const found = [[1, 2, 5], [1, 3], [1]].map(ticks).find((some) => some.length <= most) ?? ticks([1]);
    if (found.length < 3) return d3.ticks(low, high, Math.min(most, 5)); // less than a factor of ten: even steps say more
    return found.filter((_, index) => index % Math.ceil(found.length / most) === 0);
  };

  const scale = (axis, values, most) => {
    const options = { label: axis.label, axis: null, tickFormat: (value) => shown(value, axis) };
    if (axis.unit === "date") return { ...options, type: "utc", tickFormat: undefined, ticks: most, nice: true };
    if (axis.logarithmic) {
      const [low, high] = d3.extent(values.filter((value) => value > 0));
      const domain = low < high ? [low / 1.1, high * 1.1] : [low / 2, low * 2];
      return { ...options, type: "log", domain, ticks: logarithmicTicks(domain, most) };
    }
    const whole = [...new Set(values)];
    if (axis.unit === "" && whole.length <= most && whole.every(Number.isInteger) && Math.max(...whole) < 1e4)
      return { ...options, type: "linear", zero: axis.zero, ticks: whole };
    return { ...options, type: "linear", zero: axis.zero, nice: true, ticks: most };
  };

  // Shares that are stacked end at 100 %, where no rounding of a sum and no nice end of an axis makes it more.
  const isWhole = (chart) => {
    const sums = d3.rollups(chart.series.flatMap((series) => series.marks), (own) => d3.sum(own, (mark) => mark.y), (mark) => mark.x);
    const bars = chart.series.length > 1 && chart.series.every((series) => series.kind === "bars" && series.marks.every((mark) => mark.y > -0.005));
    return bars && chart.y.unit === "%" && sums.every(([, sum]) => sum < 1.005);
  };

  // Grid and axis of a scale. Ticks of a logarithmic one are given their texts here: d3 would leave some of them empty.
  const axes = (letter, { ticks, tickFormat, label, type }) => {
    const [grid, axis] = letter === "x" ? [Plot.gridX, Plot.axisX] : [Plot.gridY, Plot.axisY];
    if (type === "log") return [grid(ticks), axis(ticks, { text: tickFormat, label })];
    return [grid({ ticks }), axis({ ticks, tickFormat, label })];
  };

  const described = (chart, series) => (mark) => {
    const interval = mark.low == null || mark.high == null ? "" : ` (${shown(mark.low, chart.y)} .. ${shown(mark.high, chart.y)})`;
    return [series.name, `${shown(mark.x, chart.x)}: ${shown(mark.y, chart.y)}${interval}`, mark.note].filter(Boolean).join("\n");
  };

  // One series as marks of Plot, with lanes (a name per line) or along numbers.
  const marksOf = (chart, series, index, lanes) => {
    const colour = `var(--c${index % 8})`;
    const [place, value] = lanes ? ["y", "x"] : ["x", "y"];
    const bound = series.marks.filter((mark) => mark.low != null && mark.high != null);
    const at = chart.x.unit === "date" ? (mark) => new Date(1000 * mark.x) : "x";
    const ends = { [`${value}1`]: "low", [`${value}2`]: "high" };
    const tip = { title: described(chart, series), tip: true };
    switch (series.kind) {
      case "bars":
        return [];
      case "spans":
        return [Plot.barX(bound, { y: at, x1: "low", x2: "high", fill: colour, ...tip })];
      case "area":
        return [Plot.areaY(bound, { x: at, ...ends, fill: colour, fillOpacity: 0.2 })];
      case "line":
        return [
          Plot.areaY(bound, { x: at, ...ends, fill: colour, fillOpacity: 0.12 }),
          Plot.lineY(series.marks, { x: at, y: "y", stroke: colour, strokeWidth: 1.75, strokeDasharray: DASHES[index % 8] }),
        ];
      default: {
        const rule = lanes ? Plot.ruleY : Plot.ruleX;
        const joined = lanes ? [] : [Plot.lineY(series.marks, { x: at, y: "y", stroke: colour, strokeWidth: 1, strokeOpacity: 0.6 })];
        return [
          ...joined,
          rule(bound, { [place]: at, ...ends, stroke: colour, strokeWidth: 2 }),
          Plot.dot(series.marks, {
            [place]: at, [value]: "y", symbol: SYMBOLS[(index + Math.floor(index / 8)) % 8], r: 3.5, stroke: colour, strokeWidth: 1.5,
            fill: (mark) => (mark.doubtful ? "var(--paper)" : colour), ...tip,
          }),
        ];
      }
    }
  };

  const stacked = (chart) => {
    const rows = chart.series.flatMap((series, index) =>
      series.kind !== "bars" ? [] : series.marks.map((mark) => ({ ...mark, index, title: described(chart, series)(mark) })));
    if (!rows.length) return [];
    const colour = (row) => `var(--c${row.index % 8})`;
    const fill = (row) => (row.doubtful ? "var(--paper)" : colour(row));
    const alone = new Set(rows.map((row) => row.index)).size === 1; // its value fits behind each bar
    const ends = alone ? [Plot.text(rows, { y: "x", x: "y", text: (row) => shown(row.y, chart.y, 3), textAnchor: "start", dx: 4, fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 3 })] : [];
    return [...ends, Plot.barX(rows, { y: "x", x: "y", z: "index", fill, stroke: colour, insetLeft: 0.5, insetRight: 0.5, title: "title", tip: true })];
  };

  // Lines across the chart; what an upright one means stands above it, on the side where there is room.
  const ROWS = 6; // of such words: of more lines some share a row
  const ruled = (chart, lanes, extent) =>
    chart.rules.flatMap((rule, index) => {
      const rows = Math.min(ROWS, chart.rules.length);
      const upright = (rule.axis === "x") !== lanes;
      const dated = chart[rule.axis].unit === "date";
      const at = () => (dated ? new Date(1000 * rule.value) : rule.value);
      const style = { stroke: "var(--ink)", strokeDasharray: "4 3" };
      const words = { text: [rule.label], fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4 };
      if (!upright) {
        const place = { y: at, frameAnchor: "right", textAnchor: "end", dy: -8 };
        return [Plot.ruleY([0], { y: at, ...style }), Plot.text([0], { ...place, ...words })];
      }
      const [low, high] = chart[rule.axis].logarithmic ? extent.map(Math.log) : extent;
      const share = ((chart[rule.axis].logarithmic ? Math.log(rule.value) : rule.value) - low) / (high - low);
      const textAnchor = share > 0.6 ? "end" : share < 0.4 ? "start" : "middle";
      const place = { x: at, frameAnchor: "top", textAnchor, dy: -8 - 15 * (rows - 1 - (index % rows)) };
      return [Plot.ruleX([0], { x: at, ...style }), Plot.text([0], { ...place, ...words })];
    });

  const drawing = (chart, width) => {
    const every = chart.series.flatMap((series) => series.marks);
    const lanes = every.some((mark) => typeof mark.x === "string") || chart.series.some(({ kind }) => kind === "bars" || kind === "spans");
    const along = (axis) => chart.rules.filter((rule) => rule.axis === axis).map((rule) => rule.value);
    const values = [...every.flatMap((mark) => [mark.y, mark.low, mark.high]).filter((value) => value != null), ...along("y")];
    const rules = 15 * Math.min(ROWS, chart.rules.length);
    const common = { className: "plot", width, style: { fontSize: "12px", background: "none" }, ariaLabel: chart.title };
    if (!lanes) {
      const places = [...every.map((mark) => mark.x), ...along("x")];
      const [x, y] = [scale(chart.x, places, Math.floor(width / 75)), scale(chart.y, values, 7)];
      return Plot.plot({
        ...common, height: Math.min(420, Math.max(260, 0.55 * width)), marginLeft: 64, marginRight: 24, marginTop: 28 + rules, marginBottom: 44,
        x, y,
        marks: [...axes("x", x), ...axes("y", y), ...chart.series.flatMap((series, index) => marksOf(chart, series, index, lanes)), ...ruled(chart, lanes, d3.extent(places))],
      });
    }
    const names = [...new Set(every.map((mark) => String(mark.x)))];
    const room = LETTER * Math.max(...names.map((name) => name.length)) + 16;
    const above = width < NARROW || room > 0.4 * width;
    const marginRight = chart.series.length === 1 && chart.series[0].kind === "bars" ? 64 : 24;
    const lines = above ? Math.max(...names.map((name) => Math.ceil((LETTER * name.length) / (width - 16)))) : 1;
    const line = above ? 40 + 15 * (lines - 1) : 24;
    const marginTop = 8 + rules + (above ? 14 * lines : 0);
    const named = above
      ? [Plot.axisY({ label: null, tickSize: 0, ticks: [] }), Plot.text(names, { y: (name) => name, text: (name) => name, frameAnchor: "left", textAnchor: "start", lineAnchor: "bottom", lineWidth: (width - 24) / 13, dy: -11 })]
      : [Plot.axisY({ label: null, tickSize: 0 })];
    const stretch = { ...chart, series: chart.series.map((series) => ({ ...series, marks: series.marks.map((mark) => ({ ...mark, x: String(mark.x) })) })) };
    const most = Math.floor((width - (above ? 8 : room)) / 75);
    const x = { ...scale(chart.y, values, most), ...(isWhole(chart) ? { domain: [0, 1], nice: false } : {}) };
    return Plot.plot({
      ...common, height: names.length * line + marginTop + 44, marginTop, marginBottom: 44, marginRight,
      marginLeft: above ? 8 : room, x,
      y: { domain: names, type: "band", padding: above ? 1 - 16 / line : 0.3, axis: null },
      marks: [
        ...axes("x", x),
        ...named,
        ...stacked(stretch),
        ...stretch.series.flatMap((series, index) => marksOf(stretch, series, index, lanes)),
        ...ruled(chart, lanes, d3.extent(values)),
      ],
    });
  };

  // What a colour and a shape stand for: each drawn by the same marks as in the chart.
  const legend = (chart) => {
    const list = document.createElement("ul");
    list.className = "legend";
    chart.series.forEach((series, index) => {
      const item = document.createElement("li");
      const plain = { ...chart, x: { ...chart.x, unit: "" } }; // its places are those of a small picture, not dates
      const marks = series.kind === "line" || series.kind === "points"
        ? marksOf(plain, { ...series, marks: series.kind === "line" ? [{ x: 0, y: 1 }, { x: 2, y: 1 }] : [{ x: 1, y: 1 }] }, index, false)
        : [Plot.rect([0], { x1: 0.4, x2: 1.6, y1: 0.2, y2: 1.8, fill: `var(--c${index % 8})`, fillOpacity: series.kind === "area" ? 0.3 : 1 })];
      const key = Plot.plot({ className: "plot", width: 28, height: 14, margin: 0, axis: null, x: { type: "linear", domain: [0, 2] }, y: { type: "linear", domain: [0, 2] }, marks });
      key.setAttribute("aria-hidden", "true");
      item.append(key, series.name);
      list.append(item);
    });
    return list;
  };

  // A chart as a file of its own: with its legend, and with the colours of this page, which a dark screen changes.
  const standalone = (place, chart) => {
    const picture = place.querySelector(":scope > svg").cloneNode(true);
    const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
    const colours = [...document.styleSheets[0].cssRules].filter(({ cssText }) => cssText.includes("--c0:")).map(({ cssText }) => cssText);
    let [x, y] = [0, height + 16];
    for (const item of place.querySelectorAll(".legend li")) {
      const key = item.querySelector("svg").cloneNode(true), size = 50 + LETTER * item.textContent.length;
      if (x + size > width) [x, y] = [0, y + 20];
      const text = d3.create("svg:text").attr("x", x + 34).attr("y", y + 11).attr("text-anchor", "start").text(item.lastChild.data);
      picture.append(d3.select(key).attr("x", x).attr("y", y).node(), text.node());
      x += size;
    }
    if (x) y += 20;
    const saved = d3.select(picture).attr("xmlns", "http://www.w3.org/2000/svg").attr("viewBox", `-12 -34 ${width + 24} ${y + 40}`).attr("width", width + 24).attr("height", y + 40);
    saved.insert("text", ":first-child").attr("y", -10).attr("text-anchor", "start").attr("font-weight", 600).attr("font-size", 14).text(chart.title);
    saved.insert("rect", ":first-child").attr("x", -12).attr("y", -34).attr("width", "100%").attr("height", "100%").attr("fill", "var(--paper)");
    saved.insert("style", ":first-child").text(`${colours.join("\n")}\n.plot { color: var(--ink); --plot-background: var(--paper) }`);
    saved.insert("title", ":first-child").text(chart.title);
    return new XMLSerializer().serializeToString(picture);
  };

  const save = (place, chart) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([standalone(place, chart), "\n"], { type: "image/svg+xml" }));
    link.download = `${chart.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "chart"}.svg`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const keyed = (data) => ({ ...data, series: data.series.map((series) => ({ ...series, marks: series.marks.map(([x, y, low, high, note, doubtful]) => ({ x, y, low, high, note, doubtful })) })) });
  const charts = JSON.parse(document.getElementById("charts").textContent).map(keyed);
  const draw = (place, chart) => {
    const picture = drawing(chart, place.clientWidth);
    picture.setAttribute("role", "img");
    place.replaceChildren(...(chart.series.length > 1 ? [legend(chart)] : []), picture);
  };
  document.querySelectorAll(".drawing").forEach((place, index) => {
    let width = 0;
    const button = document.createElement("button");
    button.append("Save as SVG");
    button.setAttribute("aria-label", `Save as SVG: ${charts[index].title}`);
    button.addEventListener("click", () => save(place, charts[index]));
    place.after(button);
    new ResizeObserver(() => {
      if (place.clientWidth === width || !place.clientWidth) return;
      width = place.clientWidth;
      draw(place, charts[index]);
    }).observe(place);
  });
})();
