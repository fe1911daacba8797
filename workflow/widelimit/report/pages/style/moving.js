"use strict";
// Figures with sliders. Such a figure is drawn in full for one place of its sliders; beside it
// stands, as JSON, where its named parts are at every place, in thousandths of their panel. Without
// this script the figure stays as it is drawn, and its sliders stay hidden.

for (const figure of document.querySelectorAll("figure.moving")) {
  const moving = JSON.parse(figure.querySelector("script").textContent);
  const sliders = [...figure.querySelectorAll("input[type=range]")];
  const named = (name) => document.getElementById(`${figure.id}-${name}`);
  const boxes = new Map();

  // What a panel covers, in the units of the drawing; measured once it has a size.
  const box = (panel) => {
    if (!boxes.has(panel)) boxes.set(panel, named(`panel-${panel}`).getBBox());
    return boxes.get(panel);
  };

  const show = () => {
    const at = sliders.map((slider) => Number(slider.value));
    sliders.forEach((slider, i) => {
      const value = moving.values[i][at[i]];
      slider.setAttribute("aria-valuetext", value);
      slider.parentElement.querySelector("output").textContent = value;
    });
    for (const part of moving.parts) {
      const frame = part.frames[part.by.map((i) => at[i]).join()];
      place(named(part.name), box(part.panel), frame?.x ?? part.x, frame?.y ?? []);
      for (const artist of [named(part.name), named(`${part.name}-key`)]) {
        if (artist && frame?.colour) paint(artist, frame.colour);
      }
    }
    const words = moving.words.map(({ by, texts }) => texts[by.map((i) => at[i]).join()]);
    figure.querySelector(".state").textContent = words.join(" ");
  };

  // The address says where the sliders stand: #step7_explorer:3,5. Whoever opens it sees the same.
  const keep = () => {
    history.replaceState(null, "", `#${figure.id}:${sliders.map((slider) => slider.value)}`);
  };
  const recall = () => {
    const [id, places] = location.hash.slice(1).split(":");
    if (id !== figure.id || !places) return;
    places.split(",").forEach((place, i) => { if (sliders[i]) sliders[i].value = place; });
    show();
    figure.scrollIntoView();
  };

  // Plays the slider that was last touched, the last one to begin with, to its end.
  const button = figure.querySelector(".play");
  let played = sliders.at(-1);
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
    keep();
  };
  const step = () => {
    played.stepUp();
    show();
    if (played.value === played.max) stop();
  };
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (played.value === played.max) played.value = played.min;
    show();
    button.textContent = "Pause";
    timer = setInterval(step, 700);
  });

  for (const slider of sliders) {
    slider.addEventListener("input", () => {
      played = slider;
      show();
    });
    slider.addEventListener("change", keep);
  }
  figure.querySelector(".sliders").hidden = false;
  // A browser that comes back to a page may have kept where its sliders stood.
  if (sliders.some((slider) => slider.value !== slider.defaultValue)) show();
  recall();
  window.addEventListener("hashchange", recall);
}

// Put an artist of matplotlib where x and y say: its line, or as many copies of its marker.
function place(artist, box, x, y) {
  const points = y.map((up, i) =>
    up === null || x[i] === null
      ? null
      : [box.x + (box.width * x[i]) / 1000, box.y + box.height * (1 - up / 1000)],
  );
  const marker = artist.querySelector("use");
  artist.style.visibility = points.some(Boolean) ? "visible" : "hidden";
  if (marker) {
    const copies = points.filter(Boolean).map(([left, top]) => {
      const copy = marker.cloneNode();
      copy.setAttribute("x", left.toFixed(2));
      copy.setAttribute("y", top.toFixed(2));
      return copy;
    });
    if (copies.length) marker.parentNode.replaceChildren(...copies);
  } else {
    // Where a point is missing a line ends; another begins behind it.
    const pen = (i) => (i && points[i - 1] ? "L" : "M");
    const path = points.map((at, i) => (at ? pen(i) + at.map((v) => v.toFixed(2)).join(" ") : ""));
    artist.querySelector("path").setAttribute("d", path.join(""));
  }
}

// The colour of an artist, in its key too.
function paint(artist, colour) {
  for (const shape of artist.querySelectorAll("path, use")) {
    for (const name of ["fill", "stroke"]) {
      if (shape.style[name] && shape.style[name] !== "none") shape.style[name] = colour;
    }
  }
}
