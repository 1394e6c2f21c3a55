// Adds comfort only: every page works without this file.
(function () {
  'use strict';
  var d = document, root = d.documentElement;
  function each(selector, act, within) { Array.prototype.forEach.call((within || d).querySelectorAll(selector), act); }
  function on(selector, event, act) { each(selector, function (el) { el.addEventListener(event, function (e) { act(el, e); }); }); }

  // Light or dark: the system decides until somebody presses.
  on('[data-theme-toggle]', 'click', function () {
    var set = root.getAttribute('data-theme');
    var next = (set ? set === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches) ? 'light' : 'dark';
    root.setAttribute('data-theme', next);
    try { localStorage.setItem('theme', next); } catch (error) { /* the choice then lasts for this page */ }
  });

  // The error summary takes focus, so that a screen reader starts there.
  var summary = d.querySelector('[data-error-summary]');
  if (summary) summary.focus();

  // Menus close with Escape and by a press elsewhere.
  d.addEventListener('click', function (e) { each('details.menu[open]', function (m) { if (!m.contains(e.target)) m.open = false; }); });
  d.addEventListener('keydown', function (e) {
    if (e.key === 'Escape') each('details.menu[open]', function (m) { m.open = false; m.querySelector('summary').focus(); });
  });

  // A list of the door that this device keeps goes with whoever signs out.
  on('form[action$="/sign-out"]', 'submit', function () { if (window.caches) window.caches.delete('enroll-door'); });

  on('[data-print]', 'click', function () { window.print(); });

  // Copy the text of a box; the button says that it worked.
  on('[data-copy]', 'click', function (button) {
    var box = d.getElementById(button.dataset.copy);
    function said() { button.querySelector('span').textContent = button.dataset.done; }
    function byHand() { box.focus(); box.select(); if (d.execCommand('copy')) said(); }
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(box.value).then(said, byHand); else byHand();
  });

  // Choices repeat themselves where the page sums up: <b data-sum="sitting_theory">.
  on('input[type="radio"][data-label]', 'change', function (radio) {
    each('[data-sum="' + radio.name + '"]', function (out) { out.textContent = radio.dataset.label; });
    var all = d.querySelector('[data-sum-all]');
    if (all) all.hidden = !all.dataset.sumAll.split(' ').every(function (name) { return d.querySelector('input[name="' + name + '"]:checked'); });
  });

  // A decision fills the message (unless somebody has typed in it) and names the button after what it does.
  on('input[type="radio"][data-button], input[type="radio"][data-fill]', 'change', function (radio) {
    var form = radio.form, button = form.querySelector('[data-says]'), box = form.querySelector('[data-filled]');
    if (button && radio.dataset.button) button.textContent = radio.dataset.button;
    if (box && radio.dataset.fill !== undefined && (!box.value || box.value === box.dataset.filled)) { box.value = radio.dataset.fill; box.dataset.filled = box.value; }
    each('[data-only]', function (part) {
      part.hidden = part.dataset.only.split(' ').indexOf(radio.value) < 0;
      if (!part.hidden && part.dataset.only === radio.value && part.tagName === 'DETAILS') part.open = true;
    }, form);
  });
  each('input[type="radio"][data-button]:checked', function (radio) { radio.dispatchEvent(new Event('change')); });

  // 1, 2, 3 choose a decision while the focus is inside its form and not in a text box.
  on('form[data-keys]', 'keydown', function (form, e) {
    if (e.ctrlKey || e.metaKey || e.altKey || !/^[1-9]$/.test(e.key) || /^(textarea|select)$/i.test(e.target.tagName)) return;
    if (e.target.tagName === 'INPUT' && !/^(radio|checkbox)$/.test(e.target.type)) return;
    var radio = form.querySelectorAll('input[name="' + form.dataset.keys + '"]')[e.key - 1];
    if (radio) { radio.checked = true; radio.focus(); radio.dispatchEvent(new Event('change')); e.preventDefault(); }
  });

  // Choose all rows of this page.
  on('[data-check-all]', 'change', function (all) { each('input[name="' + all.dataset.checkAll + '"]', function (box) { box.checked = all.checked; }); count(all); });
  function count(all) {
    var boxes = d.querySelectorAll('input[name="' + all.dataset.checkAll + '"]'), n = 0, out = d.querySelector('[data-check-count]');
    Array.prototype.forEach.call(boxes, function (box) { if (box.checked) n++; var row = box.closest('tr'); if (row) row.classList.toggle('is-sel', box.checked); });
    if (out) out.textContent = n;
    all.checked = n > 0 && n === boxes.length; all.indeterminate = n > 0 && n < boxes.length;
  }
  each('[data-check-all]', function (all) {
    count(all);
    on('input[name="' + all.dataset.checkAll + '"]', 'change', function () { count(all); });
  });

  // A file too large is said before it is sent; the chosen name is repeated in words.
  on('input[type="file"]', 'change', function (input) {
    var file = input.files[0], out = d.getElementById(input.id + '-chosen'), limit = Number(input.dataset.maxBytes);
    if (!out) return;
    out.hidden = !file;
    if (!file) return;
    var large = limit && file.size > limit;
    out.textContent = (large ? input.dataset.tooLarge + ' ' : '') + file.name + ' · ' + (file.size < 1048576 ? Math.max(1, Math.round(file.size / 1024)) + ' KB' : (file.size / 1048576).toFixed(1) + ' MB');
    out.className = large ? 'err' : 'hint';
  });

  // How much room is left in a text box.
  each('textarea[maxlength]', function (box) {
    var out = d.getElementById(box.id + '-left');
    if (!out) return;
    function show() { out.textContent = box.value.length + ' / ' + box.maxLength; }
    out.hidden = false; box.addEventListener('input', show); show();
  });

  // Time left, counted from the page's own arrival: the server's clock decides, not this device's.
  each('[data-seconds-left]', function (el) {
    var end = performance.now() + Number(el.dataset.secondsLeft) * 1000;
    function two(n) { return (n < 10 ? '0' : '') + n; }
    function tick() {
      var s = Math.max(0, Math.round((end - performance.now()) / 1000)), h = Math.floor(s / 3600);
      el.textContent = (h ? h + ':' + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ':' + two(s % 60);
      el.classList.toggle('is-late', s < 300);
      if (s) setTimeout(tick, 1000); else el.dispatchEvent(new CustomEvent('timeup', { bubbles: true }));
    }
    tick();
  });

  // What grows old is fetched again in its place: the reader stays where they are. <div id="codes" data-renew="61">
  function renew(id) {
    function later(seconds) { if (seconds) setTimeout(function () { renew(id); }, seconds * 1000); }
    fetch(location.href, { credentials: 'same-origin', cache: 'no-store' }).then(function (answer) { return answer.text(); }).then(function (text) {
      var now = d.getElementById(id), then = new DOMParser().parseFromString(text, 'text/html').getElementById(id);
      if (!then) { if (now.dataset.renew) location.reload(); return; }
      now.replaceWith(then); later(then.dataset.renew);
    }).catch(function () { later(5); });
  }
  each('[data-renew]', function (el) { setTimeout(function () { renew(el.id); }, el.dataset.renew * 1000); });

  // What may have changed elsewhere is asked again when one comes back to the page. <div id="conditions" data-fresh>
  function again() { each('[data-fresh]', function (el) { renew(el.id); }); }
  d.addEventListener('visibilitychange', function () { if (!d.hidden) again(); });
  window.addEventListener('pageshow', function (e) { if (e.persisted) again(); });

  // Leaving with unsaved typing asks first.
  each('form[data-unsaved]', function (form) {
    var touched = false;
    form.addEventListener('input', function () { touched = true; });
    ['submit', 'kept'].forEach(function (done) { form.addEventListener(done, function () { touched = false; }); });
    window.addEventListener('beforeunload', function (e) { if (touched) { e.preventDefault(); e.returnValue = ''; } });
  });

  // One press sends once; the server counts once in any case.
  d.addEventListener('submit', function (e) {
    var form = e.target;
    if ((form.getAttribute('method') || '').toLowerCase() !== 'post') return;
    if (form.dataset.sent) e.preventDefault(); else { form.dataset.sent = '1'; setTimeout(function () { delete form.dataset.sent; }, 8000); }
  });
  window.addEventListener('pageshow', function () { each('form[data-sent]', function (form) { delete form.dataset.sent; }); });

  // The chosen tab is in sight on a phone.
  each('.tabs [aria-current], .rail__nav [aria-current], .seg [aria-current]', function (el) {
    var strip = el.parentNode; if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = el.offsetLeft - strip.clientWidth / 3;
  });
})();
