// SPDX-License-Identifier: MIT
'use strict';
// A mark that is touched says what it is; the one touched before, how they
// compare. The model that it is of stands out in all charts.
(function () {
const all = [...document.querySelectorAll('.mark')];

function compared(mark, held) {
  const ratio = mark.dataset.value / held.dataset.value;
  return isFinite(ratio) && held !== mark
    ? '. That is ' + ratio.toFixed(2) + ' × ' + held.dataset.name : '';
}

for (const chart of document.querySelectorAll('svg.chart')) {
  const marks = [...chart.querySelectorAll('.mark')];
  const about = chart.closest('section, .claim').querySelector('.about');
  let held = null; // what the others are compared with

  function show(mark) {
    about.textContent = mark.dataset.about +
      (held ? compared(mark, held) : '');
    about.classList.add('says');
    for (const other of all)
      other.classList.toggle('same', other.dataset.name === mark.dataset.name);
  }

  function hold(mark) {
    show(mark);
    if (held) held.classList.remove('held');
    held = held === mark ? null : mark;
    if (held) held.classList.add('held');
  }

  marks.forEach((mark, i) => {
    mark.addEventListener('pointerenter', () => show(mark));
    mark.addEventListener('focus', () => show(mark));
    mark.addEventListener('click', () => hold(mark));
    mark.addEventListener('keydown', e => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (step && marks[i + step]) marks[i + step].focus();
      else if (e.key === 'Enter' || e.key === ' ') hold(mark);
      else return;
      e.preventDefault();
    });
  });
}

// On paper everything is open.
const details = [...document.querySelectorAll('details')];
addEventListener('beforeprint', () => {
  for (const one of details) one.open = true;
});
})();
