// The list of a sitting that is ticked off without a line: ticks, with the time of this device, stay in the browser until
// the server has answered. It decides what becomes of each; without this file the ticks are sent without a time.
(function () {
  'use strict';
  var d = document, form = d.querySelector('[data-offline]'), done = d.querySelector('[data-offline-done]');
  function box(act) { try { return act(window.localStorage); } catch (e) { return null; } }
  function nameOf(code) { return 'enroll-door ' + code; }
  function kept(code) { return box(function (b) { return JSON.parse(b.getItem(nameOf(code))); }); }
  function now() { return new Date().toISOString(); }

  // The page itself, kept on this device where somebody asks for it: the worker opens it without a line.
  var KEPT = 'enroll-door', able = 'serviceWorker' in navigator && 'caches' in window;
  function assets() {
    var found = {};
    Array.prototype.forEach.call(d.querySelectorAll('link[rel=stylesheet], script[src], header img[src], use[href]'), function (one) {
      found[(one.getAttribute('href') || one.getAttribute('src')).split('#')[0]] = true;
    });
    return Object.keys(found).filter(Boolean);
  }
  function keepPage(worker) {
    return navigator.serviceWorker.register(worker).then(function () { return navigator.serviceWorker.ready; })
      .then(function () { return caches.open(KEPT); })
      .then(function (store) { return store.addAll([location.pathname].concat(assets())); });
  }

  // Merged: what the server has answered for is no longer kept here.
  if (done) {
    if (able) caches.delete(KEPT);
    var old = kept(done.dataset.offlineDone);
    if (old && old.token === done.dataset.token) box(function (b) { b.removeItem(nameOf(done.dataset.offlineDone)); });
  }
  if (!form) return;

  var keeper = d.querySelector('[data-offline-keep]'), told = d.querySelector('[data-offline-kept]');
  function keepNow() {
    keepPage(keeper.dataset.worker).then(function () { told.textContent = told.dataset.yes; },
      function () { told.textContent = told.dataset.no; });
  }
  if (able) {
    keeper.hidden = false;
    keeper.addEventListener('click', keepNow);
    // Kept before: what this page shows is newer, and takes the place of it.
    caches.match(location.pathname, { cacheName: KEPT, ignoreVary: true }).then(function (found) {
      if (found && navigator.onLine) keepNow(); else if (found) told.textContent = told.dataset.yes;
    });
  } else told.textContent = told.dataset.no;

  var code = form.dataset.offline, token = form.querySelector('[name=token]'), find = d.querySelector('[data-offline-find]');
  var line = d.querySelector('[data-offline-line]'), count = d.querySelector('[data-offline-count]');
  var ticks = Array.prototype.slice.call(form.querySelectorAll('[name=row]'));
  function keyOf(tick) { return tick.value.split('|')[0]; }
  function timed(tick, moment) { tick.value = tick.value.split('|').slice(0, 2).join('|') + '|' + (moment || ''); }

  function say() {
    count.textContent = count.dataset.text + ticks.filter(function (one) { return one.checked; }).length;
    line.textContent = navigator.onLine ? line.dataset.on : line.dataset.off;
  }
  function keep() {
    var marks = {};
    ticks.forEach(function (one) { if (one.checked) marks[keyOf(one)] = one.value; });
    box(function (b) { b.setItem(nameOf(code), JSON.stringify({ token: token.value, marks: marks })); });
    say();
  }

  var before = kept(code);
  if (before && before.marks && Object.keys(before.marks).length) {
    token.value = before.token;
    ticks.forEach(function (one) {
      var mark = before.marks[keyOf(one)];
      if (mark) { one.value = mark; one.checked = true; delete before.marks[keyOf(one)]; }
    });
    // Whoever is in meanwhile has no box any more; the tick is sent all the same, for it may be a second person.
    Object.keys(before.marks).forEach(function (key) {
      var left = d.createElement('input');
      left.type = 'checkbox'; left.name = 'row'; left.value = before.marks[key]; left.checked = true; left.hidden = true;
      form.appendChild(left); ticks.push(left);
    });
  }
  ticks.forEach(function (one) {
    one.addEventListener('change', function () { timed(one, one.checked ? now() : ''); keep(); });
  });
  form.addEventListener('submit', function (event) {
    form.querySelector('[name=device_now]').value = now();
    if (!navigator.onLine) { event.preventDefault(); say(); line.scrollIntoView(); }
  });
  find.hidden = false;
  find.addEventListener('input', function () {
    var words = find.value.trim().toLowerCase();
    Array.prototype.forEach.call(form.querySelectorAll('[data-offline-row]'), function (row) {
      row.hidden = Boolean(words) && row.textContent.toLowerCase().indexOf(words) < 0;
    });
  });
  find.addEventListener('keydown', function (event) { if (event.key === 'Enter') event.preventDefault(); });
  window.addEventListener('online', say);
  window.addEventListener('offline', say);
  say();
})();
