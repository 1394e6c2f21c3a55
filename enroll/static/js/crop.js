// Dragging and wheel for the crop page; the page works without it, by its buttons.
(function () {
  'use strict';
  var box = document.querySelector('[data-crop]');
  if (!box || !window.PointerEvent) return;
  var img = box.querySelector('img'), form = document.querySelector('[data-crop-form]'), start = null, wait = null;
  var at = { x: Number(box.dataset.x), y: Number(box.dataset.y), zoom: Number(box.dataset.zoom) };

  function within(n, low, high) { return Math.round(Math.min(Math.max(n, low), high)); }
  function query() { return '?x=' + at.x + '&y=' + at.y + '&zoom=' + at.zoom; }
  // The page is asked again for what the machine sees, once the hand rests.
  function settle() { location.replace(box.dataset.page + query()); }
  function show() {
    img.src = box.dataset.address + query();
    ['x', 'y', 'zoom'].forEach(function (name) { form.elements[name].value = at[name]; });
    clearTimeout(wait);
    wait = setTimeout(settle, 900);
  }

  box.style.touchAction = 'none';
  box.style.cursor = 'grab';
  box.addEventListener('pointerdown', function (e) {
    start = { left: e.clientX, top: e.clientY, x: at.x, y: at.y };
    box.setPointerCapture(e.pointerId);
    clearTimeout(wait);
    e.preventDefault();
  });
  box.addEventListener('pointermove', function (e) {
    if (start) img.style.transform = 'translate(' + (e.clientX - start.left) + 'px,' + (e.clientY - start.top) + 'px)';
  });
  function drop(e) {
    if (!start) return;
    img.style.transform = '';
    at.x = within(start.x - (e.clientX - start.left) / img.clientWidth * 100000 / at.zoom, 0, 1000);
    at.y = within(start.y - (e.clientY - start.top) / img.clientHeight * 100000 / at.zoom, 0, 1000);
    start = null;
    show();
  }
  box.addEventListener('pointerup', drop);
  box.addEventListener('pointercancel', drop);
  box.addEventListener('wheel', function (e) {
    e.preventDefault();
    at.zoom = within(at.zoom - Math.sign(e.deltaY) * 10, 100, Number(box.dataset.most));
    show();
  }, { passive: false });
})();
